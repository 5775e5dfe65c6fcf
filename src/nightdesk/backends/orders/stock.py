"""What is on the shelf: taken and given back in one order of SKUs, never below zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nightdesk.backends.orders.model import Product
from nightdesk.backends.service import ServiceError


def move(session: Session, quantities: Mapping[str, int]) -> dict[str, Any]:
    """Take ``quantities`` (SKU → number; below zero: give back) from the live stock.

    All rows are locked in the order of their SKUs before any is changed, so that two orders of the
    same products wait for each other and never for ever.

    Returns:
        the products, by SKU.

    Raises:
        ServiceError: 422 ``unknown_product`` {skus}; 409 ``out_of_stock`` {sku, available, items}.
    """
    rows = lock(session, quantities)
    wanted = {sku: number for sku, number in quantities.items() if number > 0}
    unknown = [sku for sku in wanted if sku not in rows or not rows[sku].active]
    if unknown:
        raise ServiceError(
            422, "unknown_product", "There is no such product.", skus=unknown, sku=unknown[0]
        )
    lacking = [
        {"sku": sku, "requested": number, "available": rows[sku].stock}
        for sku, number in wanted.items()
        if rows[sku].stock < number
    ]
    if lacking:
        first = lacking[0]
        raise ServiceError(
            409,
            "out_of_stock",
            "There is not enough in stock.",
            sku=first["sku"],
            available=first["available"],
            items=lacking,
        )
    for sku, number in sorted(quantities.items()):
        if number:
            session.execute(
                update(Product)
                .where(Product.sku == sku)
                .values(stock=Product.stock - number)
                .execution_options(synchronize_session=False)
            )
    return rows


def lock(session: Session, skus: Mapping[str, Any]) -> dict[str, Any]:
    """The products of ``skus`` as they are now, locked until the transaction ends."""
    statement = (
        select(Product)
        .where(Product.sku.in_(sorted(skus)))
        .order_by(Product.sku)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.sku: row for row in session.execute(statement).scalars()}
