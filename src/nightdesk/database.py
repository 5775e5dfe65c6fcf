"""The database shared by the desk and the reference backends: SQLite, or PostgreSQL by URL.

Each package owns its own tables (``orders_*``, ``scheduling_*``, …) and reads no other's, so that
any of them can be given a database of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

Base: Any = declarative_base()

BUSY_TIMEOUT_S = 15


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; SQLite forgets the offset, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs an offset")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value


def connect(url: str) -> Engine:
    """An engine for ``url``. SQLite gets WAL, foreign keys, and transactions that lock at BEGIN.

    ``BEGIN IMMEDIATE`` makes each write transaction serial from its first read, so that a check
    (stock, capacity) and the write that rests on it cannot be separated by another writer.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, future=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # A file's connections are kept: opening one costs more than a query, and closing the last one
    # writes the whole log back.
    kept = parsed.database not in (None, "", ":memory:")
    pool: dict[str, Any] = (
        {"poolclass": QueuePool, "pool_size": 10, "max_overflow": 20} if kept else {}
    )
    engine: Engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        future=True,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def alone(connection: Connection | Session, subject: str) -> None:
    """Go on when no other transaction that asked for ``subject`` is open; until this one ends.

    For a check over rows that may not be there yet, which no row's lock can guard. SQLite's write
    transactions are alone anyway.
    """
    bind = connection.get_bind() if isinstance(connection, Session) else connection
    if bind.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:subject))")
        connection.execute(lock, {"subject": f"nightdesk {subject}"})


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest revision, however many processes come to do it at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        alone(connection, "migration")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Database:
    """Sessions on one engine: ``with database.write() as session`` commits at its end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, future=True, expire_on_commit=False)
        self._read = sessionmaker(
            engine.execution_options(reads_only=True), future=True, expire_on_commit=False
        )

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back when anything is raised."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading, which holds up no writer."""
        with self._read() as session:
            yield session
