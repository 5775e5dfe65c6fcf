"""The migrations make exactly the tables that the models of knowledge describe."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from nightdesk.backends.knowledge import model  # noqa: F401  (its tables, on Base)
from nightdesk.database import Base, Database


def test_the_tables_of_knowledge_are_what_the_models_say(database: Database) -> None:
    def ours(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return str(name).startswith("knowledge_") if kind == "table" else True

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        differences = compare_metadata(context, Base.metadata)
    assert differences == []
    assert any(name.startswith("knowledge_") for name in Base.metadata.tables)
