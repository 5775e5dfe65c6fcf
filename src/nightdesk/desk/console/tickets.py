"""Tickets: found, given to somebody, commented, resolved with a word to the customer."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, root_validator
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.masking import masked
from nightdesk.desk.console.sessions import SignedIn
from nightdesk.desk.console.shop import KEY, NUMBER, escaped, existing, for_person, record
from nightdesk.desk.handoff import outcome

PAGE = 50
Kind = Literal["complaint", "fault", "handoff", "callback", "system"]
Status = Literal["open", "in_progress", "resolved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
_BODY: Any = Body(...)
_RECORDED = ("kind", "status", "priority", "assignee", "outcome", "internal", "conversation_id")


class TicketChange(BaseModel):
    """``assignee``: an account's login, null for nobody. ``outcome``: for the customer."""

    status: Status | None = None
    priority: Priority | None = None
    assignee: str | None = Field(None, max_length=64)
    outcome: str | None = Field(None, max_length=2000, regex=STORABLE)

    @root_validator(pre=True)
    def something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not set(values) & {"status", "priority", "assignee", "outcome"}:
            raise ValueError("nothing to change")
        return values


class NewComment(BaseModel):
    text: str = Field(..., min_length=1, max_length=4000, regex=STORABLE)
    internal: bool = True


def add(routes: APIRouter, context: Context) -> None:
    _add_reads(routes, context)
    _add_writes(routes, context)


def _add_reads(routes: APIRouter, context: Context) -> None:
    @routes.get("/tickets", dependencies=[Depends(context.agent)])
    async def listed(
        status: list[Status] = Query([]),
        kind: Kind | None = None,
        q: str = Query("", max_length=100, regex=STORABLE),
        assignee: str | None = Query(None, max_length=64, regex=STORABLE),
        overdue: bool = False,
        page: int = Query(1, ge=1, le=10_000),
    ) -> dict[str, Any]:
        """A page of tickets, most urgent, then oldest first; phones are masked."""
        wanted = {"kind": kind, "q": q.strip(), "assignee": assignee}
        params: list[tuple[str, Any]] = [
            *((name, value) for name, value in wanted.items() if value),
            *(("status", one) for one in status),
            ("overdue", str(overdue).lower()),
            ("limit", PAGE),
            ("offset", (page - 1) * PAGE),
        ]
        code, content = await context.backends.ask("tickets", "GET", "/tickets", params=params)
        if code != 200 or not isinstance(content.get("tickets"), list):
            raise ServiceError(503, "unavailable", "The tickets do not answer.")
        return {
            "tickets": masked(content["tickets"]),
            "page": page,
            "more": content.get("next_offset") is not None,
        }

    @routes.get("/tickets/{number}")
    async def shown(
        number: str = NUMBER, signed: SignedIn = Depends(context.agent)
    ) -> JSONResponse:
        """A ticket with its comments and events."""
        path = f"/tickets/{escaped(number)}"
        status, content = await context.backends.ask("tickets", "GET", path)
        return JSONResponse(await for_person(context, signed, status, content), status)


def _add_writes(routes: APIRouter, context: Context) -> None:
    @routes.post("/tickets", status_code=201)
    async def create(
        body: dict[str, Any] = _BODY, key: str = KEY, signed: SignedIn = Depends(context.agent)
    ) -> JSONResponse:
        await run_in_threadpool(existing, context, body.get("conversation_id"))
        return await pass_on(signed, "ticket_created", "POST", "/tickets", body, key)

    @routes.patch("/tickets/{number}")
    async def change(
        body: TicketChange,
        number: str = NUMBER,
        key: str = KEY,
        signed: SignedIn = Depends(context.agent),
    ) -> JSONResponse:
        """Resolving with an outcome tells the customer, once."""
        given = body.dict(exclude_unset=True)
        if given.get("assignee"):
            person = await run_in_threadpool(context.accounts.find, given["assignee"])
            given["assignee"] = person.login
        given["by"] = signed.person.name
        path = f"/tickets/{escaped(number)}"
        return await pass_on(signed, "ticket_changed", "PATCH", path, given, key)

    @routes.post("/tickets/{number}/comments", status_code=201)
    async def comment(
        body: NewComment,
        number: str = NUMBER,
        key: str = KEY,
        signed: SignedIn = Depends(context.agent),
    ) -> JSONResponse:
        """For the colleagues, unless ``internal`` is false: then who asks for progress is told."""
        path = f"/tickets/{escaped(number)}/comments"
        given = {**body.dict(), "author": signed.person.name}
        return await pass_on(signed, "ticket_commented", "POST", path, given, key, number)

    async def pass_on(
        signed: SignedIn,
        action: str,
        method: str,
        path: str,
        body: dict[str, Any],
        key: str,
        number: str = "",
    ) -> JSONResponse:
        status, content = await context.backends.ask(
            "tickets", method, path, body=body, key=f"console-{key}"
        )
        if status >= 400:
            return JSONResponse(content, status)
        subject = str(content.get("ticket_no") or number)
        details = {name: body[name] for name in body if name in _RECORDED}
        await run_in_threadpool(record, context, signed, action, subject, details)
        if method != "PATCH":
            return JSONResponse(await for_person(context, signed, status, content), status)
        told = await run_in_threadpool(outcome.tell, context.database, content)
        if told:
            context.notifier.notify(content["conversation_id"])
        shown = await for_person(context, signed, status, content)
        return JSONResponse({**shown, "told": told}, status)
