"""The migrations make exactly the tables that the models of scheduling and tickets describe."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from nightdesk import tables  # noqa: F401  (every model, on Base)
from nightdesk.database import Base


@pytest.mark.parametrize("prefix", ["scheduling_", "tickets_", "idempotency_"])
def test_the_tables_are_what_the_models_say(database, prefix):
    def ours(_item, name, kind, _reflected, _other):
        return kind != "table" or name.startswith(prefix)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert any(name.startswith(prefix) for name in Base.metadata.tables)
