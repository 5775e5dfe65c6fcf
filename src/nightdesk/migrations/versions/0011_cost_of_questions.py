"""What a question cost: which answer did not help, and what the customer was in the middle of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("knowledge_asked") as table:
        table.add_column(
            sa.Column("unhelpful", sa.String(length=64), nullable=False, server_default="")
        )
        table.add_column(sa.Column("task", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("knowledge_asked") as table:
        table.drop_column("task")
        table.drop_column("unhelpful")
