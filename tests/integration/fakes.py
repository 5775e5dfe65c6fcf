"""A Rasa and a tickets backend that do what a test tells them, over real sockets.

``FakeRasa`` keeps a tracker as Rasa does (a user event for each message that was carried out, with
its metadata), so what a test asks is not what the desk believes but what was really done.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.integration.servers import Server

BUTTONS = [{"title": "好的", "payload": "/affirm"}, {"title": "不要", "payload": "/deny"}]


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
    answers 503, and ``stuck`` nothing until it is false again."""

    def __init__(self) -> None:
        self.down = False
        self.stuck = False
        self.asked = 0
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
        self.asked += 1
        while self.stuck:
            await asyncio.sleep(0.01)
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
