"""The cases in the database: which are needed, which have news, and how far each has come.

What changes a case that is served raises LostError.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, or_, select, update

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff.model import Ownership
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.workplace.model import Link
from nightdesk.desk.handoff.workplace.told import told_there
from nightdesk.desk.handoff.workplace.workplace import Opened
from nightdesk.desk.model import Message
from nightdesk.desk.transcript import locked

_LEASE = timedelta(seconds=120)
_NEVER = timedelta(days=36500)
_AT_ONCE = 50


class LostError(Exception):
    """The lease ended, and another process may serve the case."""


@dataclass(frozen=True)
class Served:
    """A case that this process serves now. ``again``: the attempt before may have been made."""

    id: int
    conversation_id: str
    number: int
    open: bool
    external_id: str | None
    said_id: int
    said_as: int
    seen_id: int
    attempts: int
    next_at: datetime
    leased_until: datetime

    @property
    def key(self) -> str:
        """Names the case in both systems."""
        return f"{self.conversation_id[:12]}-{self.number}"

    @property
    def again(self) -> bool:
        return self.attempts > 1


class Book:
    """The cases of one ``workplace`` (its name). All methods block."""

    def __init__(self, database: Database, workplace: str) -> None:
        self._database = database
        self._workplace = workplace

    def enter_needed(self) -> int:
        """Note a case for each conversation that needs a person and has none; how many."""
        open_case = select(Link.id).where(
            Link.conversation_id == Ownership.conversation_id, Link.open.is_(True)
        )
        waits = Ownership.state == State.WAITING.value
        called_back = and_(Ownership.state == State.BOT.value, Ownership.callback.is_(True))
        needed = (
            select(Ownership.conversation_id)
            .where(or_(waits, called_back), ~open_case.exists())
            .limit(_AT_ONCE)
        )
        with self._database.read() as session:
            found = list(session.execute(needed).scalars())
        return sum(self._enter(conversation_id) for conversation_id in found)

    def _enter(self, conversation_id: str) -> bool:
        """False when another desk was first."""
        cases = select(Link).where(Link.conversation_id == conversation_id)
        now = clock.now()
        with self._database.write() as session:
            locked(session, conversation_id)
            earlier = session.execute(cases).scalars().all()
            if any(link.open for link in earlier):
                return False
            link = Link(conversation_id=conversation_id, number=len(earlier) + 1, open=True)
            link.workplace, link.next_at, link.made_at = self._workplace, now, now
            session.add(link)
            return True

    def due(self) -> list[int]:
        """The cases with something to do: news here, or it is time to look there."""
        now = clock.now()
        news = select(Message.id).where(
            Message.conversation_id == Link.conversation_id,
            Message.id > Link.said_id,
            told_there(self._workplace),
        )
        changed = select(Ownership.version).where(
            Ownership.conversation_id == Link.conversation_id,
            Ownership.version != Link.owner_version,
        )
        query = (
            select(Link.id)
            .where(
                Link.workplace == self._workplace,
                or_(Link.leased_until.is_(None), Link.leased_until <= now),
                or_(
                    Link.next_at <= now,
                    and_(
                        Link.open.is_(True),
                        Link.attempts == 0,
                        or_(news.exists(), changed.exists()),
                    ),
                ),
            )
            .order_by(Link.next_at)
            .limit(_AT_ONCE)
        )
        with self._database.read() as session:
            return list(session.execute(query).scalars())

    def take(self, link_id: int) -> Served | None:
        """Serve the case, unless another process does."""
        now = clock.now()
        with self._database.write() as session:
            taken: Any = session.execute(
                update(Link)
                .where(
                    Link.id == link_id,
                    or_(Link.leased_until.is_(None), Link.leased_until <= now),
                )
                .values(leased_until=now + _LEASE, attempts=Link.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            if taken.rowcount != 1:
                return None
            row: Any = session.get(Link, link_id)
            return Served(
                id=row.id,
                conversation_id=row.conversation_id,
                number=row.number,
                open=row.open,
                external_id=row.external_id,
                said_id=row.said_id,
                said_as=row.said_as,
                seen_id=row.seen_id,
                attempts=row.attempts,
                next_at=row.next_at,
                leased_until=row.leased_until,
            )

    def opened(self, served: Served, made: Opened, last: int) -> None:
        """The case is there, with everything up to the line ``last``."""
        self._note(
            served,
            external_id=made.external_id,
            said_id=last,
            said_as=made.last_id,
            seen_id=made.last_id,
        )

    def said(self, served: Served, line_id: int, external: int) -> None:
        """The line is there."""
        self._note(served, said_id=line_id, said_as=external)

    def seen(self, served: Served, last_id: int) -> None:
        """Everything of theirs up to ``last_id`` was dealt with."""
        self._note(served, seen_id=last_id)

    def done(self, served: Served, version: int, pause: float) -> None:
        """A good attempt: look again after ``pause`` seconds, or at news."""
        self._note(
            served,
            attempts=0,
            error=None,
            leased_until=None,
            owner_version=version,
            next_at=_unless_woken(served, clock.now() + timedelta(seconds=pause)),
        )

    def failed(self, served: Served, reason: str, pause: float) -> None:
        """Try again after ``pause`` seconds."""
        until = clock.now() + timedelta(seconds=pause)
        self._note(served, error=reason, leased_until=None, next_at=until)

    def close(self, served: Served, seen_id: int) -> None:
        """Nothing is left to do, unless somebody writes there after ``seen_id``."""
        self._note(
            served,
            open=False,
            seen_id=seen_id,
            attempts=0,
            error=None,
            leased_until=None,
            next_at=_unless_woken(served, clock.now() + _NEVER),
        )

    def wake(self, external_id: str) -> None:
        """Something has happened to the case there: look now, also when it had ended here."""
        newest = (
            select(Link.id)
            .where(Link.workplace == self._workplace, Link.external_id == external_id)
            .order_by(Link.open.desc(), Link.number.desc())
            .limit(1)
        )
        with self._database.write() as session:
            session.execute(
                update(Link)
                .where(Link.id == newest.scalar_subquery())
                .values(next_at=clock.now())
                .execution_options(synchronize_session=False)
            )

    def _note(self, served: Served, **values: Any) -> None:
        """Change the case. Raises LostError: it is not this process's any more."""
        with self._database.write() as session:
            changed: Any = session.execute(
                update(Link)
                .where(Link.id == served.id, Link.leased_until == served.leased_until)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
        if changed.rowcount != 1:
            raise LostError(served.key)


def _unless_woken(served: Served, moment: datetime) -> Any:
    """``moment``, or at once when the case was woken while it was served."""
    return case((Link.next_at == served.next_at, moment), else_=Link.next_at)
