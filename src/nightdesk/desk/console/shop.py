"""Orders, appointments and the catalogue: what the people on duty ask of the shop's backends.

Every write is passed on under the page's own ``Idempotency-Key`` and recorded.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Header, Path, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.fields import STORABLE
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console import audit, conversation, items
from nightdesk.desk.console.context import Context
from nightdesk.desk.console.masking import masked
from nightdesk.desk.console.sessions import SignedIn

_CATALOGUE = {
    "products": "orders",
    "branches": "scheduling",
    "services": "scheduling",
    "slots": "scheduling",
}
_KINDS = {"orders": ("orders", "order_no"), "appointments": ("scheduling", "appointment_no")}
KEY: Any = Header(..., alias="Idempotency-Key", min_length=8, max_length=120, regex=STORABLE)
NUMBER: Any = Path(..., min_length=1, max_length=64, regex=STORABLE)
_BODY: Any = Body(...)


def add(routes: APIRouter, context: Context) -> None:
    _add_catalogue(routes, context)
    for kind, (service, number_name) in _KINDS.items():
        _add_kind(routes, context, kind, service, number_name)


def _add_catalogue(routes: APIRouter, context: Context) -> None:
    async def catalogue(request: Request) -> JSONResponse:
        """What the backend answers, with the page's parameters."""
        name = request.url.path.rpartition("/")[2]
        status, content = await context.backends.ask(
            _CATALOGUE[name], "GET", f"/{name}", params=list(request.query_params.multi_items())
        )
        return JSONResponse(content, status)

    for name in _CATALOGUE:
        routes.get(f"/{name}", dependencies=[Depends(context.agent)])(catalogue)


def _add_kind(
    routes: APIRouter, context: Context, kind: str, service: str, number_name: str
) -> None:
    """``kind``, of which ``service`` gives each a number called ``number_name``."""

    async def pass_on(
        signed: SignedIn, action: str, method: str, path: str, body: Any, key: str
    ) -> JSONResponse:
        status, content = await context.backends.ask(
            service, method, path, body=body, key=f"console-{key}"
        )
        if status < 400:
            subject = str(content.get(number_name, ""))
            fields = sorted(body) if isinstance(body, dict) else []
            about = {"conversation_id": content.get("conversation_id"), "fields": fields}
            await run_in_threadpool(record, context, signed, action, subject, {**about, "key": key})
        return JSONResponse(await for_person(context, signed, status, content), status)

    @routes.post(f"/{kind}", status_code=201)
    async def create(
        body: dict[str, Any] = _BODY, key: str = KEY, signed: SignedIn = Depends(context.agent)
    ) -> JSONResponse:
        """In the name of the customer of ``conversation_id``."""
        item = await run_in_threadpool(existing, context, body.get("conversation_id"))
        if kind == "orders":
            body = {"channel": item["channel"], **body}
        return await pass_on(signed, f"{kind}_created", "POST", f"/{kind}", body, key)

    @routes.get(f"/{kind}/{{number}}")
    async def shown(
        number: str = NUMBER, signed: SignedIn = Depends(context.agent)
    ) -> JSONResponse:
        status, content = await context.backends.ask(service, "GET", f"/{kind}/{escaped(number)}")
        return JSONResponse(await for_person(context, signed, status, content), status)

    @routes.patch(f"/{kind}/{{number}}")
    async def change(
        number: str = NUMBER,
        body: dict[str, Any] = _BODY,
        key: str = KEY,
        signed: SignedIn = Depends(context.agent),
    ) -> JSONResponse:
        path = f"/{kind}/{escaped(number)}"
        return await pass_on(signed, f"{kind}_changed", "PATCH", path, body, key)

    @routes.post(f"/{kind}/{{number}}/cancel")
    async def cancel(
        number: str = NUMBER, key: str = KEY, signed: SignedIn = Depends(context.agent)
    ) -> JSONResponse:
        path = f"/{kind}/{escaped(number)}/cancel"
        return await pass_on(signed, f"{kind}_cancelled", "POST", path, None, key)


def escaped(number: str) -> str:
    """``number`` as one part of a path."""
    return quote(number, safe="") if number.strip(".") else "-"


def existing(context: Context, conversation_id: Any) -> items.Item:
    """The conversation for which something is made.

    Raises:
        ServiceError: 422: there is none.
    """
    if isinstance(conversation_id, str) and conversation_id:
        try:
            with context.database.read() as session:
                return items.one(session, conversation_id)
        except ServiceError:
            pass
    raise ServiceError(422, "no_conversation", "conversation_id names no conversation.")


def record(
    context: Context, signed: SignedIn, action: str, subject: str, details: dict[str, Any]
) -> None:
    """One action in the audit."""
    with context.database.write() as session:
        audit.record(session, signed.person.id, action, subject, **details)


async def for_person(
    context: Context, signed: SignedIn, status: int, content: dict[str, Any]
) -> Any:
    """``content`` of a backend, masked unless it belongs to a conversation of this person's."""
    if status >= 400:
        return content

    def theirs() -> bool:
        with context.database.read() as session:
            found = items.heads(session, [str(content.get("conversation_id") or "")])
            return bool(found) and conversation.has(signed.person, found[0])

    return content if await run_in_threadpool(theirs) else masked(content)
