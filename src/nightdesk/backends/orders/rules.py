"""What may be done to an order when. Each function changes the order that its caller has locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from nightdesk.backends.orders import lines, schemas, stock
from nightdesk.backends.orders.model import Event, Invoice, Return
from nightdesk.backends.service import ServiceError

# Where the shop may take an order from each status. A shop that is paid on delivery skips
# ``paid``; ``shipped`` again corrects the tracking number. Cancelling has rules of its own.
NEXT: dict[str, tuple[str, ...]] = {
    "placed": ("paid", "shipped"),
    "paid": ("shipped",),
    "shipped": ("shipped", "delivered"),
    "delivered": (),
    "cancelled": (),
}


def happened(row: Any, kind: str, at: datetime, **details: Any) -> None:
    """Write an event into the order's history."""
    row.events.append(Event(kind=kind, at=at, details=details))


def change(session: Session, row: Any, wish: schemas.OrderChange, now: datetime) -> None:
    """Raises ServiceError 409 ``already_shipped``, ``already_cancelled``, ``already_paid`` (items
    only), ``out_of_stock``; 422 ``unknown_product``, ``invalid_quantity``."""
    _must_be_open(row)
    changed = _describe(row, wish)
    if wish.items is not None:
        wanted = lines.merged(wish.items)
        had = {line.sku: line.quantity for line in row.items}
        if wanted != had:
            if row.status == "paid":
                raise ServiceError(409, "already_paid", "What was paid for stays as it is.")
            more = {sku: wanted.get(sku, 0) - had.get(sku, 0) for sku in {*wanted, *had}}
            lines.replace(row, wanted, stock.move(session, more))
            changed.append("items")
    if changed:
        happened(row, "changed", now, fields=changed)


def cancel(session: Session, row: Any, wish: schemas.CancelIn, now: datetime) -> None:
    """Gives the goods back to the stock; cancelling again changes nothing.

    Raises ServiceError 409 ``already_shipped``."""
    if row.status == "cancelled":
        return
    _must_be_open(row)
    stock.move(session, {line.sku: -line.quantity for line in row.items})
    row.status = "cancelled"
    happened(row, "cancelled", now, reason=wish.reason or "")


def send_back(_session: Session, row: Any, wish: schemas.ReturnIn, now: datetime) -> None:
    """Raises ServiceError 409 ``not_shipped`` (return, exchange), ``not_paid`` (refund),
    ``already_requested``."""
    past = {event.kind for event in row.events}
    if wish.kind != "refund" and "shipped" not in past:
        raise ServiceError(409, "not_shipped", "Nothing was sent yet.", order_status=row.status)
    if not past & {"paid", "shipped"}:
        raise ServiceError(409, "not_paid", "Nothing was paid yet.", order_status=row.status)
    if any(earlier.kind == wish.kind for earlier in row.returns):
        raise ServiceError(409, "already_requested", "That was asked for before.", kind=wish.kind)
    row.returns.append(Return(kind=wish.kind, reason=wish.reason or "", created_at=now))
    happened(row, f"{wish.kind}_requested", now, reason=wish.reason or "")


def invoice(_session: Session, row: Any, wish: schemas.InvoiceIn, now: datetime) -> None:
    """Raises ServiceError 409 ``already_cancelled``."""
    if row.status == "cancelled":
        raise ServiceError(409, "already_cancelled", "The order was cancelled.")
    if row.invoice is None:
        row.invoice = Invoice()
    row.invoice.title = wish.title
    row.invoice.tax_no = (wish.tax_no or "").upper()
    row.invoice.email = wish.email or row.customer_email
    row.invoice.created_at = now
    happened(row, "invoice_requested", now)


def move(_session: Session, row: Any, wish: schemas.StatusIn, now: datetime) -> None:
    """Raises ServiceError 409 ``wrong_status`` {order_status, next}."""
    if wish.status not in NEXT[row.status]:
        raise ServiceError(
            409,
            "wrong_status",
            f"An order that is {row.status} cannot become {wish.status}.",
            order_status=row.status,
            next=list(NEXT[row.status]),
        )
    row.status = wish.status
    details = {}
    if wish.status == "shipped":
        row.carrier, row.tracking_no = wish.carrier or "", wish.tracking_no or ""
        details = {"carrier": row.carrier, "tracking_no": row.tracking_no}
    happened(row, wish.status, now, **details)


def _must_be_open(row: Any) -> None:
    if row.status in ("shipped", "delivered"):
        raise ServiceError(
            409, "already_shipped", "The goods are on their way.", order_status=row.status
        )
    if row.status == "cancelled":
        raise ServiceError(409, "already_cancelled", "The order was cancelled.")


def _describe(row: Any, wish: schemas.OrderChange) -> list[str]:
    """Write the wish's plain fields into the order; the names of those that differ."""
    given = {"address": wish.address, "note": wish.note}
    if wish.customer is not None:
        given |= {f"customer_{name}": value for name, value in wish.customer.dict().items()}
    changed = []
    for column, value in given.items():
        if value is not None and value != getattr(row, column):
            setattr(row, column, value)
            changed.append(column)
    return changed
