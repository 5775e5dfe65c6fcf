"""The chat contract, and Rasa's own REST format beside it for existing widgets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field, root_validator
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from nightdesk.desk import words
from nightdesk.desk.gate import Gate, bearer, language_of, refused, session_over
from nightdesk.desk.live import Live
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.sessions import Session
from nightdesk.desk.store import PAGE

_NEWEST = 2**53


class NewSession(BaseModel):
    """Where the customer comes from, and which language the page shows."""

    channel: str = Field("web", regex=r"\A[a-z0-9_-]{1,32}\Z")
    lang: str | None = Field(None, max_length=35)


class NewMessage(BaseModel):
    """What the customer typed, or the payload of the button pressed: one of the two."""

    text: str | None = None
    payload: str | None = Field(None, max_length=64)
    client_message_id: str = Field(..., regex=r"\A[\w.:-]{1,64}\Z")

    @root_validator(skip_on_failure=True)
    def one_of_two(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["text"] is None) == (values["payload"] is None):
            raise ValueError("give either text or payload")
        return values


class RestMessage(BaseModel):
    """A message in the format of Rasa's REST channel; ``sender`` is the session's token."""

    sender: str | None = None
    message: str | None = None


def router(gate: Gate, live: Live, notifier: Notifier, options: Options) -> APIRouter:
    """``/chat/*`` but for the shop, and ``/webhooks/rest/*``."""
    api = APIRouter()
    store = gate.store

    def listener(
        request: Request,
        given: HTTPAuthorizationCredentials | None = Depends(bearer),
        token: str = Query("", description="For `EventSource`, which sends no headers."),
    ) -> Session:
        return gate.session(given.credentials if given else token, request)

    @api.post("/chat/sessions", status_code=201, tags=["chat"])
    async def open_session(request: Request, wanted: NewSession) -> dict[str, Any]:
        """Begin a conversation."""
        gate.admit_session(request)
        language = (wanted.lang or "").lower().split("-")[0]
        known = language if language in words.LANGUAGES else language_of(request)
        conversation_id = await run_in_threadpool(store.open, wanted.channel, known)
        token, session = gate.tokens.issue(conversation_id)
        return {
            "session_id": session.id,
            "token": token,
            "expires_at": session.expires_at.isoformat(),
        }

    @api.post("/chat/messages", tags=["chat"])
    async def send(
        request: Request, message: NewMessage, session: Session = Depends(gate.visitor)
    ) -> dict[str, Any]:
        """Say something. The same `client_message_id` again gets the first one's answer."""
        outcome = await gate.take(
            session,
            request,
            typed=message.text,
            button=message.payload,
            client_message_id=message.client_message_id,
        )
        return {"status": outcome.status, "messages": outcome.lines}

    @api.get("/chat/messages", tags=["chat"])
    async def transcript(
        request: Request,
        after: int = Query(0, ge=0, le=_NEWEST),
        session: Session = Depends(gate.visitor),
    ) -> dict[str, Any]:
        """What was said after the message `after`, by all sides. `more`: ask again after the last
        of these."""
        await gate.language(session, request)
        lines = await run_in_threadpool(store.transcript, session.id, after, PAGE + 1)
        status = await run_in_threadpool(store.status, session.id)
        return {"status": status, "messages": lines[:PAGE], "more": len(lines) > PAGE}

    @api.get("/chat/events", tags=["chat"], response_class=EventSourceResponse)
    async def events(
        request: Request,
        after: int = Query(0, ge=0, le=_NEWEST),
        last_event_id: str | None = Header(None),
        session: Session = Depends(listener),
    ) -> EventSourceResponse:
        """Each message as it is written: `event: message`, its id, the message as JSON; who has
        the conversation, at first and when it changes: `event: status`, as `/chat/owner`; that the
        person is typing: `event: typing`; how far they have read: `event: read`.

        Begins after `Last-Event-ID`, else after `after`.
        """
        language = await gate.language(session, request)
        if notifier.listeners(session.id) >= options.most_listeners:
            raise refused(429, "too_fast", language, seconds=10)
        seen = last_event_id or ""
        start = min(int(seen), _NEWEST) if re.fullmatch("[0-9]{1,20}", seen) else after

        async def stream() -> AsyncIterator[ServerSentEvent]:
            with notifier.listen(session.id) as change:
                async for event in live.stream(session, start, change):
                    yield event

        return EventSourceResponse(
            stream(), ping=options.heartbeat, headers={"Cache-Control": "no-cache"}
        )

    @api.get("/webhooks/rest/", tags=["rest"])
    async def rest_health() -> dict[str, str]:
        """As Rasa's REST channel says it."""
        return {"status": "ok"}

    @api.post("/webhooks/rest/webhook", tags=["rest"])
    async def rest(request: Request, message: RestMessage) -> list[dict[str, Any]]:
        """Rasa's REST channel, with the session's token as `sender`.

        Answers that came late are given with those of the next message.
        """
        if not message.sender:
            raise session_over(language_of(request))
        session = gate.session(message.sender, request)
        typed = message.message or ""
        if await run_in_threadpool(store.is_button, session.id, typed):
            await gate.take(session, request, button=typed)
        else:
            await gate.take(session, request, typed=typed)
        return [
            {
                "recipient_id": message.sender,
                **{name: line[name] for name in ("text", "image", "buttons") if name in line},
            }
            for line in await run_in_threadpool(store.collect, session.id)
        ]

    return api
