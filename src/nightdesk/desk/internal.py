"""The desk's door for the actions, behind the service token: failed writes and ratings."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field

from nightdesk import clock
from nightdesk.backends.service import ServiceError, service_token
from nightdesk.database import Database
from nightdesk.desk.model import Rating
from nightdesk.desk.outbox import Outbox, Write
from nightdesk.desk.records import NoConversationError
from nightdesk.desk.transcript import locked

PREFIX = "/internal"


class HandedIn(BaseModel):
    """A write that failed; ``body`` names its conversation."""

    service: Literal["orders", "scheduling", "tickets"]
    path: str = Field(regex=r"^/[a-z/]{1,100}$")
    body: dict[str, Any]


class Rated(BaseModel):
    """A rating; a later one replaces it."""

    conversation_id: str = Field(max_length=64)
    score: int = Field(ge=0, le=10)
    reason: str = Field("", max_length=1000)


def router(database: Database, outbox: Outbox, token: str) -> APIRouter:
    """``POST /internal/outbox`` and ``POST /internal/ratings``."""
    internal = APIRouter(
        prefix=PREFIX, include_in_schema=False, dependencies=[Depends(service_token(token))]
    )

    @internal.post("/outbox", status_code=202)
    def keep(
        given: HandedIn, idempotency_key: str = Header(min_length=8, max_length=64)
    ) -> dict[str, str]:
        """Keeps a write; the same key is kept once."""
        write = Write(
            key=idempotency_key,
            conversation_id=str(given.body.get("conversation_id") or ""),
            service=given.service,
            path=given.path,
            body=given.body,
            kept_at=clock.now(),
        )
        try:
            outbox.keep(write)
        except NoConversationError as error:
            raise _unknown_conversation() from error
        return {"status": "kept"}

    @internal.post("/ratings", status_code=201)
    def rate(given: Rated) -> dict[str, str]:
        """Stores the conversation's rating."""
        try:
            with database.write() as session:
                locked(session, given.conversation_id)
                session.merge(
                    Rating(
                        conversation_id=given.conversation_id,
                        score=given.score,
                        reason=given.reason,
                        at=clock.now(),
                    )
                )
        except NoConversationError as error:
            raise _unknown_conversation() from error
        return {"status": "stored"}

    return internal


def _unknown_conversation() -> ServiceError:
    return ServiceError(404, "not_found", "There is no such conversation.")
