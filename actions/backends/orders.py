"""The orders contract: products and orders."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from actions.backends.client import Client, Unavailable, money, required


@dataclass(frozen=True)
class Product:
    """A product as the orders backend sells it now. ``score``: its match, , 0 to 1."""

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
    score: float = 1.0

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name_zh

    def unit(self, language: str) -> str:
        return self.unit_en if language == "en" and self.unit_en else self.unit_zh

    def fit(self, model: str | None) -> bool:
        """Whether it fits the car (or plan) ``model``; an unknown model fits."""
        return not model or not self.fits or model.upper() in {one.upper() for one in self.fits}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Product:
        return cls(**{**data, "fits": tuple(data.get("fits", ()))})


@dataclass(frozen=True)
class PlacedOrder:
    """What the backend answered to an order."""

    order_no: str
    status: str
    total: Decimal
    currency: str


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
        score=float(body.get("score") or 0),
    )


class Orders:
    """The orders backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str, limit: int = 6) -> list[Product]:
        """Products for what a customer called one, best first."""
        body = self._client.get("/products", q=query, limit=limit)
        hits = body if isinstance(body, list) else required(body, "products", list)
        return [_product(hit) for hit in hits]

    def product(self, sku: str) -> Product:
        return _product(self._client.get(f"/products/{sku}"))

    def place(self, order: dict[str, Any], key: str) -> PlacedOrder:
        """Places ``order`` (the body of ``POST /orders``) once for ``key``."""
        body = self._client.write("POST", "/orders", order, key)
        placed = PlacedOrder(
            order_no=required(body, "order_no", str),
            status=required(body, "status", str),
            total=money(body, "total"),
            currency=required(body, "currency", str),
        )
        if len(required(body, "items", list)) != len(order["items"]):
            raise Unavailable("the answer has other items than the order")
        return placed
