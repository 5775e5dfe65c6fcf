"""What customers asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nightdesk.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=128), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("settled", sa.String(length=16), nullable=False),
        sa.Column("settled_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_knowledge_asked_at", "knowledge_asked", ["at"])
    op.create_index("ix_knowledge_asked_conversation", "knowledge_asked", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("knowledge_asked")
