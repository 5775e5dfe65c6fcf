"""The lines of an order: merged by product, priced by the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from nightdesk.backends.orders.model import Item
from nightdesk.backends.orders.schemas import MAX_QUANTITY, ItemIn
from nightdesk.backends.service import ServiceError


def merged(items: Sequence[ItemIn]) -> dict[str, int]:
    """How many of each SKU, in the order that they were named.

    Raises:
        ServiceError: 422 ``invalid_quantity`` {sku, max}: several lines are too many together.
    """
    wanted: Counter[str] = Counter()
    for item in items:
        wanted[item.sku] += item.quantity
    for sku, quantity in wanted.items():
        if quantity > MAX_QUANTITY:
            raise ServiceError(
                422, "invalid_quantity", "That is too many of one.", sku=sku, max=MAX_QUANTITY
            )
    return dict(wanted)


def replace(order: Any, wanted: Mapping[str, int], products: Mapping[str, Any]) -> None:
    """Make ``wanted`` the order's lines and sum them up.

    A line that stays keeps its price; a new one is priced by ``products``.
    """
    present = {line.sku: line for line in order.items}
    chosen = []
    for position, (sku, quantity) in enumerate(wanted.items()):
        line = present.get(sku) or _new(products[sku])
        line.position, line.quantity = position, quantity
        chosen.append(line)
    order.items = chosen
    order.total = sum((line.price * line.quantity for line in chosen), Decimal(0))


def _new(product: Any) -> Any:
    return Item(
        sku=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en,
        unit_zh=product.unit_zh,
        unit_en=product.unit_en,
        price=product.price,
    )
