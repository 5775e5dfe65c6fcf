"""Writes that a backend did not take: kept, sent later, told to the customer, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nightdesk.backends.orders.catalogue import replace_products
from nightdesk.database import Database
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT
from tests.integration.desk_world import PATIENCE, Server, Visitor, World, until

HASTY = {"outbox_backoff": (0.05, 0.2), "outbox_alarm_after": 0.3, "outbox_timeout": 1.0}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """Over each of the two databases, with the merchant's products in it."""
    with database.write() as session:
        replace_products(session, read(ROOT / "merchants" / "qiming").products)
    with World(tmp_path, database.engine.url.render_as_string(hide_password=False)) as world:
        yield world


def order(visitor: Visitor, quantity: int = 1, sku: str = "QM-PHN-MNT") -> dict:
    return {
        "customer": {"name": "张伟", "phone": "13800138000"},
        "address": "上海浦东张江路88号",
        "items": [{"sku": sku, "quantity": quantity}],
        "channel": "chat",
        "conversation_id": visitor.id,
    }


class Backends:
    """The order backend of another process, which can be switched off."""

    def __init__(self, world: World) -> None:
        self.token = world.settings(0).service_token()
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def keep(
        self, url: str, body: dict, key: str, service: str = "orders", **headers: str
    ) -> httpx.Response:
        return httpx.post(
            f"{url}/internal/outbox",
            json={"service": service, "path": f"/{service}", "body": body},
            headers={**self.headers, "Idempotency-Key": key, **headers},
            trust_env=False,
            timeout=PATIENCE,
        )

    def orders(self, url: str, visitor: Visitor) -> list[dict]:
        answer = httpx.get(
            f"{url}/api/orders",
            params={"conversation_id": visitor.id},
            headers=self.headers,
            trust_env=False,
            timeout=PATIENCE,
        )
        return list(answer.json()["orders"])


def start(world: World, monkeypatch, orders_url: str | None = None, **options: float) -> str:
    """A desk whose orders go to its own backend, or to ``orders_url``."""
    original = world.environment

    def environment(port: int) -> dict[str, str]:
        urls = {"ORDERS_URL": orders_url} if orders_url else {}
        return {**original(port), **urls}

    monkeypatch.setattr(world, "environment", environment)
    return world.desk(**{**HASTY, **options})


def test_a_kept_order_is_placed_once_and_its_number_told(world, monkeypatch):
    backend = world.desk(**HASTY)
    desk = start(world, monkeypatch, f"{backend}/api")
    visitor, backends = Visitor(desk), Backends(world)
    for _ in range(3):
        assert backends.keep(desk, order(visitor), "key-of-the-order").status_code == 202
    until(lambda: any("订单号" in text for _who, text in visitor.said()))
    placed = backends.orders(backend, visitor)
    assert len(placed) == 1
    told = [text for _who, text in visitor.said() if "订单号" in text]
    assert len(told) == 1
    assert placed[0]["order_no"] in told[0]


def test_an_order_waits_for_its_backend_and_a_person_learns_of_it(world, monkeypatch):
    desk = start(world, monkeypatch, "http://127.0.0.1:9")
    visitor, backends = Visitor(desk), Backends(world)
    backends.keep(desk, order(visitor), "key-of-the-order")
    until(lambda: world.tickets.tickets)
    assert [ticket["kind"] for ticket in world.tickets.tickets.values()] == ["system"]
    world.stop_desks()
    backend = world.desk(**HASTY)
    monkeypatch.undo()
    desk = start(world, monkeypatch, f"{backend}/api")
    again = Visitor(desk)
    again.http.headers["Authorization"] = f"Bearer {visitor.token}"
    until(lambda: any("订单号" in text for _who, text in again.said()))
    assert len(backends.orders(backend, visitor)) == 1


def test_a_ticket_that_nobody_answers_for_holds_up_no_order(world, monkeypatch):
    backend = world.desk(**HASTY)
    desk = start(world, monkeypatch, f"{backend}/api", outbox_timeout=PATIENCE)
    visitor, backends = Visitor(desk), Backends(world)
    world.tickets.stuck = True
    ticket = {"kind": "callback", "conversation_id": visitor.id}
    backends.keep(desk, ticket, "key-of-the-ticket", "tickets")
    until(lambda: world.tickets.asked >= 2)  # by both desks
    backends.keep(desk, order(visitor), "key-of-the-order")
    until(lambda: any("订单号" in text for _who, text in visitor.said()))


def test_an_order_that_can_no_longer_be_taken_is_said_and_seen_by_a_person(world, monkeypatch):
    backend = world.desk(**HASTY)
    desk = start(world, monkeypatch, f"{backend}/api")
    visitor, backends = Visitor(desk), Backends(world)
    backends.keep(desk, order(visitor, 5, "QM-FIRE-1KG"), "key-of-the-order")
    until(lambda: any("没能办成" in text for _who, text in visitor.said()))
    assert backends.orders(backend, visitor) == []
    assert len(world.tickets.tickets) == 1


@pytest.fixture
def foreign(request: pytest.FixtureRequest) -> Iterator[str]:
    """The order system of a shop's own, which answers ``(status, body)`` once, and then as the
    contract says but with fields of its own; its URL."""
    answers = [request.param] if request.param else []
    placed = {"order_no": "A-1", "total": "9.00", "currency": "CNY"}
    own = {"state": "new", "write": 1, "sentence": "thanks", "language": "de", "self": "/orders/1"}

    async def place(_request: Request) -> Response:
        status, body = answers.pop() if answers else (201, {**placed, **own})
        return JSONResponse(body, status_code=status)

    server = Server(Starlette(routes=[Route("/orders", place, methods=["POST"])]))
    server.start()
    yield server.url
    server.stop()


@pytest.mark.parametrize("foreign", [None], indirect=True)
def test_fields_of_a_backends_own_are_no_obstacle_to_telling_the_number(
    world, monkeypatch, foreign
):
    visitor = Visitor(start(world, monkeypatch, foreign))
    Backends(world).keep(visitor.url, order(visitor), "key-of-the-order")
    until(lambda: any("A-1" in text for _who, text in visitor.said()))


@pytest.mark.parametrize(
    "foreign", [(422, None), (409, 5), (400, "no"), (422, ["error"])], indirect=True
)
def test_a_refusal_that_is_none_of_the_contracts_holds_up_nothing(world, monkeypatch, foreign):
    visitor = Visitor(start(world, monkeypatch, foreign))
    backends = Backends(world)
    backends.keep(visitor.url, order(visitor), "key-of-the-first")
    backends.keep(visitor.url, order(visitor), "key-of-the-second")
    until(lambda: sum("A-1" in text for _who, text in visitor.said()) == 2)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Idempotency-Key": "short"}, 422),
    ],
)
def test_only_the_actions_may_hand_in_a_write(world, monkeypatch, change, status):
    desk = start(world, monkeypatch)
    visitor = Visitor(desk)
    answer = Backends(world).keep(desk, order(visitor), "key-of-the-order", **change)
    assert answer.status_code == status


def test_a_write_of_no_conversation_is_refused(world, monkeypatch):
    desk = start(world, monkeypatch)
    visitor = Visitor(desk)
    body = {**order(visitor), "conversation_id": "nobody"}
    assert Backends(world).keep(desk, body, "key-of-the-order").status_code == 404


def test_a_rating_is_stored_and_a_later_one_replaces_it(world, monkeypatch, database):
    from nightdesk.desk.model import Rating

    desk = start(world, monkeypatch)
    visitor, backends = Visitor(desk), Backends(world)
    for score in (3, 9):
        rating = {"conversation_id": visitor.id, "score": score, "reason": "快"}
        answer = httpx.post(
            f"{desk}/internal/ratings",
            json=rating,
            headers=backends.headers,
            trust_env=False,
            timeout=PATIENCE,
        )
        assert answer.status_code == 201
    with database.read() as session:
        assert session.get(Rating, visitor.id).score == 9
