"""One contract over every action: whatever its backend does, the customer gets an honest answer."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from actions.appointments.times import as_moment
from actions.backends import client
from actions.backends.catalogue import Catalogue
from actions.backends.client import Client
from actions.backends.desk import Desk
from actions.backends.knowledge import Knowledge
from actions.backends.orders import Orders
from actions.backends.scheduling import Scheduling
from actions.backends.tickets import Tickets
from actions.backends.understanding import Understanding
from actions.clerk import action as action_module
from actions.clerk.services import Services
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT
from tests.unit.clerk import ACTIONS, product
from tests.unit.clerk_scheduling import NIGHT, branch

MISBEHAVIOUR: dict[str, tuple[int, Any]] = {
    "says it is broken": (500, {"error": {"code": "internal", "message": "x", "details": {}}}),
    "is unavailable": (503, "upstream connect error"),
    "answers with a web page": (200, "<html>login</html>"),
    "answers with nothing": (200, ""),
    "answers with an empty object": (200, {}),
    "answers with an empty list": (201, []),
    "answers with wrong types": (
        201,
        {"order_no": 7, "ticket_no": None, "total": "much", "products": "x", "hits": 3, "items": 1},
    ),
    "lies about the items": (
        201,
        {
            "order_no": "QM-LIE",
            "status": "placed",
            "total": "1",
            "currency": "CNY",
            "items": [1, 2, 3],
        },
    ),
    "refuses without the contract's words": (400, {"detail": "no"}),
    "does not know us": (401, {"error": {"code": "unauthorized", "message": "", "details": {}}}),
    "is not found": (404, {"error": {"code": "not_found", "message": "", "details": {}}}),
    "is too slow": (0, None),
    "is down": (-1, None),
}


class _Backend(BaseHTTPRequestHandler):
    status: int
    body: Any

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        if self.status == 0:
            self.server.released.wait(5)  # type: ignore[attr-defined]
            return
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = _answer

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module", params=MISBEHAVIOUR, ids=lambda name: name.replace(" ", "_"))
def backend_url(request):
    status, body = MISBEHAVIOUR[request.param]
    handler = type("Handler", (_Backend,), {"status": status, "body": body})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.released = threading.Event()  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{server.server_port}"
    if status == -1:
        server.server_close()
        yield url
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield url
    server.released.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(backend_url, monkeypatch):
    monkeypatch.setattr(client, "READ_S", 0.1)
    backend = Client(backend_url, "token")
    services = Services(
        orders=Orders(backend),
        tickets=Tickets(backend),
        knowledge=Knowledge(backend),
        catalogue=Catalogue(backend),
        scheduling=Scheduling(backend, "https://shop.example", "token"),
        desk=Desk(backend),
        understanding=Understanding(backend_url, "token"),
        profile=load_profile(ROOT / "merchants" / "qiming"),
    )
    monkeypatch.setattr(action_module, "services", lambda: services)


def ready_order(language: str) -> dict[str, Any]:
    """A conversation that only waits for the confirmation of its order."""
    item = {"product": product("A", "手机支架", "45", 9).as_json(), "quantity": 1, "model": ""}
    return {
        "language": language,
        "customer": {"name": "张伟", "phone": "13800138000", "address": "上海浦东张江路88号"},
        "task": {"kind": "order", "number": 1, "items": [item], "decisions": []},
        "question": {"name": "order_confirm", "asked": 1},
    }


def ready_appointment(language: str) -> dict[str, Any]:
    """A conversation that only waits for the confirmation of its appointment."""
    visit = {
        "service": {
            "code": "basic",
            "name_zh": "小保养",
            "name_en": "Basic maintenance",
            "price": "399",
            "minutes": 60,
        },
        "branch": branch("SH-PD", "上海浦东店").as_json(),
        "when": as_moment(NIGHT).as_json(),
        "start": NIGHT.isoformat(),
    }
    return {
        "language": language,
        "customer": {"name": "张伟", "phone": "13800138000", "address": ""},
        "task": {"kind": "appointment", "number": 1, "visit": visit},
        "question": {"name": "appointment_confirm", "asked": 1},
    }


def message(intent: str, text: str, language: str) -> dict[str, Any]:
    entities = [{"entity": "product", "value": "雨刮", "start": 0, "end": 2}] if text else []
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": entities,
        "language": language,
        "metadata": {},
    }


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("intent", sorted(ACTIONS))
def test_every_action_answers_honestly_when_its_backend(shop, intent, language):
    for slot in (None, ready_order(language), ready_appointment(language)):
        for text in ("雨刮多少", ""):
            reply = ACTIONS[intent].answer("c-1", message(intent, text, language), slot).reply
            assert reply["text"].strip()
            assert "QM" not in reply["text"]
            assert "下好了" not in reply["text"]
            assert "约好了" not in reply["text"]
            assert "Booked" not in reply["text"]
            assert "Done!" not in reply["text"]


def test_a_failed_confirmation_leaves_the_order_open_when_its_backend(shop):
    slot = ready_order("zh")
    events = ACTIONS["affirm"].answer("c-1", message("affirm", "", "zh"), slot).events
    state = next((event["value"] for event in events if event["name"] == "state"), slot)
    assert state["task"] is None or state["task"]["items"]


def test_a_failed_confirmation_leaves_the_appointment_open_when_its_backend(shop):
    slot = ready_appointment("zh")
    events = ACTIONS["affirm"].answer("c-1", message("affirm", "", "zh"), slot).events
    state = next((event["value"] for event in events if event["name"] == "state"), slot)
    assert state["task"] is None or state["task"]["visit"]["service"]


def test_a_slow_backend_holds_up_no_other_conversation(monkeypatch):
    """The action runs in a thread: the server's loop goes on while it waits."""
    import asyncio

    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    begun, gone_on = threading.Event(), threading.Event()

    class Slow(action_module.ClerkAction):
        action = "action_slow_for_test"

        def respond(self, conversation: Any) -> None:
            begun.set()
            gone_on.wait(30)
            conversation.lines.append("ok")

    async def both() -> list[str]:
        order = []

        async def slow() -> None:
            tracker = Tracker("c", {}, message("greet", "", "zh"), [], False, None, {}, "")
            monkeypatch.setattr(action_module, "services", lambda: None)
            await Slow().run(CollectingDispatcher(), tracker, {})
            order.append("slow")

        async def other() -> None:
            while not begun.is_set():
                await asyncio.sleep(0.005)
            order.append("other")
            gone_on.set()

        await asyncio.gather(slow(), other())
        return order

    assert asyncio.run(both()) == ["other", "slow"]
