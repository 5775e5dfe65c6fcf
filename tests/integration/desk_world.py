"""A desk over real sockets, with a Rasa and a tickets backend that do what a test tells them.

``FakeRasa`` keeps a tracker as Rasa does (a user event for each message that was carried out, with
its metadata), so what a test asks is not what the desk believes but what was really done.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from nightdesk import clock
from nightdesk.backends.knowledge import bank
from nightdesk.certificates import trusted
from nightdesk.database import Database, connect
from nightdesk.desk.app import create_app
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.options import Options
from nightdesk.settings import ROOT, Settings, load

BUTTONS = [{"title": "好的", "payload": "/affirm"}, {"title": "不要", "payload": "/deny"}]

PATIENCE = 60.0
"""How many seconds a test waits for what comes in a moment on a machine that has time for it."""


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true value of ``condition``; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"never true within {seconds} s")


structlog.configure(
    processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer()],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


class Server:
    """An application on a port of its own, which is taken at once and answers from ``start`` on."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None

    def start(self) -> None:
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        until(lambda: self._server and self._server.started)

    def ask_to_stop(self) -> None:
        """Begin to stop: several that were asked end in the time of one."""
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        self.ask_to_stop()
        if self._server is not None:
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive(), "the server does not end"
        self._socket.close()


class FakeRasa:
    """Answers each message by the next of ``moods``, and with an echo when none is left.

    ``500``, ``nonsense`` and ``empty`` do nothing; ``silent`` carries the message out and says
    nothing; ``lost``, ``lost_empty`` and ``lost_slowly`` carry it out, and the answer is lost on
    its way (the last at ``release``); ``slow`` waits for ``release`` and then does nothing.
    ``late`` answers at ``release``. ``facts``: what the desk is told of each turn.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self.moods: deque[str] = deque()
        self.always: str | None = None
        self.facts: dict[str, Any] | None = None
        self.trackers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.requests: list[dict[str, Any]] = []
        self.at_once: defaultdict[str, int] = defaultdict(int)
        self.most_at_once = 0
        self.pause = 0.0
        self.release = threading.Event()
        self.server = Server(
            Starlette(
                routes=[
                    Route("/webhooks/rest/webhook", self._webhook, methods=["POST"]),
                    Route("/conversations/{id}/tracker", self._tracker),
                    Route("/status", self._status),
                ]
            )
        )

    def said(self, conversation_id: str) -> list[str]:
        """What was carried out in the conversation, in order."""
        return [e["text"] for e in self.trackers[conversation_id] if e["event"] == "user"]

    async def _webhook(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return JSONResponse({}, status_code=401)
        body = await request.json()
        self.requests.append(body)
        sender = body["sender"]
        self.at_once[sender] += 1
        self.most_at_once = max(self.most_at_once, self.at_once[sender])
        try:
            mood = self.moods.popleft() if self.moods else self.always or "answer"
            if self.pause:
                await asyncio.sleep(self.pause)
            return await self._answer(mood, body)
        finally:
            self.at_once[sender] -= 1

    async def _answer(self, mood: str, body: dict[str, Any]) -> Response:
        if mood == "slow":
            await self._released()
            return JSONResponse([])
        if mood in ("500", "nonsense", "empty"):
            return {
                "500": JSONResponse({"status": "failure"}, status_code=500),
                "nonsense": HTMLResponse("<h1>It works!</h1>"),
                "empty": JSONResponse([]),
            }[mood]
        events = self.trackers[body["sender"]]
        events.append({"event": "user", "text": body["message"], "metadata": body["metadata"]})
        if mood == "silent":
            return JSONResponse([])
        text = f"您说：{body['message']}"
        data = {"buttons": BUTTONS} if "按钮" in body["message"] else {}
        events.append({"event": "bot", "text": text, "data": data})
        if mood in ("lost_slowly", "late"):
            await self._released()
        if mood in ("lost", "lost_slowly"):
            return JSONResponse({"status": "failure"}, status_code=500)
        if mood == "lost_empty":
            return JSONResponse([])
        replies: list[dict[str, Any]] = [{"recipient_id": body["sender"], "text": text, **data}]
        if self.facts is not None:
            replies.append({"recipient_id": body["sender"], "custom": {"turn": self.facts}})
        return JSONResponse(replies)

    async def _released(self) -> None:
        while not self.release.is_set():
            await asyncio.sleep(0.01)

    async def _tracker(self, request: Request) -> Response:
        if request.query_params.get("token") != self._token:
            return JSONResponse({}, status_code=401)
        return JSONResponse({"events": self.trackers[request.path_params["id"]]})

    async def _status(self, _request: Request) -> Response:
        return JSONResponse({"model_file": "model.tar.gz"})


class FakeTickets:
    """Opens and changes tickets as the contract says, one for each Idempotency-Key; ``down``
    answers 503."""

    def __init__(self) -> None:
        self.down = False
        self.tickets: dict[str, dict[str, Any]] = {}
        self.server = Server(
            Starlette(
                routes=[
                    Route("/tickets", self._open, methods=["POST"]),
                    Route("/tickets", self._list),
                    Route("/tickets/{ticket_no}", self._change, methods=["PATCH"]),
                ]
            )
        )

    async def _open(self, request: Request) -> Response:
        if self.down:
            return self._unavailable()
        key = request.headers["idempotency-key"]
        number = f"T{len(self.tickets) + 1:04}"
        ticket = self.tickets.setdefault(
            key, {**await request.json(), "ticket_no": number, "status": "open"}
        )
        return JSONResponse(ticket, status_code=201)

    async def _list(self, request: Request) -> Response:
        if self.down:
            return self._unavailable()
        query = request.query_params
        wanted = (query["conversation_id"], query.getlist("status"))
        found = [
            ticket
            for ticket in self.tickets.values()
            if ticket["conversation_id"] == wanted[0] and ticket["status"] in wanted[1]
        ]
        return JSONResponse({"tickets": found})

    async def _change(self, request: Request) -> Response:
        if self.down:
            return self._unavailable()
        number = request.path_params["ticket_no"]
        (ticket,) = (one for one in self.tickets.values() if one["ticket_no"] == number)
        ticket.update(await request.json())
        return JSONResponse(ticket)

    @staticmethod
    def _unavailable() -> Response:
        return JSONResponse({"error": {"code": "unavailable"}}, status_code=503)


class Visitor:
    """A customer's browser."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self.http = httpx.Client(
            base_url=url, timeout=PATIENCE, trust_env=False, verify=trusted(), headers=headers
        )
        session = self.http.post("/chat/sessions", json={"channel": "web"}).json()
        self.id: str = session["session_id"]
        self.token: str = session["token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def post(self, client_message_id: str, **message: Any) -> httpx.Response:
        message["client_message_id"] = client_message_id
        return self.http.post("/chat/messages", json=message)

    def say(self, text: str, client_message_id: str) -> dict[str, Any]:
        response = self.post(client_message_id, text=text)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def transcript(self, after: int = 0) -> list[dict[str, Any]]:
        response = self.http.get("/chat/messages", params={"after": after})
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])

    def said(self) -> list[tuple[str, str]]:
        return [(line["from"], line["text"]) for line in self.transcript()]

    def answers(self) -> list[str]:
        return [text for who, text in self.said() if who == "bot"]

    @contextmanager
    def events(self, last: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
        """The messages pushed, each as (id, message)."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        with self.http.stream("GET", "/chat/events", headers=headers, timeout=PATIENCE) as response:
            assert response.status_code == 200

            def messages() -> Iterator[dict[str, Any]]:
                kind = ""
                for row in response.iter_lines():
                    if row.startswith("event: "):
                        kind = row[len("event: ") :]
                    if row.startswith("data: ") and kind == "message":
                        yield json.loads(row[len("data: ") :])

            yield messages()


HASTY = {
    "patience": 15.0,
    "rasa_timeout": 5.0,
    "backoff": (0.05, 0.2),
    "late_backoff": (0.1, 0.3),
    "give_up_after": 120.0,
    "most_wrong_answers": 4,
    "ticket_backoff": (0.1, 0.3),
    "lease": 1.0,
    "sweep": 0.1,
    "poll": 0.1,
}
"""The default options with every pause hurried, but not patience: a busy machine is no fault."""


class World:
    """A Rasa, a tickets backend, and any number of desks on one database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._folder = folder
        self._database_url = database_url
        self.tickets = FakeTickets()
        self.rasa = FakeRasa(self.settings(0).rasa_token())
        self._desks: list[Server] = []
        self._patch = pytest.MonkeyPatch()
        self.tickets.server.start()

    def environment(self, port: int) -> dict[str, str]:
        rasa = self.rasa.server.url if hasattr(self, "rasa") else ""
        return {
            "NIGHTDESK_DATA": str(self._folder),
            "NIGHTDESK_MERCHANT": str(ROOT / "merchants/qiming"),
            "NIGHTDESK_DATABASE_URL": self._database_url,
            "NIGHTDESK_PORT": str(port),
            "NIGHTDESK_RASA_URL": rasa,
            "NIGHTDESK_ACTIONS_PORT": "9",  # where nobody listens, whatever else runs here
            "TICKETS_URL": self.tickets.server.url,
        }

    def settings(self, port: int) -> Settings:
        return load(self.environment(port))

    def desk(self, widget: Path | None = None, place: int = 0, **options: Any) -> str:
        """Starts a desk; its URL. ``place``: the port that it believes to have."""
        app = create_app(
            self.settings(place),
            Options(**{**HASTY, **options}),
            widget or self._folder / "no-widget",
        )
        server = Server(app)
        server.start()
        self._desks.append(server)
        return server.url

    @property
    def database(self) -> Database:
        """The desks' database, for what no contract shows."""
        return Database(connect(self._database_url))

    def people(self, *names: str) -> list[str]:
        """Makes people of the shop; their ids."""
        with self.database.write() as session:
            for name in names:
                session.add(
                    Agent(
                        id=name,
                        login=name,
                        name=name,
                        role="agent",
                        password_hash="-",
                        active=True,
                        away=False,
                        created_at=clock.now(),
                    )
                )
        return list(names)

    def stop_desks(self) -> None:
        for desk in self._desks:
            desk.ask_to_stop()
        while self._desks:
            self._desks.pop().stop()

    def __enter__(self) -> World:
        """Without the bank of questions, which every desk would learn and no test here asks for."""
        self._patch.setattr(bank, "shipped", lambda folder=bank.BANK: ())
        return self

    def __exit__(self, *_error: object) -> None:
        self._patch.undo()
        self.close()

    def close(self) -> None:
        self.rasa.release.set()
        for behind in (self.rasa.server, self.tickets.server):
            behind.ask_to_stop()
        self.stop_desks()
        self.rasa.server.stop()
        self.tickets.server.stop()
