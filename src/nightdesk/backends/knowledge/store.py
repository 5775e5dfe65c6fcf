"""Reading and writing entries, each change with its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.knowledge.model import Change, Entry, Revision

CONTENT = (
    "category",
    "question_zh",
    "answer_zh",
    "question_en",
    "answer_en",
    "alt_questions",
    "topic",
    "branches",
    "products",
    "valid_from",
    "valid_until",
)


def revision(session: Session) -> int:
    """How often anything that is searched has changed."""
    return int(session.execute(select(Revision.number)).scalar_one())


def touch(session: Session) -> None:
    """Let every ranker, in this process and others, notice a change once it is committed.

    Taken first in a transaction, it also makes the writers of knowledge wait for each other.
    """
    statement = update(Revision).values(number=Revision.number + 1)
    session.execute(statement.execution_options(synchronize_session=False))


def content(entry: Entry) -> dict[str, Any]:
    """What an entry says, as JSON."""
    values = {name: getattr(entry, name) for name in CONTENT}
    for name in ("valid_from", "valid_until"):
        values[name] = values[name].isoformat() if values[name] else None
    values["withdrawn"] = entry.withdrawn_at is not None
    return values


def said(change: Change) -> dict[str, Any]:
    """What an entry said at a change, as values of its columns."""
    kept: Any = change.content
    values = {name: kept[name] for name in CONTENT}
    for name in ("valid_from", "valid_until"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return values


def empty() -> dict[str, Any]:
    """What an entry says that says nothing."""
    values: dict[str, Any] = dict.fromkeys(CONTENT, "")
    values.update(alt_questions=[], branches=[], products=[], valid_from=None, valid_until=None)
    return values


def create(session: Session, entry_id: str, by: str, loaded: str = "", **values: Any) -> Entry:
    """A new entry; what ``values`` leaves out is empty."""
    entry = Entry(
        id=entry_id,
        version=1,
        loaded=loaded,
        withdrawn_at=None,
        updated_at=clock.now(),
        updated_by=by,
        **{**empty(), **values},
    )
    session.add(entry)
    _record(session, entry, "created")
    return entry


def change(session: Session, entry: Entry, by: str, **values: Any) -> Entry:
    """Change what ``entry`` says; nothing is recorded when nothing changes."""
    changed = {name: value for name, value in values.items() if getattr(entry, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(entry, name, value)
        _next(session, entry, by, "edited")
    return entry


def withdraw(session: Session, entry: Entry, by: str) -> Entry:
    """Take ``entry`` out of the search."""
    if entry.withdrawn_at is None:
        entry.withdrawn_at = clock.now()
        _next(session, entry, by, "withdrawn")
    return entry


def restore(session: Session, entry: Entry, by: str) -> Entry:
    """Bring a withdrawn entry back."""
    if entry.withdrawn_at is not None:
        entry.withdrawn_at = None
        _next(session, entry, by, "restored")
    return entry


def _next(session: Session, entry: Entry, by: str, action: str) -> None:
    entry.version = (entry.version or 0) + 1
    entry.updated_at = clock.now()
    entry.updated_by = by
    _record(session, entry, action)


def _record(session: Session, entry: Entry, action: str) -> None:
    session.add(
        Change(
            entry_id=entry.id,
            version=entry.version,
            action=action,
            by=entry.updated_by,
            at=entry.updated_at,
            content=content(entry),
        )
    )
