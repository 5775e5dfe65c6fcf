"""The tables of scheduling, and the idempotency keys that the backends share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("service", "key"),
    )
    op.create_index(
        "ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False
    )
    op.create_table(
        "scheduling_branches",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("address_zh", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "scheduling_services",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("price", sa.String(length=32), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("branches", sa.JSON(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "scheduling_appointments",
        sa.Column("appointment_no", sa.String(length=24), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("start", UtcDateTime, nullable=False),
        sa.Column("end", UtcDateTime, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("customer_name", sa.String(length=100), nullable=False),
        sa.Column("customer_phone", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=False),
        sa.Column("price", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("missed_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("status IN ('booked', 'cancelled')", name="ck_scheduling_status"),
        sa.ForeignKeyConstraint(["branch"], ["scheduling_branches.code"]),
        sa.ForeignKeyConstraint(["service"], ["scheduling_services.code"]),
        sa.PrimaryKeyConstraint("appointment_no"),
    )
    op.create_index(
        "ix_scheduling_appointments_conversation_id",
        "scheduling_appointments",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        "ix_scheduling_appointments_offer",
        "scheduling_appointments",
        ["service", "branch", "start"],
        unique=False,
    )
    op.create_table(
        "scheduling_holds",
        sa.Column("hold_id", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("start", UtcDateTime, nullable=False),
        sa.Column("end", UtcDateTime, nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["branch"], ["scheduling_branches.code"]),
        sa.ForeignKeyConstraint(["service"], ["scheduling_services.code"]),
        sa.PrimaryKeyConstraint("hold_id"),
    )
    op.create_index(
        "ix_scheduling_holds_conversation_id", "scheduling_holds", ["conversation_id"], unique=False
    )
    op.create_index(
        "ix_scheduling_holds_offer",
        "scheduling_holds",
        ["service", "branch", "start"],
        unique=False,
    )
    op.create_table(
        "scheduling_offers",
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch"], ["scheduling_branches.code"]),
        sa.ForeignKeyConstraint(["service"], ["scheduling_services.code"]),
        sa.PrimaryKeyConstraint("service", "branch"),
    )


def downgrade() -> None:
    op.drop_table("scheduling_offers")
    op.drop_index("ix_scheduling_holds_offer", table_name="scheduling_holds")
    op.drop_index("ix_scheduling_holds_conversation_id", table_name="scheduling_holds")
    op.drop_table("scheduling_holds")
    op.drop_index("ix_scheduling_appointments_offer", table_name="scheduling_appointments")
    op.drop_index(
        "ix_scheduling_appointments_conversation_id", table_name="scheduling_appointments"
    )
    op.drop_table("scheduling_appointments")
    op.drop_table("scheduling_services")
    op.drop_table("scheduling_branches")
    op.drop_index("ix_idempotency_keys_created_at", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
