"""The orders contract over HTTP, on both databases, with the demo merchant's products."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nightdesk import settings
from nightdesk.backends.orders.api import router
from nightdesk.backends.orders.catalogue import replace_products
from nightdesk.backends.orders.service import OrderService
from nightdesk.backends.service import application
from nightdesk.database import Database
from nightdesk.merchant import records

TOKEN = "a token of the test"
WISH = {
    "customer": {"name": "张伟", "phone": "13800138000"},
    "address": "上海浦东张江路88号",
    "items": [{"sku": "QM-OIL-5W30", "quantity": 2}, {"sku": "QM-MAT-FULL", "quantity": 1}],
    "channel": "web",
    "conversation_id": "c1",
}


def demo_products() -> Iterator[records.Product]:
    path = settings.ROOT / "merchants" / "qiming" / "products.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cells: dict[str, Any] = dict(row)
            cells["price"], cells["stock"] = Decimal(row["price"]), int(row["stock"])
            for name in ("fits", "aliases"):
                cells[name] = tuple(filter(None, row[name].split("|")))
            yield records.Product(**cells)


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    with database.write() as session:
        replace_products(session, list(demo_products()))
    service = OrderService(database, "CNY", "QM")
    app = application("orders", router(service), TOKEN)
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_an_order_from_search_to_delivery(client: TestClient) -> None:
    hit = client.get("/products", params={"q": "全合成5W-30", "limit": 3}).json()["products"][0]
    assert (hit["sku"], hit["price"], hit["currency"], hit["score"]) == (
        "QM-OIL-5W30",
        "298.00",
        "CNY",
        1.0,
    )
    placed = client.post("/orders", json=WISH, headers={"Idempotency-Key": "k1"})
    assert placed.status_code == 201
    order = placed.json()
    assert (order["status"], order["total"], order["currency"]) == ("placed", "964.00", "CNY")
    at = f"/orders/{order['order_no']}"
    assert client.get("/products/QM-OIL-5W30").json()["stock"] == hit["stock"] - 2

    changed = client.patch(at, json={"items": [{"sku": "QM-OIL-5W30", "quantity": 1}]})
    assert changed.json()["total"] == "298.00"
    invoice = client.post(f"{at}/invoice", json={"title": "某公司", "email": "a@b.cn"})
    assert (invoice.status_code, invoice.json()["amount"]) == (201, "298.00")
    sent = {"status": "shipped", "carrier": "顺丰速运", "tracking_no": "SF1"}
    assert client.post(f"{at}/status", json=sent).json()["tracking_no"] == "SF1"
    assert code(client.post(f"{at}/cancel")) == (409, "already_shipped")
    assert client.post(f"{at}/status", json={"status": "delivered"}).status_code == 200
    back = client.post(f"{at}/returns", json={"kind": "exchange", "reason": "型号不对"})
    assert (back.status_code, back.json()["kind"]) == (201, "exchange")

    shown = client.get(at, params={"phone_tail": "8000"}).json()
    assert shown["status"] == "delivered"
    assert [event["kind"] for event in shown["events"]] == [
        "placed",
        "changed",
        "invoice_requested",
        "shipped",
        "delivered",
        "exchange_requested",
    ]
    assert code(client.get(at, params={"phone_tail": "1234"})) == (404, "not_found")
    listed = client.get("/orders", params={"conversation_id": "c1"}).json()["orders"]
    assert [one["order_no"] for one in listed] == [order["order_no"]]


def test_every_write_with_a_key_is_answered_alike(client: TestClient) -> None:
    number = client.post("/orders", json=WISH).json()["order_no"]
    at = f"/orders/{number}"
    writes = [
        ("POST", "/orders", WISH),
        ("PATCH", at, {"address": "北京"}),
        ("POST", f"{at}/status", {"status": "paid"}),
        ("POST", f"{at}/invoice", {"title": "张伟"}),
        ("POST", f"{at}/returns", {"kind": "refund"}),
        ("POST", f"{at}/cancel", {}),
    ]
    for method, path, body in writes:
        key = {"Idempotency-Key": f"{method} {path}"}
        first, again = (client.request(method, path, json=body, headers=key) for _ in range(2))
        assert first.status_code in (200, 201), path
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["Idempotent-Replayed"] == "true"
        other = {**body, "address": "x"} if path == "/orders" or method == "PATCH" else body
        if other != body:
            mismatch = client.request(method, path, json=other, headers=key)
            assert code(mismatch) == (409, "idempotency_mismatch")
    assert client.get(at).json()["status"] == "cancelled"


def test_out_of_stock_says_how_many_there_are(client: TestClient) -> None:
    wish = {**WISH, "items": [{"sku": "QM-LED-H7", "quantity": 2}]}
    error = client.post("/orders", json=wish).json()["error"]
    assert error["code"] == "out_of_stock"
    assert (error["details"]["sku"], error["details"]["available"]) == ("QM-LED-H7", 1)


def test_what_is_no_order_is_refused(client: TestClient) -> None:
    oil = {"sku": "QM-OIL-5W30", "quantity": 1}
    changes: list[dict[str, Any]] = [
        {"items": []},
        {"items": [{**oil, "quantity": 0}]},
        {"items": [{**oil, "quantity": 10000}]},
        {"items": [{**oil, "price": "0.01"}]},
        {"items": [oil] * 101},
        {"address": ""},
        {"address": "x" * 501},
        {"address": "a\x00b"},
        {"note": "\ud800"},
        {"customer": {"name": "张伟", "phone": "不告诉你"}},
        {"customer": {"name": "张伟", "phone": "1234"}},
        {"customer": {"name": "", "phone": "13800138000"}},
        {"total": "0.01"},
    ]
    for change in changes:
        content = json.dumps({**WISH, **change})
        response = client.post(
            "/orders", content=content, headers={"Content-Type": "application/json"}
        )
        assert code(response) == (422, "invalid"), change
    assert client.get("/orders").json() == {"orders": []}


def test_what_is_not_there_is_404(client: TestClient) -> None:
    for method, path in [
        ("GET", "/orders/QM2611230000000000"),
        ("GET", "/orders/%F0%9F%98%80"),
        ("POST", "/orders/nothing/cancel"),
        ("GET", "/products/nothing"),
        ("GET", "/nothing"),
    ]:
        assert code(client.request(method, path)) == (404, "not_found"), path


def test_nothing_is_shown_without_the_service_token(client: TestClient) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}):
        response = client.get("/orders", headers=headers)
        assert code(response) == (401, "unauthorized")


def test_the_openapi_document_describes_every_write(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    writes = [
        (path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in ("post", "patch")
    ]
    assert len(writes) == 6
    for path, operation in writes:
        assert "Idempotency-Key" in [each["name"] for each in operation["parameters"]], path
        assert "409" in operation["responses"], path


def test_a_product_is_found_by_what_it_is_like(client: TestClient) -> None:
    described = {"q": "车里给娃坐的那种椅子", "by": "description", "limit": 2}
    best = client.get("/products", params=described).json()["products"][0]
    assert best["sku"] == "QM-CHD-ISO"
    assert client.get("/products", params={"q": "晚上吃啥", "by": "description"}).json() == {
        "products": []
    }


def test_no_query_breaks_the_search(client: TestClient) -> None:
    for query in ["", " ", "%", "'; DROP TABLE", "😀", "(", "a" * 200, "\\", "½", "ﬁ", "İ"]:
        response = client.get("/products", params={"q": query})
        assert response.status_code == 200, query
