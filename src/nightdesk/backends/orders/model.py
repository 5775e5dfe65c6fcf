"""The tables of orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
)
from sqlalchemy.orm import relationship
from sqlalchemy.types import TypeDecorator

from nightdesk.database import Base, UtcDateTime

STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")
RETURN_KINDS = ("return", "exchange", "refund")


class Money(TypeDecorator[Decimal]):
    """An exact amount with the digits it was written with: NUMERIC, or text in SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        kind = Numeric() if dialect.name == "postgresql" else String(32)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> Decimal | str | None:
        if value is None:
            return None
        return value if dialect.name == "postgresql" else format(value, "f")

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value)


class Catalogue(Base):
    """One row: how often the catalogue has changed (the search index follows it)."""

    __tablename__ = "orders_catalogue"

    id = Column(Integer, primary_key=True, autoincrement=False)
    version = Column(Integer, nullable=False)


class Product(Base):
    """What is sold. ``stock`` is live; ``loaded_stock`` is what the merchant's file last said.

    A withdrawn product stays as a row that is not ``active``, for the orders that name it.
    """

    __tablename__ = "orders_products"
    __table_args__ = (CheckConstraint("stock >= 0", name="ck_orders_products_stock"),)

    sku = Column(String(64), primary_key=True)
    position = Column(Integer, nullable=False)
    active = Column(Boolean, nullable=False)
    name_zh = Column(String(200), nullable=False)
    name_en = Column(String(200), nullable=False)
    category = Column(String(100), nullable=False)
    unit_zh = Column(String(50), nullable=False)
    unit_en = Column(String(50), nullable=False)
    price = Column(Money, nullable=False)
    stock = Column(Integer, nullable=False)
    loaded_stock = Column(Integer, nullable=False)
    fits = Column(JSON, nullable=False)
    aliases = Column(JSON, nullable=False)
    description_zh = Column(Text, nullable=False)
    description_en = Column(Text, nullable=False)


class Order(Base):
    """An order. ``misses`` counts wrong phone tails since ``missed_at``'s lock began."""

    __tablename__ = "orders_orders"
    __table_args__ = (
        CheckConstraint(
            "status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')",
            name="ck_orders_orders_status",
        ),
        Index("ix_orders_orders_status_created_at", "status", "created_at"),
    )

    order_no = Column(String(40), primary_key=True)
    status = Column(String(16), nullable=False)
    customer_name = Column(String(100), nullable=False)
    customer_phone = Column(String(40), nullable=False)
    customer_email = Column(String(254), nullable=False)
    address = Column(String(500), nullable=False)
    note = Column(Text, nullable=False)
    channel = Column(String(40), nullable=False)
    conversation_id = Column(String(128), nullable=False, index=True)
    currency = Column(String(3), nullable=False)
    total = Column(Money, nullable=False)
    carrier = Column(String(100), nullable=False)
    tracking_no = Column(String(100), nullable=False)
    misses = Column(Integer, nullable=False)
    missed_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False, index=True)
    updated_at = Column(UtcDateTime, nullable=False)

    items: Any = relationship(
        "Item", order_by="Item.position", cascade="all, delete-orphan", lazy="selectin"
    )
    events: Any = relationship(
        lambda: Event, order_by=lambda: Event.id, cascade="all", lazy="selectin"
    )
    returns: Any = relationship("Return", order_by="Return.id", cascade="all", lazy="selectin")
    invoice: Any = relationship("Invoice", uselist=False, cascade="all", lazy="selectin")


class Item(Base):
    """A line of an order, with the names and the price of the moment it was ordered."""

    __tablename__ = "orders_items"
    __table_args__ = (CheckConstraint("quantity > 0", name="ck_orders_items_quantity"),)

    order_no = Column(String(40), ForeignKey(Order.order_no), primary_key=True)
    sku = Column(String(64), ForeignKey(Product.sku), primary_key=True)
    position = Column(Integer, nullable=False)
    name_zh = Column(String(200), nullable=False)
    name_en = Column(String(200), nullable=False)
    unit_zh = Column(String(50), nullable=False)
    unit_en = Column(String(50), nullable=False)
    price = Column(Money, nullable=False)
    quantity = Column(Integer, nullable=False)


class Event(Base):
    """Something that happened to an order, with what matters of it."""

    __tablename__ = "orders_events"

    id = Column(Integer, primary_key=True)
    order_no = Column(String(40), ForeignKey(Order.order_no), nullable=False, index=True)
    kind = Column(String(32), nullable=False)
    details = Column(JSON, nullable=False)
    at = Column(UtcDateTime, nullable=False)


class Return(Base):
    """A customer's wish to return or exchange goods, or to have the money back."""

    __tablename__ = "orders_returns"
    __table_args__ = (
        CheckConstraint("kind IN ('return', 'exchange', 'refund')", name="ck_orders_returns_kind"),
    )

    id = Column(Integer, primary_key=True)
    order_no = Column(String(40), ForeignKey(Order.order_no), nullable=False, index=True)
    kind = Column(String(16), nullable=False)
    reason = Column(Text, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class Invoice(Base):
    """To whom the invoice of an order is written; a later request replaces an earlier one."""

    __tablename__ = "orders_invoices"

    order_no = Column(String(40), ForeignKey(Order.order_no), primary_key=True)
    title = Column(String(200), nullable=False)
    tax_no = Column(String(40), nullable=False)
    email = Column(String(254), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
