"""The rules of tickets, inside a transaction that the caller opens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.backends import numbers
from nightdesk.backends.service import ServiceError
from nightdesk.backends.tickets.model import Comment, Event, Ticket

PREFIX = "TK"
KINDS = ("complaint", "fault", "handoff", "callback", "system")
PRIORITIES = ("low", "normal", "high", "urgent")
# From a status to those that may follow it. Back to open: given back, or reopened.
TRANSITIONS = {
    "open": ("in_progress", "resolved"),
    "in_progress": ("open", "resolved"),
    "resolved": ("closed", "open"),
    "closed": ("open",),
}
STATUSES = tuple(TRANSITIONS)
CHANGEABLE = (
    "subject",
    "description",
    "priority",
    "kind",
    "assignee",
    "due_at",
    "outcome",
    "status",
)
_SEARCHED: tuple[Any, ...] = (
    Ticket.ticket_no,
    Ticket.subject,
    Ticket.description,
    Ticket.order_no,
    Ticket.customer_name,
    Ticket.customer_phone,
)

log = logs.get(__name__)


@dataclass(frozen=True)
class Filter:
    """Which tickets are listed; None: any. ``overdue``: promised by now and not resolved."""

    conversation_id: str | None = None
    statuses: Sequence[str] = ()
    priority: str | None = None
    kind: str | None = None
    assignee: str | None = None
    overdue: bool = False
    words: str | None = None
    """Found in the number, the subject, the description, the order or the customer."""


def create(session: Session, content: dict[str, Any]) -> Ticket:
    """A new, open ticket with the columns of ``content``."""
    now = clock.now()
    ticket = Ticket(
        ticket_no=numbers.new(PREFIX), status="open", created_at=now, updated_at=now, **content
    )
    session.add(ticket)
    session.flush()
    _record(session, ticket, "status", "", "open", "")
    log.info("ticket_opened", ticket_no=ticket.ticket_no, kind=ticket.kind)
    return ticket


def find(session: Session, number: str, lock: bool = False) -> Ticket:
    """The ticket of a number, however it was typed. Raises ServiceError 404."""
    row = select(Ticket).where(Ticket.ticket_no == numbers.read(number))
    found = session.scalars(row.with_for_update() if lock else row)
    ticket: Ticket | None = found.first()
    if ticket is None:
        raise ServiceError(404, "not_found", "There is no such ticket.")
    return ticket


def listed(session: Session, wanted: Filter, limit: int, offset: int) -> tuple[list[Ticket], bool]:
    """A page of tickets, the most urgent and then the oldest first; whether there are more."""
    rows = select(Ticket)
    for column, value in (
        (Ticket.conversation_id, wanted.conversation_id),
        (Ticket.priority, wanted.priority),
        (Ticket.kind, wanted.kind),
        (Ticket.assignee, wanted.assignee),
    ):
        if value is not None:
            rows = rows.where(column == value)
    if wanted.statuses:
        rows = rows.where(Ticket.status.in_(wanted.statuses))
    if wanted.words:
        pattern = f"%{_plain(wanted.words)}%"
        found_in = (column.ilike(pattern, escape="\\") for column in _SEARCHED)
        rows = rows.where(or_(*found_in))
    if wanted.overdue:
        rows = rows.where(Ticket.due_at < clock.now(), Ticket.status.in_(("open", "in_progress")))
    urgency: Any = case({name: rank for rank, name in enumerate(PRIORITIES)}, value=Ticket.priority)
    rows = rows.order_by(urgency.desc(), Ticket.created_at, Ticket.id)
    found = list(session.scalars(rows.offset(offset).limit(limit + 1)))
    return found[:limit], len(found) > limit


def _plain(words: str) -> str:
    """``words`` with no wildcards of LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", words)


def change(session: Session, number: str, changes: dict[str, Any], by: str) -> Ticket:
    """Sets the columns of ``changes`` (of ``CHANGEABLE``) and records each that is new.

    Raises:
        ServiceError: 404; 409 ``invalid_transition`` with the statuses that are ``allowed``.
    """
    ticket = find(session, number, lock=True)
    for field, value in changes.items():
        old = getattr(ticket, field)
        if old == value:
            continue
        if field == "status":
            _move(ticket, value)
        setattr(ticket, field, value)
        _record(session, ticket, field, _written(old), _written(value), by)
        ticket.updated_at = clock.now()
    session.flush()
    return ticket


def _move(ticket: Ticket, status: str) -> None:
    allowed = TRANSITIONS[ticket.status]
    if status not in allowed:
        raise ServiceError(
            409,
            "invalid_transition",
            f"A ticket that is {ticket.status} cannot become {status}.",
            current=ticket.status,
            allowed=list(allowed),
        )
    now = clock.now()
    if status == "resolved":
        ticket.resolved_at = now
    elif status == "closed":
        ticket.closed_at = now
    else:
        ticket.resolved_at = ticket.closed_at = None
    log.info("ticket_moved", ticket_no=ticket.ticket_no, old=ticket.status, new=status)


def comment(session: Session, number: str, author: str, text: str, internal: bool) -> Comment:
    """Adds what ``author`` says. A ticket of any status takes comments. Raises ServiceError 404."""
    ticket = find(session, number, lock=True)
    now = clock.now()
    said = Comment(ticket_id=ticket.id, author=author, text=text, internal=internal, created_at=now)
    session.add(said)
    ticket.updated_at = now
    session.flush()
    return said


def comments(session: Session, ticket: Ticket) -> list[Comment]:
    rows = select(Comment).where(Comment.ticket_id == ticket.id).order_by(Comment.id)
    return list(session.scalars(rows))


def events(session: Session, ticket: Ticket) -> list[Event]:
    rows = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
    return list(session.scalars(rows))


def _record(session: Session, ticket: Ticket, field: str, old: str, new: str, by: str) -> None:
    session.add(Event(ticket_id=ticket.id, field=field, old=old, new=new, by=by, at=clock.now()))


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
