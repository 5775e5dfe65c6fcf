"""Whether a person was needed after a question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("knowledge_asked") as table:
        table.add_column(
            sa.Column("person_needed", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("knowledge_asked") as table:
        table.drop_column("person_needed")
