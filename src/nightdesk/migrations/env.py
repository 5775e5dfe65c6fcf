"""Alembic's entry: applies the revisions to the connection that ``database.migrate`` opened.

To write one: ``alembic -c src/nightdesk/migrations/alembic.ini revision --autogenerate -m "…"``.
"""

from alembic import context
from sqlalchemy.engine import Connection

from nightdesk import database, tables  # noqa: F401  (tables: every model, registered on Base)


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    with database.connect(str(url)).begin() as opened:
        _run(opened)
