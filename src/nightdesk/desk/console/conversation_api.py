"""``/queue``, ``/events`` and what is shown of one conversation."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field, validator
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console import conversation, items
from nightdesk.desk.console.backends import UNAVAILABLE
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.events import MOST_STREAMS
from nightdesk.desk.console.masking import masked
from nightdesk.desk.console.sessions import SignedIn
from nightdesk.desk.text import storable

_NEWEST = 2**53
_LIMIT = Query(200, ge=1, le=1000)


class NewNote(BaseModel):
    text: str = Field(..., min_length=1, max_length=4000)

    @validator("text")
    def something(cls, value: str) -> str:
        if not (kept := storable(value).strip()):
            raise ValueError("there is nothing in it")
        return kept


def add(routes: APIRouter, context: Context) -> None:
    _add_queue(routes, context)
    _add_conversation(routes, context)


def _add_queue(routes: APIRouter, context: Context) -> None:
    @routes.get("/queue")
    def queue(signed: SignedIn = Depends(context.agent), limit: int = _LIMIT) -> dict[str, Any]:
        with context.database.read() as session:
            return items.queue(session, signed.person.id, limit)

    @routes.get("/events", response_class=EventSourceResponse)
    async def events(
        last_event_id: str = Header(""), signed: SignedIn = Depends(context.agent)
    ) -> EventSourceResponse:
        """What changes, as server-sent events; after ``Last-Event-ID`` the missed lines first."""
        if context.feed.streams(signed) >= MOST_STREAMS:
            raise ServiceError(429, "too_many_streams", "Too many consoles are open.", seconds=10)
        known = re.fullmatch("[0-9]{1,20}", last_event_id)
        last = min(int(last_event_id), _NEWEST) if known else None
        return EventSourceResponse(
            context.feed.stream(signed, last),
            ping=context.heartbeat,
            headers={"Cache-Control": "no-store"},
        )


def _add_conversation(routes: APIRouter, context: Context) -> None:
    @routes.get("/conversations/{conversation_id}")
    async def read(
        conversation_id: str,
        after: int = Query(0, ge=0, le=_NEWEST),
        before: int | None = Query(None, ge=0, le=_NEWEST),
        signed: SignedIn = Depends(context.agent),
    ) -> dict[str, Any]:
        """All that the desk and the backends know of it."""
        me = signed.person
        known, parts = await asyncio.gather(
            run_in_threadpool(
                conversation.read, context.database, me, conversation_id, after, before
            ),
            context.backends.of_conversation(conversation_id),
        )
        if not conversation.has(me, known["item"]):
            parts = {
                name: part if part == UNAVAILABLE else masked(part) for name, part in parts.items()
            }
        return {**known, **parts}

    @routes.post("/conversations/{conversation_id}/notes", status_code=201)
    def note(
        conversation_id: str, body: NewNote, signed: SignedIn = Depends(context.agent)
    ) -> dict[str, Any]:
        return conversation.add_note(context.database, signed.person, conversation_id, body.text)

    @routes.get(
        "/conversations/{conversation_id}/suggestions", dependencies=[Depends(context.agent)]
    )
    async def suggestions(
        conversation_id: str, q: str = Query("", max_length=1000, regex=STORABLE)
    ) -> list[dict[str, Any]]:
        """What the knowledge base would say to ``q``, else to the customer's last words."""
        asked, language = await run_in_threadpool(
            conversation.last_words, context.database, conversation_id
        )
        words = q.strip() or asked.strip()
        return await context.backends.suggestions(words, language) if words else []
