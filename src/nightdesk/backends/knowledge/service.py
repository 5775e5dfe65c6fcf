"""The rules of the knowledge service."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nightdesk.backends.knowledge import store
from nightdesk.backends.knowledge.model import Change, Entry
from nightdesk.backends.knowledge.schemas import check_complete
from nightdesk.backends.service import ServiceError


def entry(session: Session, entry_id: str, lock: bool = False) -> Entry:
    """The entry ``entry_id``, withdrawn or not.

    Raises:
        ServiceError: 404 ``not_found``.
    """
    statement = select(Entry).where(Entry.id == entry_id)
    statement = statement.with_for_update() if lock else statement
    found: Entry | None = session.execute(statement).scalar()
    if found is None:
        raise ServiceError(404, "not_found", "There is no such entry.", id=entry_id)
    return found


def create(session: Session, entry_id: str | None, by: str, values: dict[str, Any]) -> Entry:
    """A new entry.

    Raises:
        ServiceError: 409 ``exists``.
    """
    store.touch(session)
    entry_id = entry_id or f"e-{secrets.token_hex(5)}"
    if session.get(Entry, entry_id) is not None:
        raise ServiceError(409, "exists", "There is already an entry of this id.", id=entry_id)
    return store.create(session, entry_id, by, **values)


def change(
    session: Session, entry_id: str, by: str, values: dict[str, Any], version: int | None
) -> Entry:
    """Change an entry.

    Raises:
        ServiceError: 404 ``not_found``; 409 ``changed_meanwhile``: ``version`` is not the newest;
            422 ``invalid``: nothing whole would be left.
    """
    store.touch(session)
    found = entry(session, entry_id, lock=True)
    _newest(found, version)
    _whole({**{name: getattr(found, name) for name in store.CONTENT}, **values})
    return store.change(session, found, by, **values)


def withdraw(session: Session, entry_id: str, by: str) -> Entry:
    """Take an entry out of the search. Raises ServiceError 404."""
    store.touch(session)
    return store.withdraw(session, entry(session, entry_id, lock=True), by)


def restore(session: Session, entry_id: str, by: str, version: int | None) -> Entry:
    """Bring an entry back; with ``version``, what it said then.

    Raises:
        ServiceError: 404 ``not_found``: the entry, or that version of it.
    """
    store.touch(session)
    found = entry(session, entry_id, lock=True)
    if version is not None:
        said = session.execute(
            select(Change).where(Change.entry_id == entry_id, Change.version == version)
        ).scalar()
        if said is None:
            raise ServiceError(404, "not_found", "There is no such version.", version=version)
        store.change(session, found, by, **store.said(said))
    return store.restore(session, found, by)


def history(session: Session, entry_id: str) -> list[Change]:
    """The changes of an entry, newest first. Raises ServiceError 404."""
    entry(session, entry_id)
    statement = select(Change).where(Change.entry_id == entry_id).order_by(Change.version.desc())
    return list(session.execute(statement).scalars())


def listing(
    session: Session, category: str | None, withdrawn: bool, limit: int, offset: int
) -> tuple[list[Entry], int]:
    """A page of the entries by category and id, and how many there are in all."""
    statement = select(Entry).where(
        Entry.withdrawn_at.isnot(None) if withdrawn else Entry.withdrawn_at.is_(None)
    )
    if category is not None:
        statement = statement.where(Entry.category == category)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    page = statement.order_by(Entry.category, Entry.id).limit(limit).offset(offset)
    return list(session.execute(page).scalars()), int(total)


def _newest(found: Entry, version: int | None) -> None:
    if version is not None and version != found.version:
        raise ServiceError(
            409,
            "changed_meanwhile",
            "Somebody else has changed the entry since it was read.",
            version=found.version,
            by=found.updated_by,
        )


def _whole(values: dict[str, Any]) -> None:
    try:
        check_complete(values)
    except ValueError as error:
        raise ServiceError(422, "invalid", str(error)) from None
