"""The cart: what the customer wants, and what is still undecided; over the task's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from actions.backends.orders import Product

MAX_QUANTITY = 9999
"""The largest quantity that the orders contract takes in one line."""


@dataclass
class Item:
    """A line of the cart; ``model``: the car (or plan) that it is for, or nothing."""

    product: Product
    quantity: int
    model: str = ""

    @property
    def amount(self) -> Decimal:
        """The price of the whole line in the product's currency."""
        return Decimal(self.product.price) * self.quantity

    def as_json(self) -> dict[str, Any]:
        return {
            "product": self.product.as_json(),
            "quantity": self.quantity,
            "model": self.model,
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Item:
        return cls(Product.of_json(data["product"]), data["quantity"], data["model"])


DecisionKind = Literal["choose", "less", "misfit"]


@dataclass
class Decision:
    """What the customer still has to decide about one wish.

    ``choose``: which of ``options`` was meant · ``less``: whether the stock that is left will do ·
    ``misfit``: whether it shall be although it does not fit the car.
    """

    kind: DecisionKind
    mention: str
    options: list[Product]
    quantity: int | None = None
    model: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "mention": self.mention,
            "options": [option.as_json() for option in self.options],
            "quantity": self.quantity,
            "model": self.model,
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Decision:
        options = [Product.of_json(option) for option in data["options"]]
        return cls(data["kind"], data["mention"], options, data["quantity"], data["model"])


class Cart:
    """``items`` and ``decisions`` of an order task; ``save`` writes them back to its JSON."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.items = [Item.of_json(item) for item in data.setdefault("items", [])]
        self.decisions = [Decision.of_json(one) for one in data.setdefault("decisions", [])]

    def save(self) -> None:
        self._data["items"] = [item.as_json() for item in self.items]
        self._data["decisions"] = [decision.as_json() for decision in self.decisions]

    @property
    def total(self) -> Decimal:
        """The sum of all lines in the shop's currency."""
        return sum((item.amount for item in self.items), Decimal(0))

    def find(self, sku: str) -> Item | None:
        """The line of ``sku``."""
        return next((item for item in self.items if item.product.sku == sku), None)

    def put(self, product: Product, quantity: int, model: str = "") -> Item:
        """Sets the line of ``product`` to ``quantity``; the line spoken of last stands last."""
        model = model if product.fits else ""
        item = self.find(product.sku)
        if item is None:
            item = Item(product, quantity, model)
        else:
            self.items.remove(item)
            item.product, item.quantity, item.model = product, quantity, model or item.model
        self.items.append(item)
        return item

    def remove(self, skus: Sequence[str]) -> Item | None:
        """Takes out the first line whose sku is among ``skus``; the line, or None."""
        for sku in skus:
            if item := self.find(sku):
                self.items.remove(item)
                return item
        return None

    def lines(self) -> list[dict[str, Any]]:
        """The items of the orders contract."""
        return [{"sku": item.product.sku, "quantity": item.quantity} for item in self.items]
