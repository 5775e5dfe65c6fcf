"""What a gap cost: orders and bookings that were open when nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from nightdesk import clock
from nightdesk.backends.knowledge import bank, catalogue
from nightdesk.backends.knowledge.api import router
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.service import application
from nightdesk.database import Database
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

UNKNOWN = "门口有停车位吗"
AMENITIES = tuple(topic for topic in bank.shipped() if topic.id == "store_amenities")


class Trades:
    """The orders and scheduling backends: when something was made in a conversation."""

    def __init__(self) -> None:
        self.made: dict[str, list[timedelta]] = {}
        self.down = False
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(500)
        self.asked.append(request.url.path)
        conversation = request.url.params["conversation_id"]
        rows = [
            {"created_at": (clock.now() + later).isoformat()}
            for later in self.made.get(conversation, ())
        ]
        return httpx.Response(200, json={request.url.path[1:]: rows})


@pytest.fixture
def trades() -> Trades:
    return Trades()


@pytest.fixture
def client(
    database: Database, trades: Trades, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: AMENITIES)
    merchant = read(ROOT / "tests" / "unit" / "shop")
    with database.write() as session:
        catalogue.replace_faqs(session, merchant.faqs)
    neighbours = Neighbours(
        merchant.profile, "http://shop", "http://shop", "t", httpx.MockTransport(trades)
    )
    routes = router(database, fit_in_background=False, neighbours=neighbours)
    app = application("knowledge", routes, "secret")
    with TestClient(app, headers={"Authorization": "Bearer secret"}) as client:
        yield client


def ask(client: TestClient, conversation: str, task: str = "", question: str = UNKNOWN) -> Any:
    answer = client.get(
        "/knowledge/search",
        params={"q": question, "task": task},
        headers={"X-Conversation-Id": conversation},
    )
    assert answer.status_code == 200, answer.text


def gap(client: TestClient) -> dict[str, Any]:
    (only,) = client.get("/knowledge/gaps").json()["gaps"]
    return dict(only)


def test_an_order_that_ended_at_an_unanswered_question_is_a_loss(
    client: TestClient, trades: Trades
) -> None:
    ask(client, "left", "order")
    ask(client, "ordered-after-all", "order")
    ask(client, "had-ordered-before", "order")
    ask(client, "only-asked")
    ask(client, "had-a-fault", "fault")
    trades.made = {
        "ordered-after-all": [timedelta(minutes=5)],
        "had-ordered-before": [timedelta(hours=-1)],
    }
    found = gap(client)
    assert (found["count"], found["open"], found["lost"]) == (5, 3, 2)


def test_a_booking_is_looked_for_among_the_appointments(client: TestClient, trades: Trades) -> None:
    ask(client, "booked", "appointment")
    ask(client, "left", "appointment")
    trades.made = {"booked": [timedelta(minutes=1)]}
    assert (gap(client)["open"], gap(client)["lost"]) == (2, 1)
    assert set(trades.asked) == {"/appointments"}


def test_a_question_that_was_answered_costs_nothing(client: TestClient, trades: Trades) -> None:
    ask(client, "c-1", "order", "包邮吗")
    assert client.get("/knowledge/gaps").json()["gaps"] == []
    assert trades.asked == []


def test_what_cannot_be_asked_about_is_not_called_lost(client: TestClient, trades: Trades) -> None:
    ask(client, "left", "order")
    trades.down = True
    found = gap(client)
    assert (found["open"], found["lost"]) == (1, None)
    assert found["count"] == 1


def test_a_task_is_a_plain_name(client: TestClient) -> None:
    answer = client.get("/knowledge/search", params={"q": UNKNOWN, "task": "<script>"})
    assert answer.status_code == 422
