"""A write happens once: the answer to an ``Idempotency-Key`` is kept with what it wrote.

``once`` runs inside the transaction of the write, so the two are committed together or not at all.
The key's row is inserted first: a second request of the same key waits for the first one's
transaction (SQLite at BEGIN IMMEDIATE, PostgreSQL at the primary key) and then reads its answer. A
write that raises takes its key back with it: what was refused may be tried again under that key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Header
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from sqlalchemy import Column, Integer, String, Text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.database import Base, UtcDateTime

MAX_KEY = 200

# A parameter of an endpoint: ``key: str | None = KeyHeader``.
KeyHeader = Header(
    None,
    alias="Idempotency-Key",
    min_length=1,
    max_length=MAX_KEY,
    description="The same key with the same request is carried out once and answered alike.",
)


class IdempotencyKey(Base):
    """One key of one service, what was asked with it, and the answer (JSON)."""

    __tablename__ = "idempotency_keys"

    service: str = Column(String(20), primary_key=True)
    key: str = Column(String(MAX_KEY), primary_key=True)
    fingerprint: str = Column(String(64), nullable=False)
    status: int = Column(Integer, nullable=False)
    body: str = Column(Text, nullable=False)
    created_at: datetime = Column(UtcDateTime, nullable=False, index=True)


@dataclass(frozen=True)
class Answer:
    """What the caller gets: an HTTP status and a JSON body; ``replayed``: of an earlier request."""

    status: int
    body: Any
    replayed: bool = False

    def response(self) -> JSONResponse:
        headers = {"Idempotent-Replayed": "true"} if self.replayed else None
        return JSONResponse(self.body, status_code=self.status, headers=headers)


def fingerprint(operation: str, request: Any) -> str:
    """A digest of what is asked; ``request`` is anything that FastAPI can write as JSON."""
    text = json.dumps([operation, jsonable_encoder(request)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def once(
    session: Session,
    service: str,
    key: str | None,
    operation: str,
    request: Any,
    write: Callable[[], Any],
    status: int = 201,
) -> Answer:
    """``write()``'s result, carried out the first time that ``key`` comes and repeated afterwards.

    Args:
        session: the open transaction in which ``write`` works.
        service: whose keys these are (``orders``, ``scheduling``, …).
        key: the ``Idempotency-Key``; None carries out the write each time.
        operation: which write, with the path's own values: ``"cancel QM-1234"``.
        request: the request's content, to notice a key that is used for something else.
        status: the HTTP status of a success.

    Raises:
        ServiceError: 409 ``idempotency_mismatch``: the key came with another request before.
    """
    if key is None:
        return Answer(status, jsonable_encoder(write()))
    asked = fingerprint(operation, request)
    if not _claim(session, service, key, asked):
        kept = session.get(IdempotencyKey, (service, key))
        assert kept is not None
        if kept.fingerprint != asked:
            raise ServiceError(
                409, "idempotency_mismatch", "This Idempotency-Key belongs to another request."
            )
        return Answer(kept.status, json.loads(kept.body), replayed=True)
    body = jsonable_encoder(write())
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.service == service, IdempotencyKey.key == key)
        .values(status=status, body=json.dumps(body, ensure_ascii=False))
        .execution_options(synchronize_session=False)
    )
    return Answer(status, body)


def _claim(session: Session, service: str, key: str, asked: str) -> bool:
    """Whether the key is this transaction's; False once another one has committed it."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(IdempotencyKey)
        .values(
            service=service,
            key=key,
            fingerprint=asked,
            status=0,
            body="null",
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)
