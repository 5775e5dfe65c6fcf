"""The tables of desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("lease_owner", sa.String(64)),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("collected_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "desk_messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("desk_conversations.id"), nullable=False
        ),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("buttons", sa.JSON),
        sa.Column("image", sa.Text),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("client_message_id", sa.String(64)),
        sa.Column("in_reply_to", sa.Integer, sa.ForeignKey("desk_messages.id")),
        sa.UniqueConstraint("conversation_id", "client_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_messages_conversation", "desk_messages", ["conversation_id", "id"])
    op.create_index("ix_desk_messages_in_reply_to", "desk_messages", ["in_reply_to"])
    op.create_table(
        "desk_deliveries",
        sa.Column("message_id", sa.Integer, sa.ForeignKey("desk_messages.id"), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("desk_conversations.id"), nullable=False
        ),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("wrong_answers", sa.Integer, nullable=False),
        sa.Column("promised_at", UtcDateTime),
        sa.Column("ticket_no", sa.String(64)),
    )
    op.create_index("ix_desk_deliveries_state", "desk_deliveries", ["state", "next_at"])
    op.create_index(
        "ix_desk_deliveries_conversation", "desk_deliveries", ["conversation_id", "state"]
    )
    op.create_table(
        "desk_buttons",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(64), sa.ForeignKey("desk_conversations.id"), nullable=False
        ),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("desk_messages.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_index("ix_desk_buttons_conversation_id", "desk_buttons", ["conversation_id"])


def downgrade() -> None:
    for table in ("desk_buttons", "desk_deliveries", "desk_messages", "desk_conversations"):
        op.drop_table(table)
