"""The rules of orders, through the service, over a small shop in SQLite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nightdesk import clock, tables
from nightdesk.backends.orders import access, schemas
from nightdesk.backends.orders.catalogue import Changes, replace_products, version
from nightdesk.backends.orders.model import Product
from nightdesk.backends.orders.service import OrderService
from nightdesk.backends.service import ServiceError
from nightdesk.database import Base, Database, connect
from nightdesk.merchant import records

OIL = records.Product(
    sku="OIL",
    name_zh="全合成机油5W-30",
    name_en="Engine oil",
    category="油液",
    unit_zh="桶",
    unit_en="can",
    price=Decimal("298"),
    stock=10,
    fits=(),
    aliases=("全合成",),
    description_zh="",
    description_en="",
)
WATER = replace(
    OIL,
    sku="WATER",
    name_zh="玻璃水",
    name_en="Washer fluid",
    price=Decimal("15.9"),
    stock=3,
    aliases=(),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = connect(f"sqlite:///{tmp_path / 'orders.sqlite'}")
    Base.metadata.create_all(
        engine,
        tables=[
            table
            for name, table in Base.metadata.tables.items()
            if name.startswith("orders_") or name == tables.idempotency.IdempotencyKey.__tablename__
        ],
    )
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def shop(database: Database) -> OrderService:
    load(database, OIL, WATER)
    return OrderService(database, "CNY", "qm-", ZoneInfo("Asia/Shanghai"))


def load(database: Database, *products: records.Product) -> Changes:
    with database.write() as session:
        return replace_products(session, products)


def stock(database: Database, sku: str = "OIL") -> int:
    with database.read() as session:
        return int(session.get(Product, sku).stock)


def wish(*items: tuple[str, int], **more: Any) -> schemas.OrderIn:
    return schemas.OrderIn(
        customer={"name": "张伟", "phone": "138 0013 8000"},
        address="上海浦东张江路88号",
        items=[{"sku": sku, "quantity": quantity} for sku, quantity in items],
        **more,
    )


def placed(shop: OrderService, *items: tuple[str, int]) -> str:
    return str(shop.place(wish(*(items or (("OIL", 2),))), None).body["order_no"])


def change(**fields: Any) -> schemas.OrderChange:
    if "items" in fields:
        fields["items"] = [{"sku": s, "quantity": q} for s, q in fields["items"]]
    return schemas.OrderChange(**fields)


def move(shop: OrderService, order_no: str, *statuses: str) -> None:
    for status in statuses:
        shop.move(order_no, schemas.StatusIn(status=status), None)


@contextmanager
def refused(code: str, status: int) -> Iterator[dict[str, Any]]:
    """Expects a ServiceError with this code and HTTP status; yields what will be its details."""
    details: dict[str, Any] = {}
    with pytest.raises(ServiceError) as caught:
        yield details
    assert (caught.value.code, caught.value.status) == (code, status)
    details.update(caught.value.details)


def test_an_order_is_priced_by_the_catalogue_and_taken_from_the_stock(
    shop: OrderService, database: Database
) -> None:
    answer = shop.place(wish(("OIL", 2), ("WATER", 3)), None)
    assert answer.status == 201
    assert answer.body["total"] == "643.70"
    assert [(line["sku"], line["price"], line["quantity"]) for line in answer.body["items"]] == [
        ("OIL", "298.00", 2),
        ("WATER", "15.90", 3),
    ]
    assert answer.body["status"] == "placed"
    assert (stock(database, "OIL"), stock(database, "WATER")) == (8, 0)


def test_lines_of_one_product_are_taken_together(shop: OrderService, database: Database) -> None:
    answer = shop.place(wish(("OIL", 2), ("OIL", 3)), None)
    assert [line["quantity"] for line in answer.body["items"]] == [5]
    assert stock(database) == 5


def test_an_order_number_shows_the_merchants_day_and_nothing_of_the_last_one(
    shop: OrderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.CLOCK, "2026-11-23T03:00:00+08:00")
    first, second = placed(shop, ("OIL", 1)), placed(shop, ("OIL", 1))
    for number in (first, second):
        assert re.fullmatch(r"QM261123[0-9A-HJKMNP-TV-Z]{10}", number)
    assert first[8:] != second[8:]


def test_an_order_is_found_however_its_number_is_typed(shop: OrderService) -> None:
    number = placed(shop)
    typed = f" {number[:2].lower()} {number[2:8]}-{number[8:].lower()} "
    assert shop.order(typed).order_no == number


def test_a_prefix_keeps_its_letters(shop: OrderService, database: Database) -> None:
    other = OrderService(database, "CNY", "oil-")
    number = placed(other, ("OIL", 1))
    assert number.startswith("OIL")
    assert other.order(number.lower()).order_no == number


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 1.5, "2", True])
def test_a_quantity_that_no_shelf_holds_is_no_request(quantity: Any) -> None:
    with pytest.raises(ValueError, match="quantity"):
        schemas.OrderIn(
            customer={"name": "张伟", "phone": "13800138000"},
            address="x",
            items=[{"sku": "OIL", "quantity": quantity}],
        )


def test_lines_that_are_too_many_together_are_refused(shop: OrderService) -> None:
    with refused("invalid_quantity", 422) as details:
        shop.place(wish(("OIL", 9999), ("OIL", 1)), None)
    assert details == {"sku": "OIL", "max": 9999}


def test_what_is_not_in_stock_is_refused_and_takes_nothing(
    shop: OrderService, database: Database
) -> None:
    with refused("out_of_stock", 409) as details:
        shop.place(wish(("OIL", 2), ("WATER", 4)), None)
    assert (details["sku"], details["available"]) == ("WATER", 3)
    assert (stock(database, "OIL"), stock(database, "WATER")) == (10, 3)


def test_a_product_that_is_not_sold_is_refused(shop: OrderService, database: Database) -> None:
    with refused("unknown_product", 422) as details:
        shop.place(wish(("OIL", 1), ("GOLD", 1)), None)
    assert details["sku"] == "GOLD"
    load(database, OIL)
    with refused("unknown_product", 422):
        shop.place(wish(("WATER", 1)), None)
    with refused("not_found", 404):
        shop.product("WATER")


def test_one_key_makes_one_order(shop: OrderService, database: Database) -> None:
    first = shop.place(wish(("OIL", 2)), "key")
    again = shop.place(wish(("OIL", 2), note=None), "key")
    assert (again.status, again.body, again.replayed) == (201, first.body, True)
    assert stock(database) == 8
    assert len(shop.orders().orders) == 1


def test_a_key_does_not_serve_two_requests(shop: OrderService) -> None:
    number = shop.place(wish(("OIL", 2)), "key").body["order_no"]
    with refused("idempotency_mismatch", 409):
        shop.place(wish(("OIL", 3)), "key")
    with refused("idempotency_mismatch", 409):
        shop.cancel(number, schemas.CancelIn(), "key")


def test_the_key_of_a_refused_order_may_be_tried_again(
    shop: OrderService, database: Database
) -> None:
    with refused("out_of_stock", 409):
        shop.place(wish(("WATER", 4)), "key")
    load(database, OIL, replace(WATER, stock=5))
    assert shop.place(wish(("WATER", 4)), "key").status == 201
    assert stock(database, "WATER") == 1


def test_other_items_move_only_the_difference_of_stock(
    shop: OrderService, database: Database
) -> None:
    number = placed(shop, ("OIL", 4), ("WATER", 1))
    body = shop.change(number, change(items=[("WATER", 3), ("OIL", 1)]), None).body
    assert [(line["sku"], line["quantity"]) for line in body["items"]] == [("WATER", 3), ("OIL", 1)]
    assert body["total"] == "345.70"
    assert (stock(database, "OIL"), stock(database, "WATER")) == (9, 0)
    shop.change(number, change(items=[("OIL", 1)]), None)
    assert stock(database, "WATER") == 3


def test_a_change_that_the_shelf_cannot_serve_changes_nothing(
    shop: OrderService, database: Database
) -> None:
    number = placed(shop, ("OIL", 4))
    with refused("out_of_stock", 409) as details:
        shop.change(number, change(items=[("OIL", 11)], address="elsewhere"), None)
    assert details["available"] == 6
    assert shop.order(number).address == "上海浦东张江路88号"
    assert stock(database) == 6


def test_a_product_that_stays_keeps_its_price(shop: OrderService, database: Database) -> None:
    number = placed(shop, ("OIL", 1))
    load(database, replace(OIL, price=Decimal("350")), replace(WATER, price=Decimal("20")))
    body = shop.change(number, change(items=[("OIL", 2), ("WATER", 1)]), None).body
    assert body["total"] == "616.00"


def test_a_withdrawn_product_can_stay_in_its_order(shop: OrderService, database: Database) -> None:
    number = placed(shop, ("OIL", 2), ("WATER", 1))
    load(database, WATER)
    shop.change(number, change(items=[("OIL", 1), ("WATER", 2)]), None)
    with refused("unknown_product", 422):
        shop.change(number, change(items=[("OIL", 2)]), None)


def test_address_customer_and_note_can_be_changed_until_it_is_shipped(shop: OrderService) -> None:
    number = placed(shop)
    move(shop, number, "paid")
    wished = change(address="北京", customer={"phone": "13900139000"}, note="轻放")
    body = shop.change(number, wished, None).body
    assert (body["address"], body["note"]) == ("北京", "轻放")
    assert body["customer"] == {"name": "张伟", "phone": "13900139000", "email": ""}
    assert body["events"][-1]["details"] == {"fields": ["address", "note", "customer_phone"]}
    with refused("already_paid", 409):
        shop.change(number, change(items=[("OIL", 1)]), None)
    move(shop, number, "shipped")
    with refused("already_shipped", 409):
        shop.change(number, wished, None)


def test_a_change_that_changes_nothing_leaves_no_event(shop: OrderService) -> None:
    number = placed(shop)
    body = shop.change(number, change(items=[("OIL", 2)], note=""), None).body
    assert [event["kind"] for event in body["events"]] == ["placed"]


def test_cancelling_gives_the_goods_back_once(shop: OrderService, database: Database) -> None:
    number = placed(shop, ("OIL", 4))
    for _ in range(2):
        assert shop.cancel(number, schemas.CancelIn(reason="x"), None).body["status"] == "cancelled"
    assert stock(database) == 10
    with refused("already_cancelled", 409):
        shop.change(number, change(note="x"), None)
    with refused("already_cancelled", 409):
        shop.invoice(number, schemas.InvoiceIn(title="张伟"), None)


def test_what_was_shipped_is_not_cancelled(shop: OrderService, database: Database) -> None:
    number = placed(shop)
    move(shop, number, "shipped")
    with refused("already_shipped", 409):
        shop.cancel(number, schemas.CancelIn(), None)
    assert stock(database) == 8


def test_the_way_of_an_order_is_kept_with_its_tracking(shop: OrderService) -> None:
    number = placed(shop)
    move(shop, number, "paid")
    sent = schemas.StatusIn(status="shipped", carrier="顺丰速运", tracking_no="SF1")
    shop.move(number, sent, None)
    shop.move(number, sent.copy(update={"tracking_no": "SF2"}), None)
    move(shop, number, "delivered")
    order = shop.order(number)
    assert (order.status, order.carrier, order.tracking_no) == ("delivered", "顺丰速运", "SF2")
    assert [event.kind for event in order.events] == [
        "placed",
        "paid",
        "shipped",
        "shipped",
        "delivered",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), "delivered"),
        (("paid",), "paid"),
        (("shipped",), "paid"),
        (("shipped", "delivered"), "shipped"),
    ],
)
def test_an_order_does_not_go_backwards(
    shop: OrderService, before: tuple[str, ...], after: str
) -> None:
    number = placed(shop)
    move(shop, number, *before)
    with refused("wrong_status", 409):
        move(shop, number, after)


def test_goods_come_back_after_they_went_and_money_after_it_came(shop: OrderService) -> None:
    number = placed(shop)
    back, money = schemas.ReturnIn(kind="return", reason="坏了"), schemas.ReturnIn(kind="refund")
    with refused("not_shipped", 409):
        shop.send_back(number, back, None)
    with refused("not_paid", 409):
        shop.send_back(number, money, None)
    move(shop, number, "paid", "shipped")
    body = shop.send_back(number, back, None).body
    assert (body["return_no"], body["kind"], body["reason"]) == (f"{number}-R1", "return", "坏了")
    assert shop.send_back(number, money, None).body["return_no"] == f"{number}-R2"
    with refused("already_requested", 409):
        shop.send_back(number, back, None)


def test_what_was_paid_and_cancelled_is_refunded(shop: OrderService) -> None:
    number = placed(shop)
    move(shop, number, "paid")
    shop.cancel(number, schemas.CancelIn(), None)
    assert shop.send_back(number, schemas.ReturnIn(kind="refund"), None).status == 201


def test_an_invoice_can_be_corrected(shop: OrderService) -> None:
    number = placed(shop)
    shop.invoice(number, schemas.InvoiceIn(title="张伟"), None)
    body = shop.invoice(number, schemas.InvoiceIn(title="某公司", tax_no="91310115ma1k"), None).body
    assert (body["title"], body["tax_no"], body["amount"]) == ("某公司", "91310115MA1K", "596.00")


def test_an_order_is_shown_to_who_knows_its_phone(shop: OrderService) -> None:
    number = placed(shop)
    assert shop.order(number, "8000").order_no == number
    with refused("not_found", 404):
        shop.order(number, "8001")
    with refused("not_found", 404):
        shop.order("QM2611230000000000", "8000")


def test_five_misses_lock_an_order_for_a_while(
    shop: OrderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = placed(shop)
    for _ in range(access.MISSES):
        with refused("not_found", 404):
            shop.order(number, "0000")
    with refused("locked", 409):
        shop.order(number, "8000")
    later = clock.now() + access.LOCKED + timedelta(seconds=1)
    monkeypatch.setenv(clock.CLOCK, later.isoformat())
    assert shop.order(number, "8000").order_no == number


def test_orders_are_listed_by_conversation_status_and_time(shop: OrderService) -> None:
    mine = shop.place(wish(("OIL", 1), conversation_id="c1"), None).body
    other = placed(shop, ("OIL", 1))
    move(shop, other, "paid")
    assert [order.order_no for order in shop.orders("c1").orders] == [mine["order_no"]]
    assert [order.order_no for order in shop.orders(status="paid").orders] == [other]
    assert [order.order_no for order in shop.orders().orders] == [other, mine["order_no"]]
    assert shop.orders(since=clock.now() + timedelta(minutes=1)).orders == []


def test_loading_one_file_twice_gives_back_nothing_that_was_sold(
    shop: OrderService, database: Database
) -> None:
    placed(shop, ("OIL", 4))
    assert not load(database, OIL, WATER)
    assert stock(database) == 6
    load(database, replace(OIL, price=Decimal("1")), WATER)
    assert stock(database) == 6
    assert load(database, replace(OIL, price=Decimal("1"), stock=50), WATER) == Changes(changed=1)
    assert stock(database) == 50


def test_the_catalogue_counts_its_changes(database: Database) -> None:
    def now() -> int:
        with database.read() as session:
            return version(session)

    assert now() == 0
    assert load(database, OIL, WATER) == Changes(added=2)
    assert now() == 1
    load(database, OIL, WATER)
    assert now() == 1
    assert load(database, WATER) == Changes(changed=1, withdrawn=1)
    assert now() == 2


def test_the_search_follows_the_catalogue(shop: OrderService, database: Database) -> None:
    def found(query: str) -> list[str]:
        return [hit.sku for hit in shop.search(query, 5).products]

    assert found("全合成") == ["OIL"]
    assert found("") == ["OIL", "WATER"]
    load(database, WATER, replace(OIL, sku="NEW"))
    assert found("全合成") == ["NEW"]
    assert found("") == ["WATER", "NEW"]
