"""What the console needs beside the hand-off's tables: who types, and how a ticket ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_typing",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["desk_conversations.id"]),
        sa.PrimaryKeyConstraint("conversation_id", "side"),
    )
    op.create_index("ix_desk_typing_at", "desk_typing", ["at"])
    op.create_index("ix_desk_reads_at", "desk_reads", ["at"])
    op.add_column(
        "tickets_tickets", sa.Column("outcome", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    with op.batch_alter_table("tickets_tickets") as table:
        table.drop_column("outcome")
    op.drop_index("ix_desk_reads_at", table_name="desk_reads")
    op.drop_index("ix_desk_typing_at", table_name="desk_typing")
    op.drop_table("desk_typing")
