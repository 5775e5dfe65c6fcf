"""The console on a database of a test's own, with backends that do what the test tells them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from nightdesk import clock
from nightdesk.backends.service import ServiceError, answer_errors, error_response
from nightdesk.database import Database
from nightdesk.desk.console import api
from nightdesk.desk.console.backends import Backends
from nightdesk.desk.handoff.model import Ownership, Turn
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.states import State
from nightdesk.desk.misses import Misses
from nightdesk.desk.model import Conversation, Message
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.passwords import Passwords, hashed
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT

HOME = {"Origin": "http://testserver"}
PASSWORD = "夜里也开门的店真不错"
API = "/console/api"
_HASH = hashed(PASSWORD)
_PROFILE = load_profile(ROOT / "merchants/qiming")


class FakeBackends:
    """Answers by ``answers`` (a method and path each), 404 without; remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.down: set[str] = set()
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        service = request.url.host
        if service in self.down:
            raise httpx.ConnectError("down", request=request)
        content = request.content
        self.asked.append(
            {
                "service": service,
                "method": request.method,
                "path": request.url.raw_path.decode().partition("?")[0],
                "params": dict(request.url.params),
                "body": json.loads(content) if content else None,
                "key": request.headers.get("idempotency-key"),
                "token": request.headers.get("authorization"),
            }
        )
        unknown = (404, {"error": {"code": "not_found", "message": "", "details": {}}})
        status, body = self.answers.get(f"{request.method} {request.url.path}", unknown)
        return httpx.Response(status, json=body)


class ConsoleWorld:
    """One desk process's console, and what a test puts into the database."""

    def __init__(self, database: Database, transport: Callable[..., Any] | None = None) -> None:
        self.database = database
        self.backends = FakeBackends()
        self.http = httpx.AsyncClient(
            transport=transport or httpx.MockTransport(self.backends)  # type: ignore[arg-type]
        )
        names = ("orders", "scheduling", "tickets", "knowledge")
        urls = {name: f"http://{name}" for name in names}
        self.notifier = Notifier()
        self.kicked: list[str] = []
        self.context = api.build(
            database,
            self.notifier,
            Passwords(),
            Misses(database),
            Backends(self.http, urls, "token"),
            Owners(database),
            self.kicked.append,
            lambda: _PROFILE,
            Options(poll=0.1),
        )
        self.app = FastAPI()
        self.app.include_router(api.router(self.context))
        answer_errors(self.app)

        @self.app.exception_handler(ServiceError)
        async def refused(_request: Request, error: ServiceError) -> JSONResponse:
            return error_response(error.status, error.code, error.message, error.details)

    def account(self, login: str, role: str = "agent", name: str = "") -> str:
        """A new account's id."""
        return self.context.accounts.add(login, name or login.title(), role, _HASH).id

    def browser(self, login: str | None = None) -> TestClient:
        """A browser; of who is called ``login``, signed in."""
        browser = TestClient(self.app, base_url="http://testserver", headers=HOME)
        if login is not None:
            answer = sign_in(browser, login)
            assert answer.status_code == 200, answer.text
        return browser

    def conversation(self, *texts: str, sender: str = "customer", at: Any = None) -> str:
        """A conversation in which ``texts`` were said."""
        with self.database.write() as session:
            conversation_id = f"c{next(_numbers):031d}"
            session.add(
                Conversation(
                    id=conversation_id,
                    channel="web",
                    language="zh",
                    created_at=at or clock.now(),
                    collected_id=0,
                )
            )
        for text in texts:
            self.say(conversation_id, text, sender, at)
        return conversation_id

    def say(self, conversation_id: str, text: str, sender: str = "customer", at: Any = None) -> int:
        """The new line's id."""
        with self.database.write() as session:
            line = Message(
                conversation_id=conversation_id, sender=sender, text=text, at=at or clock.now()
            )
            session.add(line)
            session.flush()
            return int(line.id)

    def understood(self, conversation_id: str, message_id: int, **facts: Any) -> None:
        """What the bot made of a line."""
        with self.database.write() as session:
            session.add(Turn(message_id=message_id, conversation_id=conversation_id, facts=facts))

    def owned(self, conversation_id: str, state: State, **columns: Any) -> None:
        """Put the conversation where a test needs it."""
        given = {"version": 1, "since": clock.now(), "callback": False, **columns}
        with self.database.write() as session:
            session.merge(Ownership(conversation_id=conversation_id, state=state.value, **given))


def sign_in(browser: TestClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return browser.post(f"{API}/session", json={"login": login, "password": password})


def _count() -> Any:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _count()
