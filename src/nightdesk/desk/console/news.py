"""What has happened in the database since the last look, as events for the consoles."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk import transcript
from nightdesk.desk.console import items
from nightdesk.desk.console.accounts import Accounts
from nightdesk.desk.handoff.model import Ownership, Read, Transition
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.model import Message

BACK_S = 5.0
"""How long after a higher id a lower one may still be committed."""
_BACK = timedelta(seconds=BACK_S)
_RESUMED_BACK, _RESUMED_IDS = timedelta(seconds=30), 200
_MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Event:
    """``line_id``: of a message, else 0. ``owner``: the person who has its conversation."""

    name: str
    data: Any
    line_id: int = 0
    owner: str | None = None

    def shown_to(self, agent_id: str) -> Event:
        """The event for this person. Who does not have the conversation is told only that there is
        a line: who is looking at it asks for it."""
        if not self.line_id or agent_id == self.owner:
            return self
        known = {"conversation_id": self.data["conversation_id"], "id": self.line_id}
        return replace(self, name="line", data=known)


@dataclass
class Seen:
    """Ids already told, and from which one on to ask."""

    newest: int = 0
    _marks: deque[tuple[float, int]] = field(default_factory=deque)
    _told: set[int] = field(default_factory=set)

    def begin(self, newest: int) -> None:
        self.newest = newest
        self._marks.clear()
        self._told.clear()

    @property
    def floor(self) -> int:
        """Nothing at or below is committed any more."""
        past = time.monotonic() - BACK_S
        while len(self._marks) > 1 and self._marks[1][0] <= past:
            self._marks.popleft()
        return self._marks[0][1] if self._marks else self.newest

    def new(self, ids: list[int]) -> set[int]:
        """Those of ``ids`` that were not told; they are now."""
        floor = self.floor
        self._told = {one for one in self._told if one > floor}
        fresh = set(ids) - self._told
        self._told |= fresh
        if not self._marks:
            self._marks.append((time.monotonic(), self.newest))
        self.newest = max([self.newest, *ids])
        self._marks.append((time.monotonic(), self.newest))
        return fresh


class News:
    """The looks of one process, one at a time. Methods block, but for ``standing``."""

    def __init__(self, database: Database, accounts: Accounts, typing: Typing) -> None:
        self._database = database
        self._accounts = accounts
        self._typing = typing
        self._messages = Seen()
        self._transitions = Seen()
        self._told: dict[Hashable, float] = {}
        self._people: list[dict[str, Any]] = []

    def begin(self) -> None:
        """From here on."""
        with self._database.read() as session:
            for seen, table in ((self._messages, Message), (self._transitions, Transition)):
                newest = select(func.coalesce(func.max(table.id), 0))
                seen.begin(session.execute(newest).scalar_one())
        self._told.clear()
        self._people = [colleague.view() for colleague in self._accounts.everyone()]
        self._fresh([*self._reads(), *self._typed()])

    def standing(self) -> list[Event]:
        """What a console that opens now should know."""
        return [Event("presence", self._people)]

    def missed(self, last: int, most: int) -> list[Event] | None:
        """The lines after the id ``last``; None when they are more than ``most``.

        With those just below it that may have been committed later: a page drops what it has.
        """
        late = and_(Message.id > last - _RESUMED_IDS, Message.at > clock.now() - _RESUMED_BACK)
        query = (
            select(Message)
            .where(or_(Message.id > last, late), Message.id != last)
            .order_by(Message.id)
            .limit(most + 1)
        )
        with self._database.read() as session:
            found = list(session.scalars(query))
            return None if len(found) > most else _line_events(session, found)

    def look(self) -> list[Event]:
        """The events since the last look."""
        events: list[Event] = []
        with self._database.read() as session:
            said = self._said(session)
            moved = self._moved(session)
            events += _line_events(session, said)
            for head in items.heads(session, list(dict.fromkeys(moved))):
                events.append(Event("status", {"conversation_id": head.pop("id"), **head}))
        reads = self._fresh(self._reads())
        for conversation_id, side, message_id in reads:
            data = {"conversation_id": conversation_id, "side": side, "message_id": message_id}
            events.append(Event("read", data))
        for conversation_id, side, name, _at in self._fresh(self._typed()):
            who = "customer" if side == "customer" else name
            events.append(Event("typing", {"conversation_id": conversation_id, "from": who}))
        changed = [
            *(message.conversation_id for message in said),
            *moved,
            *(one for one, side, _ in reads if side == "agent"),
        ]
        if changed:
            events.append(Event("queue", {"id": changed[0]}))
        people = [colleague.view() for colleague in self._accounts.everyone()]
        if people != self._people:
            self._people = people
            events.append(Event("presence", people))
        return events

    def _said(self, session: Session) -> list[Any]:
        query = (
            select(Message)
            .where(Message.id > self._messages.floor)
            .order_by(Message.id)
            .limit(_MOST_AT_ONCE)
        )
        found = list(session.scalars(query))
        fresh = self._messages.new([message.id for message in found])
        return [message for message in found if message.id in fresh]

    def _moved(self, session: Session) -> list[str]:
        query = (
            select(Transition.id, Transition.conversation_id)
            .where(Transition.id > self._transitions.floor)
            .order_by(Transition.id)
            .limit(_MOST_AT_ONCE)
        )
        found = session.execute(query).all()
        fresh = self._transitions.new([row.id for row in found])
        return [row.conversation_id for row in found if row.id in fresh]

    def _reads(self) -> list[Any]:
        query = select(Read.conversation_id, Read.side, Read.message_id).where(
            Read.at > clock.now() - _BACK
        )
        with self._database.read() as session:
            return [tuple(row) for row in session.execute(query)]

    def _typed(self) -> list[Any]:
        return list(self._typing.newer(clock.now() - _BACK))

    def _fresh(self, found: list[Any]) -> list[Any]:
        """Those that were not told within the last seconds."""
        now = time.monotonic()
        self._told = {key: at for key, at in self._told.items() if at > now - 4 * BACK_S}
        fresh = [one for one in found if one not in self._told]
        self._told |= dict.fromkeys(fresh, now)
        return fresh


def _line_events(session: Session, messages: list[Any]) -> list[Event]:
    ids = list({message.conversation_id for message in messages})
    query = select(Ownership.conversation_id, Ownership.agent_id).where(
        Ownership.conversation_id.in_(ids), Ownership.state == State.HUMAN.value
    )
    owners: dict[str, str] = dict(map(tuple, session.execute(query))) if ids else {}
    said = select(Message).where(Message.id.in_([message.id for message in messages]))
    return [
        Event(
            "message",
            {"conversation_id": message.conversation_id, **line},
            line_id=message.id,
            owner=owners.get(message.conversation_id),
        )
        for message, line in zip(
            messages, transcript.lines(session, said.order_by(Message.id)), strict=True
        )
    ]
