"""The client of the backends: what each call carries."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from actions.backends.client import Client
from nightdesk import logs

Heard = list[dict[str, str]]


@pytest.fixture
def backend() -> Iterator[tuple[str, Heard]]:
    heard: Heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_a_call_names_the_conversation_it_is_made_for(backend: tuple[str, Heard]) -> None:
    url, heard = backend
    client = Client(url, "secret")
    logs.in_conversation("会话 1")
    client.get("/knowledge/search", q="包邮吗")
    client.write("POST", "/orders", {}, "key-1")
    assert [one["X-Conversation-Id"] for one in heard] == ["%E4%BC%9A%E8%AF%9D%201"] * 2
    assert heard[1]["Idempotency-Key"] == "key-1"
    assert heard[1]["Authorization"] == "Bearer secret"
