"""Placeholders on their way into an entry, beside the real orders and scheduling backends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from nightdesk.backends import apps
from nightdesk.backends.knowledge import bank
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.database import Database
from nightdesk.merchant.load import load
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

TOKEN = "secret"
URL = "http://shop"
ANSWER = "{price:TEA-1}，{stock:TEA-1}；品茶 {service_price:tasting}，{hours:HZ-1}，{hotline}。"


class Others(httpx.AsyncBaseTransport):
    """The other backends, as the knowledge service reaches them; ``down``: not now."""

    def __init__(self) -> None:
        self.app: httpx.ASGITransport | None = None
        self.down = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down or self.app is None:
            raise httpx.ConnectError("down")
        return await self.app.handle_async_request(request)


@pytest.fixture
def others() -> Others:
    return Others()


@pytest.fixture
def client(
    database: Database, others: Others, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: ())
    merchant = read(ROOT / "tests" / "unit" / "shop")
    load(merchant, database)
    neighbours = Neighbours(merchant.profile, URL, URL, TOKEN, others)
    app = apps.backend_app(database, merchant.profile, TOKEN, neighbours=neighbours)
    others.app = httpx.ASGITransport(app=app)
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


def create(client: TestClient, answer: str) -> Any:
    entry = {"id": "tea", "question_zh": "茶叶多少钱？", "answer_zh": answer}
    return client.post("/knowledge/entries", json=entry)


def total(client: TestClient) -> int:
    return int(client.get("/knowledge/entries").json()["total"])


def test_an_entry_keeps_its_placeholders_and_is_shown_filled(client: TestClient) -> None:
    made = create(client, ANSWER)
    assert made.status_code == 201, made.text
    assert made.json()["answer_zh"] == ANSWER
    shown = client.post("/knowledge/preview", json={"answer_zh": ANSWER}).json()
    assert shown["answer_zh"] == {
        "text": "¥68，有货；品茶 免费，09:00–21:00，0571-88880000。",
        "missing": [],
    }
    assert shown["mistakes"] == []


def test_a_price_that_changes_changes_what_is_said(client: TestClient, database: Database) -> None:
    from sqlalchemy import update

    from nightdesk.backends.orders.model import Product

    with database.write() as session:
        session.execute(update(Product).where(Product.sku == "TEA-1").values(price=72, stock=2))
    shown = client.post("/knowledge/preview", json={"answer_zh": ANSWER}).json()
    assert shown["answer_zh"]["text"].startswith("¥72，只剩 2 罐；")


@pytest.mark.parametrize(
    ("braces", "right"),
    [
        ("{price:TEA-9}", "{price:TEA-"),
        ("{prise:TEA-1}", "{price:TEA-1}"),
        ("{hours:HZ-2}", "{hours:HZ-1}"),
        ("{service_price:lessons}", "{service_price:lesson}"),
        ("{价格}", "{price:SKU}"),
        ("{TEA-1}", "{price:SKU}"),
    ],
)
def test_a_wrong_placeholder_is_refused_with_what_would_be_right(
    client: TestClient, braces: str, right: str
) -> None:
    refused = create(client, f"一罐 {braces}。")
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert error["code"] == "placeholder"
    (mistake,) = error["details"]["mistakes"]
    assert (mistake["column"], mistake["found"]) == ("answer_zh", braces)
    assert right in mistake["right"]["en"]
    assert total(client) == 2
    changed = client.patch("/knowledge/entries/storage", json={"answer_en": braces})
    assert changed.status_code == 422
    settled = {"question_zh": "茶叶？", "answer_zh": braces}
    body = {"ids": [1], "entry": settled}
    assert client.post("/knowledge/gaps/settle", json=body).status_code == 422


def test_a_file_with_a_wrong_placeholder_names_row_and_column(client: TestClient) -> None:
    text = f"问题,答案\n茶叶多少钱,{ANSWER}\n便宜的呢,{{price:TEA-7}}\n".replace(
        ANSWER, f'"{ANSWER}"'
    )
    refused = client.post("/knowledge/import", content=text.encode(), params={"name": "a.csv"})
    assert refused.status_code == 422, refused.text
    (problem,) = refused.json()["error"]["details"]["problems"]
    assert (problem["row"], problem["column"]) == (3, "answer_zh")
    assert "{price:TEA-7}" in problem["what"]["en"]
    assert "{price:TEA-" in problem["right"]["en"]
    assert total(client) == 2
    good = text.replace("TEA-7", "TEA-2").encode()
    taken = client.post("/knowledge/import", content=good, params={"name": "a.csv"})
    assert len(taken.json()["created"]) == 2
    exported = client.get("/knowledge/export", params={"format": "csv"}).text
    assert ANSWER in exported


def test_while_the_other_backends_are_down_nothing_unchecked_goes_live(
    client: TestClient, others: Others
) -> None:
    others.down = True
    refused = create(client, "一罐 {price:TEA-1}。")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
    assert create(client, "热线 {hotline}。").status_code == 201
    assert client.patch("/knowledge/entries/tea", json={"answer_zh": "问店里。"}).status_code == 200
    shown = client.post("/knowledge/preview", json={"answer_zh": "一罐 {price:TEA-1}。"}).json()
    assert shown["answer_zh"]["text"] == "一罐 （价格暂时查不到）。"


def test_placeholders_are_offered_for_what_one_is_looking_for(client: TestClient) -> None:
    offered = client.get("/knowledge/placeholders", params={"q": "龙井"}).json()["placeholders"]
    by_form = {one["placeholder"]: one for one in offered}
    assert by_form["{price:TEA-1}"]["now"] == "¥68"
    assert by_form["{price:TEA-1}"]["name"] == "龙井绿茶"
    assert by_form["{hotline}"]["now"] == "0571-88880000"
    assert "{hours:HZ-1}" in by_form
    english = client.get("/knowledge/placeholders", params={"q": "tea", "lang": "en"}).json()
    assert {"price", "stock"} <= {one["figure"] for one in english["placeholders"]}


@pytest.mark.parametrize("body", [b"not json", b'{"products": 1}', b"[1]"])
def test_a_backend_that_answers_nonsense_counts_as_silent(database: Database, body: bytes) -> None:
    answer = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    profile = read(ROOT / "tests" / "unit" / "shop").profile
    app = apps.backend_app(
        database, profile, TOKEN, ["knowledge"], Neighbours(profile, URL, URL, TOKEN, answer)
    )
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        assert create(client, "{service_price:tasting} {hours:HZ-1}").status_code == 503
        assert client.get("/knowledge/placeholders", params={"q": "茶"}).status_code == 200
