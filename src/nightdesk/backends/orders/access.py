"""Which order is meant, and whether who asks has proved to own it."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import logs
from nightdesk.backends import numbers
from nightdesk.backends.orders.model import Order
from nightdesk.backends.service import ServiceError

MISSES = 5
LOCKED = timedelta(minutes=15)

log = logs.get(__name__)


def find(session: Session, order_no: str, lock: bool = False) -> Any:
    """The order of a number, however it was typed. Raises ServiceError 404 ``not_found``."""
    statement = select(Order).where(Order.order_no == numbers.read(order_no))
    row = session.scalars(statement.with_for_update() if lock else statement).first()
    if row is None:
        raise no_such_order()
    return row


def no_such_order() -> ServiceError:
    return ServiceError(404, "not_found", "There is no such order.")


def proves(row: Any, phone_tail: str, now: datetime) -> bool:
    """Whether ``phone_tail`` ends the phone of the order, which the caller has locked.

    A miss is counted, and the caller commits it.

    Raises:
        ServiceError: 409 ``locked`` {until}: after ``MISSES`` misses, whatever the tail.
    """
    until = (row.missed_at or now) + LOCKED
    if now >= until:
        row.misses, row.missed_at = 0, None
    if row.misses >= MISSES:
        raise ServiceError(409, "locked", "Too many wrong numbers.", until=until.isoformat())
    digits = "".join(filter(str.isdigit, row.customer_phone))
    if compare_digest(digits[-len(phone_tail) :].encode(), phone_tail.encode()):
        row.misses, row.missed_at = 0, None
        return True
    row.misses += 1
    row.missed_at = now
    log.warning("phone_tail_missed", order_no=row.order_no, misses=row.misses)
    return False
