"""The desk's outbox: writes that a backend did not take yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_outbox",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("desk_conversations.id"), nullable=False
        ),
        sa.Column("service", sa.String(16), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kept_at", UtcDateTime, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ticket_no", sa.String(64)),
    )
    op.create_index("ix_desk_outbox_state", "desk_outbox", ["state", "next_at"])


def downgrade() -> None:
    op.drop_table("desk_outbox")
