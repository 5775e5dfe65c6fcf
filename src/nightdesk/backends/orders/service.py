"""The orders of a merchant: finding products, placing orders, and all that may follow.

A write takes its rows in one order (its key, the order, the products by SKU), so that any number
of writes at once wait for each other and never for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone, tzinfo
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.backends import numbers
from nightdesk.backends.idempotency import Answer, once
from nightdesk.backends.orders import access, lines, rules, schemas, stock, views
from nightdesk.backends.orders.model import Order, Product
from nightdesk.backends.orders.search import ProductSearch
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database

NAME = "orders"

log = logs.get(__name__)

Rule = Callable[[Session, Any, Any, datetime], None]


class OrderService:
    """The orders of one merchant, who charges in ``currency`` and lives in ``zone``.

    Every write takes the caller's ``Idempotency-Key`` or None, and returns the ``Answer`` of the
    first request that came with it. Errors are ``ServiceError``; ``rules`` says which.
    """

    def __init__(
        self,
        database: Database,
        currency: str,
        order_no_prefix: str,
        zone: tzinfo = timezone.utc,
    ) -> None:
        self._database = database
        self._currency = currency
        self._prefix = "".join(filter(str.isalnum, order_no_prefix)).upper()
        self._zone = zone
        self._search = ProductSearch(database)

    def search(self, query: str, limit: int, described: bool = False) -> schemas.ProductHits:
        """The products that ``query`` names (or describes), best first; without it, all."""
        return schemas.ProductHits(
            products=[
                schemas.ProductHit(**views.product(row, self._currency), score=score)
                for row, score in self._search.find(query, limit, described)
            ]
        )

    def warm(self) -> None:
        """Begin what the first search would wait for."""
        self._search.warm()

    def product(self, sku: str) -> schemas.ProductOut:
        """A product that is sold now, whatever the case of ``sku``. Raises 404 ``not_found``."""
        with self._database.read() as session:
            row = (
                session.get(Product, sku)
                or session.scalars(
                    select(Product).where(func.upper(Product.sku) == sku.upper()).limit(1)
                ).first()
            )
            if row is None or not row.active:
                raise ServiceError(404, "not_found", "There is no such product.", sku=sku)
            return schemas.ProductOut(**views.product(row, self._currency))

    def order(self, order_no: str, phone_tail: str | None = None) -> schemas.OrderOut:
        """An order; with ``phone_tail`` only for who knows the last four digits of its phone.

        Raises:
            ServiceError: 404 ``not_found``: no such order, or another phone; 409 ``locked``.
        """
        if phone_tail is None:
            with self._database.read() as session:
                return views.order(access.find(session, order_no), self._zone)
        with self._database.write() as session:
            row = access.find(session, order_no, lock=True)
            proved = access.proves(row, phone_tail, clock.now())
            shown = views.order(row, self._zone) if proved else None
        if shown is None:
            raise access.no_such_order()
        return shown

    def orders(
        self,
        conversation_id: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
    ) -> schemas.Orders:
        """Orders, newest first. ``since``: an aware time of placing."""
        statement = select(Order).order_by(Order.created_at.desc(), Order.order_no).limit(limit)
        if conversation_id is not None:
            statement = statement.where(Order.conversation_id == conversation_id)
        if status is not None:
            statement = statement.where(Order.status == status)
        if since is not None:
            statement = statement.where(Order.created_at >= since)
        with self._database.read() as session:
            rows = session.scalars(statement)
            return schemas.Orders(orders=[views.order(row, self._zone) for row in rows])

    def place(self, wish: schemas.OrderIn, key: str | None) -> Answer:
        """A new order at the catalogue's prices; its goods leave the stock.

        Raises:
            ServiceError: 409 ``out_of_stock`` {sku, available}; 422 ``unknown_product`` {sku},
                ``invalid_quantity`` {sku, max}.
        """

        def write(session: Session) -> schemas.OrderOut:
            now = clock.now(self._zone)
            wanted = lines.merged(wish.items)
            products = stock.move(session, wanted)
            row = Order(
                order_no=self._new_order_no(session, now),
                status="placed",
                customer_name=wish.customer.name,
                customer_phone=wish.customer.phone,
                customer_email=wish.customer.email or "",
                address=wish.address,
                note=wish.note or "",
                channel=wish.channel,
                conversation_id=wish.conversation_id or "",
                currency=self._currency,
                carrier="",
                tracking_no="",
                misses=0,
                created_at=now,
                updated_at=now,
            )
            lines.replace(row, wanted, products)
            rules.happened(row, "placed", now)
            session.add(row)
            session.flush()
            return views.order(row, self._zone)

        answer = self._once(key, "place", wish, write, 201)
        log.info("order_placed", order_no=answer.body["order_no"], replayed=answer.replayed)
        return answer

    def change(self, order_no: str, wish: schemas.OrderChange, key: str | None) -> Answer:
        """Other items, another address, customer or note. A product that stays keeps the price it
        was ordered at; a new one has today's."""
        return self._apply(rules.change, order_no, wish, key, self._shown)

    def cancel(self, order_no: str, wish: schemas.CancelIn, key: str | None) -> Answer:
        """Not wanted any more: its goods return to the stock."""
        return self._apply(rules.cancel, order_no, wish, key, self._shown)

    def send_back(self, order_no: str, wish: schemas.ReturnIn, key: str | None) -> Answer:
        """The customer wants to return or exchange the goods, or to have the money back."""

        def shown(row: Any) -> schemas.ReturnOut:
            return views.returned(row, len(row.returns) - 1, self._zone)

        return self._apply(rules.send_back, order_no, wish, key, shown, 201)

    def invoice(self, order_no: str, wish: schemas.InvoiceIn, key: str | None) -> Answer:
        """To whom the invoice goes; asking again corrects it."""

        def shown(row: Any) -> schemas.InvoiceOut:
            return views.invoice(row, self._zone)

        return self._apply(rules.invoice, order_no, wish, key, shown, 201)

    def move(self, order_no: str, wish: schemas.StatusIn, key: str | None) -> Answer:
        """The shop takes the order a step on its way."""
        return self._apply(rules.move, order_no, wish, key, self._shown)

    def _shown(self, row: Any) -> schemas.OrderOut:
        return views.order(row, self._zone)

    def _new_order_no(self, session: Session, now: datetime) -> str:
        while True:
            order_no = numbers.new(f"{self._prefix}{now:%y%m%d}")
            if session.get(Order, order_no) is None:
                return order_no

    def _apply(
        self,
        rule: Rule,
        order_no: str,
        wish: schemas.Sent,
        key: str | None,
        show: Callable[[Any], BaseModel],
        status: int = 200,
    ) -> Answer:
        """``rule``, applied to the order once, and what it made of it."""

        def write(session: Session) -> BaseModel:
            now = clock.now(self._zone)
            row = access.find(session, order_no, lock=True)
            rule(session, row, wish, now)
            row.updated_at = now
            session.flush()
            return show(row)

        operation = f"{rule.__name__} {numbers.read(order_no)}"
        answer = self._once(key, operation, wish, write, status)
        log.info("order_written", operation=operation, replayed=answer.replayed)
        return answer

    def _once(
        self,
        key: str | None,
        operation: str,
        wish: schemas.Sent,
        write: Callable[[Session], BaseModel],
        status: int,
    ) -> Answer:
        # A field that was left out and one that was sent as null are one request.
        request = wish.dict(exclude_none=True)
        with self._database.write() as session:
            return once(session, NAME, key, operation, request, lambda: write(session), status)
