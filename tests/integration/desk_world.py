"""A desk over real sockets, with a Rasa and a tickets backend that do what a test tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from nightdesk import clock
from nightdesk.backends.knowledge import bank
from nightdesk.certificates import trusted
from nightdesk.database import Database, connect
from nightdesk.desk.app import create_app
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.options import Options
from nightdesk.settings import ROOT, Settings, load
from tests.integration.fakes import BUTTONS, FakeRasa, FakeTickets
from tests.integration.servers import PATIENCE, Server, until

__all__ = [
    "BUTTONS",
    "HASTY",
    "PATIENCE",
    "FakeRasa",
    "FakeTickets",
    "Server",
    "Visitor",
    "World",
    "until",
]


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
    "console_timeout": PATIENCE,
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
        self.tickets.stuck = False
        for behind in (self.rasa.server, self.tickets.server):
            behind.ask_to_stop()
        self.stop_desks()
        self.rasa.server.stop()
        self.tickets.server.stop()
