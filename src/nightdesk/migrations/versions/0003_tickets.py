"""The tables of tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tickets_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_no", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("customer_name", sa.String(length=100), nullable=False),
        sa.Column("customer_phone", sa.String(length=32), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=False),
        sa.Column("assignee", sa.String(length=100), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("resolved_at", UtcDateTime, nullable=True),
        sa.Column("closed_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket_no"),
    )
    op.create_index(
        "ix_tickets_tickets_conversation_id", "tickets_tickets", ["conversation_id"], unique=False
    )
    op.create_index(
        "ix_tickets_tickets_created_at", "tickets_tickets", ["created_at"], unique=False
    )
    op.create_index("ix_tickets_tickets_status", "tickets_tickets", ["status"])
    op.create_table(
        "tickets_comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets_tickets.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_tickets_comments_ticket_id", "tickets_comments", ["ticket_id"], unique=False
    )
    op.create_table(
        "tickets_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets_tickets.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tickets_events_ticket_id", "tickets_events", ["ticket_id"])


def downgrade() -> None:
    op.drop_index("ix_tickets_events_ticket_id", table_name="tickets_events")
    op.drop_table("tickets_events")
    op.drop_index("ix_tickets_comments_ticket_id", table_name="tickets_comments")
    op.drop_table("tickets_comments")
    op.drop_index("ix_tickets_tickets_status", table_name="tickets_tickets")
    op.drop_index("ix_tickets_tickets_created_at", table_name="tickets_tickets")
    op.drop_index("ix_tickets_tickets_conversation_id", table_name="tickets_tickets")
    op.drop_table("tickets_tickets")
