"""The customer's side of the hand-off: typing, reading, waiting no longer, rating the people."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.service import ServiceError
from nightdesk.desk.courier import Courier
from nightdesk.desk.gate import Gate
from nightdesk.desk.handoff.ownership import ImpossibleError, NobodyError, Owners
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.limits import Rate, Window
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.sessions import Session

_STROKES = Rate(30, 60)
"""So often typing is passed on; what is above it is not an error, only not told."""


class Seen(BaseModel):
    """The newest message that the customer has seen."""

    message_id: int = Field(..., ge=1, le=2**53)


class PeopleRated(BaseModel):
    """What the customer gives the human part; a later one replaces it."""

    score: int = Field(..., ge=0, le=10)
    reason: str = Field("", max_length=1000)


def router(
    gate: Gate, owners: Owners, typing: Typing, courier: Courier, notifier: Notifier
) -> APIRouter:
    """What a customer may ask and tell of the people, under ``/chat``."""
    api = APIRouter(prefix="/chat", tags=["chat"])
    strokes = Window(_STROKES)

    async def visitor(request: Request, session: Session = Depends(gate.visitor)) -> Session:
        await gate.language(session, request)  # refuses what is not kept here
        return session

    @api.get("/owner")
    async def owner(session: Session = Depends(visitor)) -> dict[str, Any]:
        """Who has the conversation; while waiting, the place and the minutes it may take."""
        return await run_in_threadpool(owners.seen_by_customer, session.id)

    @api.post("/typing", status_code=204, response_class=Response)
    async def type_(session: Session = Depends(visitor)) -> None:
        """The customer is writing to the person who has the conversation."""
        if strokes.refuse_for(session.id):
            return
        owned = await run_in_threadpool(owners.of, session.id)
        if owned.state is State.HUMAN:
            await run_in_threadpool(typing.mark, session.id, "customer")
            notifier.notify(session.id)

    @api.post("/read", status_code=204, response_class=Response)
    async def read(seen: Seen, session: Session = Depends(visitor)) -> None:
        """The customer has seen the conversation up to a message."""
        if await run_in_threadpool(owners.read, session.id, "customer", seen.message_id):
            notifier.notify(session.id)

    @api.post("/withdraw")
    async def withdraw(session: Session = Depends(visitor)) -> dict[str, Any]:
        """Wait for a person no longer. 409 when nobody waits."""
        try:
            await run_in_threadpool(owners.withdraw, session.id)
        except ImpossibleError as error:
            raise ServiceError(409, "not_waiting", "You are not waiting for a person.") from error
        notifier.notify(session.id)
        courier.kick(session.id)
        return await run_in_threadpool(owners.seen_by_customer, session.id)

    @api.post("/rating", status_code=201)
    async def rate(rated: PeopleRated, session: Session = Depends(visitor)) -> dict[str, str]:
        """Rate the person who served last. 409 when nobody has."""
        try:
            await run_in_threadpool(owners.rate, session.id, rated.score, rated.reason)
        except NobodyError as error:
            raise ServiceError(409, "nobody_served", "No person has served you yet.") from error
        return {"status": "stored"}

    return api
