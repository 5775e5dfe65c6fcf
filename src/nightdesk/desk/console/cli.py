"""``nightdesk agents …``: the shop's people; ``nightdesk handoff metrics``: how they do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from nightdesk.database import Database
    from nightdesk.desk.console.accounts import Accounts

agents = typer.Typer(help="The people who answer in the console.", no_args_is_help=True)
handoff = typer.Typer(help="The hand-off to people.", no_args_is_help=True)

LOGIN = typer.Argument(..., help="Small letters, digits and . _ @ -")
ROLE = typer.Option("agent", help="agent, supervisor or admin.")
DAYS = typer.Option(7, min=1, max=366, help="Of so many days until now.")


@agents.command("add")
def add(
    login: str = LOGIN,
    name: str = typer.Option(..., help="As customers see it."),
    role: str = ROLE,
) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    from nightdesk.desk.console import accounts
    from nightdesk.desk.passwords import hashed

    login = login.strip().lower()
    if not re.match(accounts.LOGIN, login):
        _fail("a login has small letters, digits and . _ @ -, 64 at most")
    if role not in accounts.ROLES:
        _fail(f"a role is one of {', '.join(accounts.ROLES)}")
    if not 0 < len(name.strip()) <= 64:
        _fail("a name has 1 to 64 characters")
    password = hashed(_password())
    with _accounts() as kept:
        kept.add(login, name.strip(), role, password)
    print(f"{login} may sign in at /console/ now.")


@agents.command("list")
def everyone() -> None:
    """Show the accounts."""
    with _accounts() as kept:
        found = kept.everyone()
    for one in found:
        person = one.person
        here = "away" if person.away and one.present else "there" if one.present else "-"
        state = here if person.active else "deactivated"
        print(f"{person.login:20} {person.role:10} {state:12} {one.open:3} open  {person.name}")


@agents.command("password")
def password(login: str = LOGIN) -> None:
    """Set another password and end the account's sessions."""
    from nightdesk.desk.passwords import hashed

    new = hashed(_password())
    _change(login, password_hash=new)
    print(f"{login} has another password; all its sessions are over.")


@agents.command("deactivate")
def deactivate(login: str = LOGIN) -> None:
    """Let an account sign in no more and end its sessions."""
    _change(login, active=False)
    print(f"{login} may sign in no more.")


@handoff.callback()
def _group() -> None:
    """The hand-off to people."""


@handoff.command("metrics")
def figures(days: int = DAYS) -> None:
    """Waiting, replies, reasons and what came of them, as JSON; durations in seconds."""
    from nightdesk.desk.console import metrics

    with _database() as database:
        print(json.dumps(metrics.read(database, days), ensure_ascii=False, indent=2))


def _change(login: str, **changes: Any) -> None:
    with _accounts() as kept:
        kept.change(kept.find(login.strip()).id, changes)


@contextmanager
def _accounts() -> Iterator[Accounts]:
    """The accounts; a refusal ends the command."""
    from nightdesk.backends.service import ServiceError
    from nightdesk.desk.console.accounts import Accounts

    with _database() as database:
        try:
            yield Accounts(database)
        except ServiceError as error:
            _fail(error.message)


@contextmanager
def _database() -> Iterator[Database]:
    from nightdesk import logs
    from nightdesk.database import Database, connect, migrate
    from nightdesk.settings import load

    logs.configure("agents", "WARNING")
    engine = connect(load().database_url)
    try:
        migrate(engine)
        yield Database(engine)
    finally:
        engine.dispose()


def _password() -> str:
    from nightdesk.desk.passwords import LEAST_LENGTH, MOST_LENGTH

    if sys.stdin.isatty():
        given = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not LEAST_LENGTH <= len(given) <= MOST_LENGTH:
        _fail(f"a password has {LEAST_LENGTH} to {MOST_LENGTH} characters")
    return given


def _fail(message: str) -> NoReturn:
    print(f"nightdesk: {message}", file=sys.stderr)
    raise typer.Exit(1)
