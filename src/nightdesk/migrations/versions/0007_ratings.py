"""The customers' ratings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_ratings",
        sa.Column(
            "conversation_id",
            sa.String(64),
            sa.ForeignKey("desk_conversations.id"),
            primary_key=True,
        ),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("desk_ratings")
