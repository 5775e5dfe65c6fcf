"""Words for the shop's people, kept in the database until each place has taken them.

Who keeps one does so in the transaction of what it tells of, so neither is there without the other;
``notify.sender`` sends them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.database import Database
from nightdesk.desk.handoff.model import Notification, Ownership
from nightdesk.desk.handoff.summary import summarise
from nightdesk.desk.limits import Rate

log = logs.get(__name__)

WAITING = "waiting"
SENDING = "sending"
SENT = "sent"
FAILED = "failed"
_APART = 3
"""So many that wait are sent one by one; more go in one message."""
_TOGETHER = 50


@dataclass(frozen=True)
class Notice:
    """Something that a person should see to.

    ``kind``: ``waiting`` (a customer waits now), ``callback`` (one was promised a call) or
    ``unserved`` (nobody came in time). ``summary``: who, wants what, what was tried; read from the
    conversation when it is empty. ``link``: to the console, by default.
    """

    kind: str
    conversation_id: str
    reason: str
    priority: str
    at: datetime
    summary: Sequence[str] = ()
    link: str = ""


class Notices:
    """Keeps each notice once for every one of ``targets`` (their names)."""

    def __init__(self, targets: Iterable[str], public_url: str, language: str = "zh") -> None:
        self._targets = tuple(targets)
        self._public_url = public_url
        self._language = language

    def keep(self, session: Session, notice: Notice) -> None:
        """Keep ``notice`` in the caller's transaction. Raises nothing: the customer comes first."""
        if not self._targets:
            return
        try:
            with session.begin_nested():
                self._keep(session, notice)
        except Exception:
            log.exception("notice_not_kept", kind=notice.kind)

    def _keep(self, session: Session, notice: Notice) -> None:
        owner: Any = session.get(Ownership, notice.conversation_id)
        facts = {
            **dataclasses.asdict(notice),
            "at": notice.at.isoformat(timespec="seconds"),
            "summary": self._summary(session, notice),
            "link": notice.link or console_link(self._public_url, notice.conversation_id),
        }
        version = owner.version if owner else 0
        # A graver priority is news, though the owner has not changed.
        subject = f"{notice.kind}:{notice.conversation_id}:{version}:{notice.priority}"
        for target in self._targets:
            if session.get(Notification, f"{subject}:{target}") is None:
                session.add(_row(f"{subject}:{target}", target, notice.conversation_id, facts))

    def _summary(self, session: Session, notice: Notice) -> list[str]:
        lines = notice.summary or summarise(session, notice.conversation_id, self._language)
        return [logs.mask(line) for line in lines]


def console_link(public_url: str, conversation_id: str) -> str:
    """Where a person opens the conversation."""
    return f"{public_url}/console/#/desk/{conversation_id}"


def _row(key: str, target: str, conversation_id: str, facts: dict[str, Any]) -> Notification:
    now = clock.now()
    return Notification(
        key=key,
        target=target,
        conversation_id=conversation_id,
        notice=facts,
        state=WAITING,
        kept_at=now,
        next_at=now,
        attempts=0,
    )


@dataclass(frozen=True)
class Taken:
    """A notice that this process is to send now. ``attempt`` counts from 1."""

    key: str
    facts: dict[str, Any]
    kept_at: datetime
    attempt: int


class Box:
    """What waits to be sent, in the database. All methods block.

    A notice is ``sending`` for the one process that took it, until ``lease`` seconds are over: then
    that process has died. ``next_at`` is when it is due, when the lease ends, or when it was sent.
    """

    def __init__(self, database: Database, lease: float = 60.0) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease)

    def take(self, target: str, limits: Sequence[Rate], gathers: bool) -> list[Taken]:
        """What ``target`` should be sent in one message now; nothing when it may not be yet."""
        with self._database.write() as session:
            now = clock.now()
            due = (
                select(Notification)
                .where(
                    Notification.target == target,
                    Notification.state.in_((WAITING, SENDING)),
                    Notification.next_at <= now,
                )
                .order_by(Notification.kept_at, Notification.key)
                .limit(_TOGETHER)
                .with_for_update()  # desks queue here, so the count below is of what they all sent
            )
            rows = session.execute(due).scalars().all()
            if not rows or not all(_room(session, target, limit, now) for limit in limits):
                return []
            chosen = rows if gathers and len(rows) > _APART else rows[:1]
            for row in chosen:
                row.state, row.next_at = SENDING, now + self._lease
                row.attempts += 1
            return [Taken(row.key, row.notice, row.kept_at, row.attempts) for row in chosen]

    def sent(self, target: str, taken: Sequence[Taken]) -> None:
        """``target`` has them. What else waits for it because it was down is due at once."""
        now = clock.now()
        with self._database.write() as session:
            for item in taken:
                _settle(session, item, state=SENT, next_at=now, error=None)
            if any(item.attempt > 1 for item in taken):
                session.execute(
                    update(Notification)
                    .where(Notification.target == target, Notification.state == WAITING)
                    .values(next_at=now)
                    .execution_options(synchronize_session=False)
                )

    def failed(
        self, taken: Sequence[Taken], reason: str, until: Callable[[Taken], datetime | None]
    ) -> None:
        """They were not taken: try each again at ``until``, or never when that is None."""
        with self._database.write() as session:
            for item in taken:
                again = until(item)
                state = FAILED if again is None else WAITING
                next_at = clock.now() if again is None else again
                _settle(session, item, state=state, next_at=next_at, error=reason)

    def hold(self, target: str, until: datetime) -> None:
        """Send ``target`` nothing before ``until``."""
        with self._database.write() as session:
            session.execute(
                update(Notification)
                .where(
                    Notification.target == target,
                    Notification.state == WAITING,
                    Notification.next_at < until,
                )
                .values(next_at=until)
                .execution_options(synchronize_session=False)
            )


def _room(session: Session, target: str, limit: Rate, now: datetime) -> bool:
    """Whether one more message to ``target`` is within ``limit``, whichever desk sent the others.

    The notices of one message have one ``next_at``.
    """
    since = now - timedelta(seconds=limit.seconds)
    messages = select(func.count(func.distinct(Notification.next_at))).where(
        Notification.target == target,
        or_(
            and_(Notification.state == SENT, Notification.next_at > since),
            and_(Notification.state == SENDING, Notification.next_at > now),
        ),
    )
    return bool(session.execute(messages).scalar_one() < limit.count)


def _settle(session: Session, item: Taken, **values: Any) -> None:
    """Change the notice, unless its lease ended and another process has it."""
    session.execute(
        update(Notification)
        .where(
            Notification.key == item.key,
            Notification.state == SENDING,
            Notification.attempts == item.attempt,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
