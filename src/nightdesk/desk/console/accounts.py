"""The shop's people: who they are, what they may do, and who of them is there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database, alone
from nightdesk.desk.console import audit
from nightdesk.desk.handoff.model import Agent, AgentSession, Ownership
from nightdesk.desk.handoff.states import State

ROLES = ("agent", "supervisor", "admin")
FIRST_LOGIN = "admin"
PRESENT_FOR = timedelta(seconds=60)
LOGIN = r"^[a-z0-9][a-z0-9._@-]{0,63}$"


@dataclass(frozen=True)
class Person:
    """An account, without its password."""

    id: str
    login: str
    name: str
    role: str
    active: bool = True
    away: bool = False

    def may(self, role: str) -> bool:
        """Whether the person has ``role`` or one above it."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True)
class Colleague:
    """A person as the others see them; ``open``: how many conversations they have."""

    person: Person
    present: bool
    open: int

    def view(self) -> dict[str, Any]:
        person = self.person
        return {
            "id": person.id,
            "login": person.login,
            "name": person.name,
            "role": person.role,
            "active": person.active,
            "present": self.present,
            "away": person.away,
            "open": self.open,
        }


def person(row: Any) -> Person:
    return Person(row.id, row.login, row.name, row.role, row.active, row.away)


class Accounts:
    """The accounts in the database. All methods block; ``by`` is who does it, None: the shell."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, password_hash: str) -> None:
        """Make the account ``admin`` with the shop's first password, unless there is an admin."""
        with self._database.read() as session:
            if _some_admin(session):
                return
        try:
            self.add(FIRST_LOGIN, "店长", "admin", password_hash)
        except ServiceError as error:  # another desk process was first
            if error.code != "login_taken":
                raise

    def password_hash(self, login: str) -> tuple[str, str] | None:
        """(id, hash) of an active account."""
        query = select(Agent.id, Agent.password_hash).where(
            Agent.login == login.lower(), Agent.active.is_(True)
        )
        with self._database.read() as session:
            row = session.execute(query).first()
            return (row.id, row.password_hash) if row else None

    def find(self, login: str) -> Person:
        """Raises ServiceError 404."""
        with self._database.read() as session:
            row = session.scalars(select(Agent).where(Agent.login == login.lower())).first()
            if row is None:
                raise _unknown()
            return person(row)

    def everyone(self) -> list[Colleague]:
        """All accounts by login, with who is there and how many conversations each has."""
        now = clock.now()
        signed_in = select(AgentSession.agent_id).where(AgentSession.expires_at > now).distinct()
        opened = (
            select(Ownership.agent_id, func.count())
            .where(Ownership.state == State.HUMAN.value)
            .group_by(Ownership.agent_id)
        )
        with self._database.read() as session:
            here = set(session.scalars(signed_in))
            counts: dict[str, int] = dict(map(tuple, session.execute(opened)))
            return [
                Colleague(
                    person(row),
                    present=bool(
                        row.active
                        and row.id in here
                        and row.seen_at
                        and row.seen_at > now - PRESENT_FOR
                    ),
                    open=counts.get(row.id, 0),
                )
                for row in session.scalars(select(Agent).order_by(Agent.login))
            ]

    def one(self, agent_id: str) -> dict[str, Any]:
        """The account as ``everyone`` has it. Raises ServiceError 404."""
        for colleague in self.everyone():
            if colleague.person.id == agent_id:
                return colleague.view()
        raise _unknown()

    def add(
        self, login: str, name: str, role: str, password_hash: str, by: str | None = None
    ) -> Person:
        """A new account. Raises ServiceError 409 ``login_taken``."""
        row = Agent(
            id=secrets.token_hex(8),
            login=login.lower(),
            name=name,
            role=role,
            password_hash=password_hash,
            active=True,
            away=False,
            created_at=clock.now(),
        )
        try:
            with self._database.write() as session:
                session.add(row)
                session.flush()
                audit.record(session, by, "agent_added", row.login, role=role)
                return person(row)
        except IntegrityError as error:
            raise ServiceError(409, "login_taken", "This login is taken.") from error

    def change(self, agent_id: str, changes: dict[str, Any], by: str | None = None) -> None:
        """Set ``name``, ``role``, ``active`` or ``password_hash``.

        Another password and deactivation end the account's sessions.

        Raises:
            ServiceError: 404; 409 ``last_admin``: nobody could manage the accounts any more.
        """
        with self._database.write() as session:
            alone(session, "accounts")  # two admins who deactivate each other
            row: Any = session.get(Agent, agent_id, with_for_update=True)
            if row is None:
                raise _unknown()
            was_admin = row.active and row.role == "admin"
            for field, value in changes.items():
                setattr(row, field, value)
            session.flush()
            if was_admin and not _some_admin(session):
                raise ServiceError(409, "last_admin", "There must be one active admin.")
            if "password_hash" in changes or not row.active:
                session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))
            audit.record(session, by, "agent_changed", row.login, **_shown(changes))

    def set_away(self, agent_id: str, away: bool) -> None:
        """Whether the person is away though signed in."""
        with self._database.write() as session:
            row: Any = session.get(Agent, agent_id, with_for_update=True)
            row.away = away
            audit.record(session, agent_id, "away" if away else "back", row.login)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """The names of accounts by id."""
        with self._database.read() as session:
            return names(session, ids)


def names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of accounts by id, in one query."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    query = select(Agent.id, Agent.name).where(Agent.id.in_(wanted))
    return dict(map(tuple, session.execute(query)))


def _some_admin(session: Session) -> bool:
    query = select(Agent.id).where(Agent.role == "admin", Agent.active.is_(True)).limit(1)
    return session.execute(query).first() is not None


def _shown(changes: dict[str, Any]) -> dict[str, Any]:
    """``changes`` for the audit: that the password changed, not to what."""
    shown = {name: value for name, value in changes.items() if name != "password_hash"}
    return {**shown, "password": "changed"} if "password_hash" in changes else shown


def _unknown() -> ServiceError:
    return ServiceError(404, "not_found", "There is no such account.")
