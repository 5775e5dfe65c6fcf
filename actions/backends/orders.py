"""The orders contract: products and orders."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from actions.backends.client import Client, Unavailable, money, required


@dataclass(frozen=True)
class Product:
    """A product as the orders backend sells it now. ``score``: its match, 0 to 1."""

    sku: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    price: str
    currency: str
    stock: int
    fits: tuple[str, ...] = ()
    description_zh: str = ""
    description_en: str = ""
    aliases: tuple[str, ...] = ()
    score: float = 1.0

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name_zh

    def unit(self, language: str) -> str:
        return self.unit_en if language == "en" and self.unit_en else self.unit_zh

    def description(self, language: str) -> str:
        """What the catalogue says of it; nothing where it says nothing."""
        return (
            self.description_en if language == "en" and self.description_en else self.description_zh
        )

    def fit(self, model: str | None) -> bool:
        """Whether it fits the car (or plan) ``model``; an unknown model fits."""
        fits = {_bare(one) for one in self.fits}
        return not model or not fits or _bare(model) in fits

    def words(self) -> tuple[list[str], list[str]]:
        """What it is called, and what else is said of it."""
        names = [self.name_zh, self.name_en, *self.aliases]
        return names, [self.description_zh, self.description_en]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Product:
        lists = {name: tuple(data.get(name, ())) for name in ("fits", "aliases")}
        return cls(**{**data, **lists})


def _bare(model: str) -> str:
    """A model's name without spaces and case: ``老款1.5t`` is ``老款 1.5T``."""
    return "".join(model.split()).upper()


@dataclass(frozen=True)
class Line:
    """A line of an order."""

    sku: str
    name: str
    quantity: int
    name_en: str = ""

    def called(self, language: str) -> str:
        """Its name in ``language``, where it has one."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class Order:
    """An order as the backend has it. ``status``: placed, paid, shipped, delivered, cancelled."""

    order_no: str
    status: str
    total: Decimal
    currency: str
    lines: tuple[Line, ...] = ()
    recipient: str = ""
    phone: str = ""
    address: str = ""
    carrier: str = ""
    tracking_no: str = ""


def _product(body: Any) -> Product:
    name = required(body, "name", str)
    unit = body.get("unit") or ""
    return Product(
        sku=required(body, "sku", str),
        name_zh=body.get("name_zh") or name,
        name_en=body.get("name_en") or "",
        unit_zh=body.get("unit_zh") or unit,
        unit_en=body.get("unit_en") or "",
        price=str(money(body, "price")),
        currency=required(body, "currency", str),
        stock=max(0, required(body, "stock", int)),
        fits=tuple(str(model) for model in body.get("fits") or ()),
        description_zh=body.get("description_zh") or "",
        description_en=body.get("description_en") or "",
        aliases=tuple(str(alias) for alias in body.get("aliases") or ()),
        score=float(body.get("score") or 0),
    )


def _order(body: Any) -> Order:
    customer = body.get("customer") if isinstance(body, dict) else None
    customer = customer if isinstance(customer, dict) else {}
    return Order(
        order_no=required(body, "order_no", str),
        status=required(body, "status", str),
        total=money(body, "total"),
        currency=required(body, "currency", str),
        lines=tuple(
            Line(
                required(item, "sku", str),
                required(item, "name", str),
                required(item, "quantity", int),
                str(item.get("name_en") or ""),
            )
            for item in required(body, "items", list)
        ),
        recipient=str(customer.get("name") or ""),
        phone=str(customer.get("phone") or ""),
        address=str(body.get("address") or ""),
        carrier=str(body.get("carrier") or ""),
        tracking_no=str(body.get("tracking_no") or ""),
    )


class Orders:
    """The orders backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str, limit: int = 6) -> list[Product]:
        """Products for what a customer called one, best first."""
        body = self._client.get("/products", q=query[:200], limit=limit)
        hits = body if isinstance(body, list) else required(body, "products", list)
        return [_product(hit) for hit in hits]

    def described(self, words: str, limit: int = 6) -> list[Product]:
        """Products that ``words`` may describe without naming them, best first."""
        body = self._client.get("/products", q=words[:200], by="description", limit=limit)
        hits = body if isinstance(body, list) else required(body, "products", list)
        return [_product(hit) for hit in hits]

    def product(self, sku: str) -> Product:
        return _product(self._client.get(f"/products/{_segment(sku)}"))

    def place(self, order: dict[str, Any], key: str) -> Order:
        """Places ``order`` (the body of ``POST /orders``) once for ``key``."""
        placed = _order(self._client.write("POST", "/orders", order, key))
        if len(placed.lines) != len(order["items"]):
            raise Unavailable("the answer has other items than the order")
        return placed

    def of_conversation(self, conversation_id: str) -> list[Order]:
        """The orders made in a conversation, newest first."""
        body = self._client.get("/orders", conversation_id=conversation_id)
        found = body if isinstance(body, list) else required(body, "orders", list)
        return [_order(one) for one in found]

    def find(self, order_no: str, phone_tail: str) -> Order:
        """The order, to who knows the last four digits of its phone; else ``Refused`` 404."""
        return _order(self._client.get(f"/orders/{_segment(order_no)}", phone_tail=phone_tail))

    def change(self, order_no: str, change: dict[str, Any], key: str) -> Order:
        """Changes ``items``, ``address``, ``customer`` or ``note`` of an order."""
        return _order(self._client.write("PATCH", f"/orders/{_segment(order_no)}", change, key))

    def cancel(self, order_no: str, key: str) -> Order:
        return _order(self._client.write("POST", f"/orders/{_segment(order_no)}/cancel", {}, key))

    def request_return(self, order_no: str, kind: str, reason: str, key: str) -> str:
        """Asks for a return, exchange or refund; the number of the request."""
        request = {"kind": kind, "reason": reason}
        path = f"/orders/{_segment(order_no)}/returns"
        return str(required(self._client.write("POST", path, request, key), "return_no", str))

    def request_invoice(self, order_no: str, invoice: dict[str, Any], key: str) -> None:
        """Asks for an invoice (``title``, ``tax_no``, ``email``)."""
        path = f"/orders/{_segment(order_no)}/invoice"
        answer = self._client.write("POST", path, invoice, key)
        required(answer, "title", str)


def _segment(order_no: str) -> str:
    """A number, which a customer may have typed, as one segment of a path."""
    return quote(order_no, safe="")
