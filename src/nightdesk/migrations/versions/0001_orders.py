"""The tables of orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.backends.orders.model import Money
from nightdesk.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "orders_catalogue",
    "orders_products",
    "orders_orders",
    "orders_items",
    "orders_events",
    "orders_returns",
    "orders_invoices",
)


def upgrade() -> None:
    op.create_table(
        "orders_catalogue",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "orders_products",
        sa.Column("sku", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("name_zh", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("category", sa.String(100), nullable=False),
        sa.Column("unit_zh", sa.String(50), nullable=False),
        sa.Column("unit_en", sa.String(50), nullable=False),
        sa.Column("price", Money, nullable=False),
        sa.Column("stock", sa.Integer, nullable=False),
        sa.Column("loaded_stock", sa.Integer, nullable=False),
        sa.Column("fits", sa.JSON, nullable=False),
        sa.Column("aliases", sa.JSON, nullable=False),
        sa.Column("description_zh", sa.Text, nullable=False),
        sa.Column("description_en", sa.Text, nullable=False),
        sa.CheckConstraint("stock >= 0", name="ck_orders_products_stock"),
    )
    op.create_table(
        "orders_orders",
        sa.Column("order_no", sa.String(40), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("customer_name", sa.String(100), nullable=False),
        sa.Column("customer_phone", sa.String(40), nullable=False),
        sa.Column("customer_email", sa.String(254), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("conversation_id", sa.String(128), nullable=False, index=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", Money, nullable=False),
        sa.Column("carrier", sa.String(100), nullable=False),
        sa.Column("tracking_no", sa.String(100), nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("missed_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False, index=True),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(
            "status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')",
            name="ck_orders_orders_status",
        ),
    )
    op.create_index("ix_orders_orders_status_created_at", "orders_orders", ["status", "created_at"])
    op.create_table(
        "orders_items",
        sa.Column(
            "order_no", sa.String(40), sa.ForeignKey("orders_orders.order_no"), primary_key=True
        ),
        sa.Column("sku", sa.String(64), sa.ForeignKey("orders_products.sku"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name_zh", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("unit_zh", sa.String(50), nullable=False),
        sa.Column("unit_en", sa.String(50), nullable=False),
        sa.Column("price", Money, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_orders_items_quantity"),
    )
    op.create_table(
        "orders_events",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_an_order(),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "orders_returns",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_an_order(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(
            "kind IN ('return', 'exchange', 'refund')", name="ck_orders_returns_kind"
        ),
    )
    op.create_table(
        "orders_invoices",
        sa.Column(
            "order_no", sa.String(40), sa.ForeignKey("orders_orders.order_no"), primary_key=True
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("tax_no", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def _of_an_order() -> sa.Column:
    return sa.Column(
        "order_no",
        sa.String(40),
        sa.ForeignKey("orders_orders.order_no"),
        nullable=False,
        index=True,
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
