"""A desk for the browser tests: speaks the chat contract, says and breaks what a test scripts.

Run by hand while working on the widget: ``python -m tests.browser.fake_desk``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from sse_starlette import EventSourceResponse

DIST = Path(__file__).resolve().parents[2] / "web" / "widget" / "dist"
SHANGHAI = timezone(timedelta(hours=8))

SHOP = {
    "name": {"zh": "启明车品", "en": "Qiming Auto"},
    "languages": ["zh", "en"],
    "greeting": {
        "zh": "您好，这里是启明车品，我们的智能助手全天在线。想买什么、要办什么，直接说就行。",
        "en": "Hello, this is Qiming Auto. Our assistant is here around the clock: "
        "just say what you would like to buy or need done.",
    },
    "quick_replies": {
        "zh": ["你能做什么？", "我要下单", "转人工"],
        "en": ["What can you do?", "I'd like to order", "Talk to a person"],
    },
    "hotline": "400-820-5550",
}

Line = dict[str, Any]


def echo(words: str) -> list[Line]:
    return [{"text": f"收到：{words}"}]


@dataclass
class FakeDesk:
    """Its conversations, and the switches that a test turns."""

    answer: Callable[[str], list[Line]] = echo
    """What is said to the words, or to the button's payload, of a customer."""
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the answers to the next messages, which are not processed."""
    delay: float = 0.0
    transcripts: dict[str, list[Line]] = field(default_factory=dict)
    listeners: int = 0
    owner: dict[str, Any] = field(default_factory=lambda: {"status": "bot"})
    """Who has every conversation, as the event ``status`` tells it."""
    aside: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Events besides messages, pushed once to everybody who listens: name and data."""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """What pages have told besides messages: path and body."""
    _ids: int = 0

    def expire_all(self) -> None:
        self.transcripts.clear()

    @property
    def lines(self) -> list[Line]:
        """Everything in every transcript, oldest first."""
        return sorted(
            (line for lines in self.transcripts.values() for line in lines), key=lambda x: x["id"]
        )

    def said(self, sender: str = "customer") -> list[str]:
        return [line["text"] for line in self.lines if line["from"] == sender]

    def push(self, **line: Any) -> None:
        """Something that is said later, to everybody."""
        for token in list(self.transcripts):
            self.add(token, **line)

    def add(self, token: str, sender: str = "bot", **line: Any) -> Line:
        self._ids += 1
        kept = {"id": self._ids, "from": sender, "at": datetime.now(SHANGHAI).isoformat(), **line}
        self.transcripts[token].append(kept)
        return kept

    def receive(self, token: str, message: dict[str, str]) -> list[Line]:
        """The replies; those of the first time when the message is known."""
        transcript = self.transcripts[token]
        key = message["client_message_id"]
        known = next((one for one in transcript if one.get("client_message_id") == key), None)
        if known is None:
            shown = {
                button["payload"]: button["title"]
                for line in transcript
                for button in line.get("buttons", ())
            }
            words = message.get("text") or shown[message["payload"]]
            known = self.add(token, "customer", text=words, client_message_id=key)
            asked = message.get("payload") or words
            for reply in () if self.owner["status"] == "human" else self.answer(asked):
                self.add(token, in_reply_to=known["id"], **reply)
        return [line for line in transcript if line.get("in_reply_to") == known["id"]]

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_middleware(
            CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
        )

        def token_of(request: Request) -> str | None:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            return token if token in self.transcripts else None

        @app.get("/chat/shop")
        def shop() -> dict[str, Any]:
            return SHOP

        @app.post("/chat/sessions", status_code=201)
        def session() -> dict[str, str]:
            token = secrets.token_hex(8)
            self.transcripts[token] = []
            over = datetime.now(SHANGHAI) + timedelta(days=7)
            return {"session_id": f"s-{token}", "token": token, "expires_at": over.isoformat()}

        @app.get("/chat/messages")
        def transcript(request: Request) -> Response:
            if (token := token_of(request)) is None:
                return refusal(401)
            answer = {"status": self.owner["status"], "messages": self.transcripts[token]}
            return JSONResponse(answer)

        @app.post("/chat/messages")
        async def message(request: Request) -> Response:
            if self.failures:
                status, headers = self.failures.pop(0)
                return refusal(status, headers)
            if (token := token_of(request)) is None:
                return refusal(401)
            body = await request.json()
            try:
                replies = self.receive(token, body)
            except KeyError:
                return refusal(422)
            await asyncio.sleep(self.delay)
            return JSONResponse({"status": self.owner["status"], "messages": replies})

        @app.post("/chat/{what:path}")
        async def tell(request: Request, what: str) -> Response:
            if token_of(request) is None:
                return refusal(401)
            if self.failures and what not in ("typing", "read"):  # those come at any time
                status, headers = self.failures.pop(0)
                return refusal(status, headers)
            body = await request.body()
            self.told.append((what, json.loads(body) if body else {}))
            if what == "withdraw":
                self.owner = {"status": "bot"}
                return JSONResponse(self.owner)
            return Response(status_code=204)

        @app.get("/chat/events")
        async def events(request: Request) -> Response:
            if (token := token_of(request)) is None:
                return refusal(401)
            seen = int(request.headers.get("last-event-id") or 0)
            return EventSourceResponse(self._events(token, seen), ping=1)

        @app.get("/a-shop-of-its-own", response_class=HTMLResponse)
        def page() -> str:
            return "<p>no widget here</p>"

        app.mount("/", StaticFiles(directory=DIST, html=True))
        return app

    async def _events(self, token: str, seen: int) -> AsyncIterator[dict[str, str]]:
        self.listeners += 1
        owner, aside = None, len(self.aside)
        try:
            while token in self.transcripts:
                if self.owner != owner:
                    owner = dict(self.owner)
                    yield {"event": "status", "data": json.dumps(owner, ensure_ascii=False)}
                while aside < len(self.aside):
                    event, content = self.aside[aside]
                    aside += 1
                    yield {"event": event, "data": json.dumps(content, ensure_ascii=False)}
                for line in list(self.transcripts[token]):
                    if line["id"] > seen:
                        seen = line["id"]
                        data = json.dumps(line, ensure_ascii=False)
                        yield {"event": "message", "id": str(seen), "data": data}
                await asyncio.sleep(0.02)
        finally:
            self.listeners -= 1


def refusal(status: int, headers: dict[str, str] | None = None) -> Response:
    error = {"code": "scripted", "message": "as the test wishes", "details": {}}
    return JSONResponse({"error": error}, status, headers=headers)


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """``app`` on a free port of 127.0.0.1; yields its origin."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()


if __name__ == "__main__":
    with serving(FakeDesk().app(), port=8090) as origin:
        print(origin)
        threading.Event().wait()
