"""The console's pure parts: what is masked, who may what; and what a customer hears of a ticket."""

from __future__ import annotations

import pytest

from actions.backends.tickets import _ticket
from nightdesk.desk.console.accounts import Person
from nightdesk.desk.console.masking import masked, phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "861****8000"),
        ("62345678", "****78"),
        ("", None),
        (None, None),
    ],
)
def test_a_phone_shows_its_ends_at_most(number: str | None, shown: str | None) -> None:
    assert phone(number) == shown


def test_masking_leaves_numbers_of_things_and_times_readable() -> None:
    order = {
        "order_no": "20261123000001",
        "created_at": "2026-11-23T20:30:00+08:00",
        "total": "596.00",
        "items": [{"sku": "13800138000A", "quantity": 2}],
        "address": "张江路88号",
        "customer": {"name": "张伟", "phone": "13800138000", "email": "a@b.cn"},
        "note": "打 13900139000",
    }
    shown = masked(order)
    assert shown["order_no"] == order["order_no"]
    assert shown["created_at"] == order["created_at"]
    assert shown["total"] == "596.00"
    assert shown["items"] == order["items"]
    assert shown["address"] == "***"
    assert shown["customer"] == {"name": "张伟", "phone": "138****8000", "email": "***"}
    assert "13900139000" not in shown["note"]


def test_a_role_may_what_those_below_it_may() -> None:
    supervisor = Person("1", "li", "小李", "supervisor")
    assert supervisor.may("agent")
    assert supervisor.may("supervisor")
    assert not supervisor.may("admin")


def test_who_asks_for_progress_hears_the_newest_open_comment_and_then_the_outcome() -> None:
    ticket = {
        "ticket_no": "T1",
        "status": "in_progress",
        "outcome": "已换新灯",
        "comments": [
            {"text": "配件已寄出", "internal": False},
            {"text": "客户很急", "internal": True},
        ],
    }
    assert _ticket(ticket).comment == "配件已寄出"
    assert _ticket({**ticket, "status": "resolved"}).comment == "已换新灯"
    assert _ticket({**ticket, "status": "resolved", "outcome": None}).comment == "配件已寄出"
