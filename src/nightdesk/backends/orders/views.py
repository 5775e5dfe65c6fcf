"""Rows of the database as the API's answers."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal
from typing import Any

from nightdesk.backends.orders import schemas

# ISO 4217: the currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def money(amount: Decimal, currency: str) -> str:
    """``amount`` with at least the digits of the currency's minor unit (ISO 4217)."""
    digits = _DIGITS.get(currency, 2)
    exponent = amount.normalize().as_tuple().exponent
    written = -exponent if isinstance(exponent, int) else 0
    return f"{amount:.{max(digits, written)}f}"


def product(row: Any, currency: str) -> dict[str, Any]:
    return {
        "sku": row.sku,
        "name": row.name_zh,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "category": row.category,
        "unit": row.unit_zh,
        "unit_zh": row.unit_zh,
        "unit_en": row.unit_en,
        "price": money(row.price, currency),
        "currency": currency,
        "stock": row.stock,
        "fits": row.fits,
        "aliases": row.aliases,
        "description_zh": row.description_zh,
        "description_en": row.description_en,
    }


def order(row: Any, zone: tzinfo) -> schemas.OrderOut:
    return schemas.OrderOut(
        order_no=row.order_no,
        status=row.status,
        customer=schemas.CustomerOut(
            name=row.customer_name, phone=row.customer_phone, email=row.customer_email
        ),
        address=row.address,
        note=row.note,
        channel=row.channel,
        conversation_id=row.conversation_id,
        items=[item(line, row.currency) for line in row.items],
        total=money(row.total, row.currency),
        currency=row.currency,
        carrier=row.carrier,
        tracking_no=row.tracking_no,
        events=[
            schemas.EventOut(kind=event.kind, at=event.at.astimezone(zone), details=event.details)
            for event in row.events
        ],
        returns=[returned(row, number, zone) for number in range(len(row.returns))],
        invoice=invoice(row, zone) if row.invoice else None,
        created_at=row.created_at.astimezone(zone),
        updated_at=row.updated_at.astimezone(zone),
    )


def item(line: Any, currency: str) -> schemas.ItemOut:
    return schemas.ItemOut(
        sku=line.sku,
        name=line.name_zh,
        name_en=line.name_en,
        unit=line.unit_zh,
        unit_en=line.unit_en,
        quantity=line.quantity,
        price=money(line.price, currency),
    )


def returned(order: Any, number: int, zone: tzinfo) -> schemas.ReturnOut:
    """The order's return ``number``, counted from 0."""
    row = order.returns[number]
    return schemas.ReturnOut(
        return_no=f"{order.order_no}-R{number + 1}",
        order_no=order.order_no,
        kind=row.kind,
        reason=row.reason,
        created_at=row.created_at.astimezone(zone),
    )


def invoice(order: Any, zone: tzinfo) -> schemas.InvoiceOut:
    row = order.invoice
    return schemas.InvoiceOut(
        order_no=order.order_no,
        title=row.title,
        tax_no=row.tax_no,
        email=row.email,
        amount=money(order.total, order.currency),
        currency=order.currency,
        created_at=row.created_at.astimezone(zone),
    )
