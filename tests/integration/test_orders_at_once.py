"""Many customers at once, on both databases: nothing is oversold, nothing is ordered twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from nightdesk.backends.orders import schemas
from nightdesk.backends.orders.catalogue import replace_products
from nightdesk.backends.orders.model import Product
from nightdesk.backends.orders.service import OrderService
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database
from nightdesk.merchant import records

STOCK = 20


def product(sku: str) -> records.Product:
    return records.Product(
        sku, sku, sku, "", "个", "piece", Decimal("10.50"), STOCK, (), (), "", ""
    )


@pytest.fixture
def shop(database: Database) -> OrderService:
    with database.write() as session:
        replace_products(session, [product("A"), product("B")])
    return OrderService(database, "CNY", "QM")


def stock(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {row.sku: row.stock for row in session.query(Product)}


def wish(*items: tuple[str, int], note: str = "") -> schemas.OrderIn:
    return schemas.OrderIn(
        customer={"name": "张伟", "phone": "13800138000"},
        address="上海",
        items=[{"sku": sku, "quantity": quantity} for sku, quantity in items],
        note=note,
    )


def all_at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The result of each call, or the code of its ``ServiceError``; all start together."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except ServiceError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_stock_never_goes_below_zero(shop: OrderService, database: Database) -> None:
    results = all_at_once([lambda: shop.place(wish(("A", 3)), None).status] * 30)
    assert Counter(results) == {201: 6, "out_of_stock": 24}
    assert stock(database) == {"A": 2, "B": STOCK}


def test_orders_of_the_same_products_in_another_order_do_not_block_each_other(
    shop: OrderService, database: Database
) -> None:
    forth, back = wish(("A", 1), ("B", 1)), wish(("B", 1), ("A", 1))
    results = all_at_once([lambda w=w: shop.place(w, None).status for w in [forth, back] * 15])
    assert Counter(results) == {201: 20, "out_of_stock": 10}
    assert stock(database) == {"A": 0, "B": 0}


def test_one_key_sent_fifty_times_at_once_makes_one_order(
    shop: OrderService, database: Database
) -> None:
    answers = all_at_once([lambda: shop.place(wish(("A", 2)), "one key")] * 50)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["order_no"] for answer in answers}) == 1
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: 49}
    assert len(shop.orders().orders) == 1
    assert stock(database)["A"] == STOCK - 2


def test_one_key_with_two_contents_at_once_makes_one_order(shop: OrderService) -> None:
    wishes = [wish(("A", 1), note=note) for note in ("left", "right") * 8]
    results = all_at_once([lambda w=w: shop.place(w, "one key").status for w in wishes])
    assert Counter(results) == {201: 8, "idempotency_mismatch": 8}
    assert len(shop.orders().orders) == 1


def test_cancelled_at_once_gives_back_once(shop: OrderService, database: Database) -> None:
    number = shop.place(wish(("A", 5)), None).body["order_no"]
    keys = ["same"] * 8 + [None] * 8
    results = all_at_once(
        [lambda k=k: shop.cancel(number, schemas.CancelIn(), k).status for k in keys]
    )
    assert results == [200] * 16
    assert stock(database)["A"] == STOCK


def test_a_change_and_a_cancellation_at_once_lose_no_stock(
    shop: OrderService, database: Database
) -> None:
    number = shop.place(wish(("A", 5)), None).body["order_no"]
    calls: list[Callable[[], Any]] = []
    for quantity in range(1, 11):
        change = schemas.OrderChange(items=[{"sku": "B", "quantity": quantity}])
        calls.append(lambda c=change: shop.change(number, c, None).status)
    calls.insert(5, lambda: shop.cancel(number, schemas.CancelIn(), None).status)
    results = all_at_once(calls)
    assert set(results) <= {200, "already_cancelled"}
    assert results[5] == 200
    assert stock(database) == {"A": STOCK, "B": STOCK}


def test_a_load_among_orders_loses_none_of_them(shop: OrderService, database: Database) -> None:
    def load() -> str:
        with database.write() as session:
            replace_products(session, [product("B"), product("A")])
        return "loaded"

    orders = [lambda: shop.place(wish(("B", 1), ("A", 1)), None).status] * 12
    results = all_at_once([*orders, load, load, load])
    assert Counter(results) == {201: 12, "loaded": 3}
    assert stock(database) == {"A": STOCK - 12, "B": STOCK - 12}


def test_wrong_phone_tails_at_once_are_all_counted(shop: OrderService) -> None:
    number = shop.place(wish(("A", 1)), None).body["order_no"]
    tails = [f"{tail:04}" for tail in range(20)]
    results = all_at_once([lambda t=t: shop.order(number, t) for t in tails])
    assert Counter(results) == {"not_found": 5, "locked": 15}


def test_amounts_are_exact(shop: OrderService) -> None:
    placed = shop.place(wish(("A", 9), ("B", 3)), None).body
    order = shop.order(placed["order_no"])
    assert (order.total, order.items[0].price) == ("126.00", "10.50")
