"""Every conversation in the folders beside this file, over the real processes.

A file is one conversation; its folder says what kind, its name what the customer does. Steps:
``customer`` (typed words) or ``tap`` (a button's title); ``bot``: words that the reply has, each
(of a list within the list, one); ``never``: words that it has not. ``merchant``: whose shop it is,
the demo's by default.
``backends`` says what is there afterwards: ``orders`` and ``tickets`` of this conversation (only
the fields that matter; ``appointments`` where they are named), ``stock`` of products.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness.customer import Customer
from tests.harness.fixtures import DEMO
from tests.harness.shop import Shop

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.yml"))
LEDGER = FOLDER / "known_failures.txt"


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _cases() -> list[Any]:
    """Every file; those in the ledger are expected to fail, and are reported when they pass."""
    lines = LEDGER.read_text(encoding="utf-8").splitlines()
    known = {line.split("#")[0].strip() for line in lines} - {""}
    assert known <= {_name(path) for path in FILES}, "the ledger names a file that is gone"
    expected = pytest.mark.xfail(reason="in known_failures.txt", strict=False)
    return [
        pytest.param(path, id=_name(path), marks=[expected] if _name(path) in known else [])
        for path in FILES
    ]


@pytest.mark.parametrize("path", _cases())
def test_conversation(running_shops: Callable[[str], Shop], path: Path) -> None:
    conversation = yaml.safe_load(path.read_text(encoding="utf-8"))
    shop = running_shops(conversation.get("merchant", DEMO))
    shop.reset()
    customer = shop.customer(conversation.get("lang", "zh"))
    heard = _talk(customer, conversation["steps"])
    _check_backends(shop, customer, conversation["backends"], heard)


def _talk(customer: Customer, steps: list[dict[str, Any]]) -> str:
    """Goes through ``steps``; the whole conversation as text, for the messages of failures."""
    heard = ""
    for step in steps:
        tapped = step.get("tap")
        reply = customer.tap(tapped) if tapped else customer.say(str(step["customer"]))
        heard += f"\n> {step.get('tap') or step['customer']}\n{reply}"
        text = f"{reply.text}\n{' '.join(reply.buttons)}"
        for words in _listed(step.get("bot")):
            assert any(str(one) in text for one in _listed(words)), (
                f"{words!r} was not said:{heard}"
            )
        for words in _listed(step.get("never")):
            assert str(words) not in text, f"{words!r} was said:{heard}"
    return heard


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _check_backends(shop: Shop, customer: Customer, expected: dict[str, Any], heard: str) -> None:
    shop.settle()
    orders, tickets = shop.orders_of(customer), shop.tickets_of(customer)
    _check_all("order", expected.get("orders", []), orders, heard)
    _check_all("ticket", expected.get("tickets", []), tickets, heard)
    if "appointments" in expected:
        _check_all("appointment", expected["appointments"], shop.appointments_of(customer), heard)
    for order in orders:
        assert str(order["order_no"]) in heard, f"the order number was never said:{heard}"
    with shop.backends as client:
        for sku, stock in expected.get("stock", {}).items():
            assert client.get(f"/products/{sku}").json()["stock"] == stock, heard


def _check_all(kind: str, expected: list[Any], found: list[dict[str, Any]], heard: str) -> None:
    assert len(found) == len(expected), f"{len(found)} {kind}s: {found}{heard}"
    for wanted, one in zip(expected, found, strict=True):
        for field, value in wanted.items():
            _check_field(field, value, one, heard)


def _check_field(field: str, value: Any, found: dict[str, Any], heard: str) -> None:
    if field == "items":
        items = {item["sku"]: item["quantity"] for item in found["items"]}
        assert items == value, f"items {items}{heard}"
    elif isinstance(value, dict):
        for inner, wanted in value.items():
            assert str(found[field][inner]) == str(wanted), f"{field}: {found[field]}{heard}"
    elif field in ("address", "note", "description", "start"):
        assert str(value) in str(found[field]), f"{field}: {found[field]}{heard}"
    else:
        assert str(found[field]) == str(value), f"{field}: {found[field]}{heard}"
