"""What several desk processes on one PostgreSQL do at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from nightdesk.backends.service import ServiceError
from nightdesk.database import migrate
from nightdesk.desk.console.accounts import Accounts
from nightdesk.desk.misses import Door, Misses
from tests.integration.databases import PostgresDatabases


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What each of ``jobs`` returns or raises when all begin together."""
    together = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        together.wait(60)
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_all_may_bring_an_empty_database_up_to_date(
    postgres_databases: PostgresDatabases,
) -> None:
    with postgres_databases.fresh("template0") as database:
        assert at_once(*[lambda: migrate(database.engine)] * 4) == [None] * 4


def test_a_door_takes_no_more_tries_than_it_has(postgres_databases: PostgresDatabases) -> None:
    with postgres_databases.fresh() as database:
        knock = [lambda: Misses(database).knock([Door("a"), Door("b", 20)])]
        answers = at_once(*knock * 16)
    assert answers.count(None) == 5
    assert {error.code for error in answers if error} == {"locked"}


def test_two_admins_who_deactivate_each_other_leave_one(
    postgres_databases: PostgresDatabases,
) -> None:
    with postgres_databases.fresh() as database:
        accounts = Accounts(database)
        pair = [accounts.add(login, login, "admin", "hash").id for login in ("mei", "li")]
        answers = at_once(*[partial(accounts.change, one, {"active": False}) for one in pair])
    refused = [error for error in answers if isinstance(error, ServiceError)]
    assert [error.code for error in refused] == ["last_admin"]
