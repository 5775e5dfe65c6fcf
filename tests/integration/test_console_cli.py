"""``nightdesk agents`` and ``nightdesk handoff metrics``, on a data folder of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from nightdesk.cli import app
from nightdesk.database import Database, connect
from nightdesk.desk.console.accounts import Accounts
from nightdesk.desk.passwords import matches

PASSWORD = "a password at night"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    monkeypatch.setenv("NIGHTDESK_DATABASE_URL", url)
    return Database(connect(url))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database: Database) -> Callable[..., Result]:
    monkeypatch.setattr("nightdesk.logs.configure", lambda *_: None)
    return lambda *words, given="": CliRunner().invoke(app, words, input=given)


def test_an_account_is_made_listed_given_another_password_and_deactivated(
    run: Callable[..., Result], database: Database
) -> None:
    added = run("agents", "add", "Li", "--name", "小李", "--role", "supervisor", given=PASSWORD)
    assert added.exit_code == 0, added.output
    accounts = Accounts(database)
    found = accounts.password_hash("li")
    assert found is not None
    assert matches(found[1], PASSWORD)
    assert "小李" in run("agents", "list").output
    assert run("agents", "password", "li", given="another long one\n").exit_code == 0
    found = accounts.password_hash("li")
    assert found is not None
    assert matches(found[1], "another long one")
    assert run("agents", "deactivate", "li").exit_code == 0
    assert accounts.password_hash("li") is None
    assert "deactivated" in run("agents", "list").output


@pytest.mark.parametrize(
    "words",
    [
        ("add", "li", "--name", "小李", "--role", "boss"),
        ("add", "l i", "--name", "小李"),
        ("add", "li", "--name", " "),
        ("password", "nobody"),
        ("deactivate", "nobody"),
    ],
)
def test_what_cannot_be_done_ends_with_1(run: Callable[..., Result], words: tuple[str]) -> None:
    assert run("agents", *words, given=PASSWORD).exit_code == 1


def test_a_short_password_and_a_taken_login_are_refused(run: Callable[..., Result]) -> None:
    assert run("agents", "add", "li", "--name", "小李", given="short").exit_code == 1
    assert run("agents", "add", "li", "--name", "小李", given=PASSWORD).exit_code == 0
    assert run("agents", "add", "li", "--name", "小李", given=PASSWORD).exit_code == 1


def test_the_figures_are_printed_as_json(run: Callable[..., Result]) -> None:
    figures = json.loads(run("handoff", "metrics", "--days", "30").output)
    assert figures["days"] == 30
    assert figures["escalated"] == 0
