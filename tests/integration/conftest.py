"""Fixtures of the integration tests: ``database`` runs a test over SQLite and over PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nightdesk.database import Database
from tests.integration.databases import PostgresDatabases, SqliteDatabases, postgres_server


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    with postgres_server() as url:
        databases = PostgresDatabases(url)
        try:
            yield databases
        finally:
            databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database, first SQLite's, then PostgreSQL's."""
    fixture = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    with request.getfixturevalue(fixture).fresh() as fresh:
        yield fresh
