"""``POST /handoff/hooks/<system>``: the other system says that something happened."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from nightdesk import logs
from nightdesk.backends.service import ServiceError
from nightdesk.desk.handoff.workplace.book import Book
from nightdesk.desk.handoff.workplace.workplace import ForgedError, Workplace

log = logs.get(__name__)

_LARGEST_BODY = 1024 * 1024


def router(workplace: Workplace, book: Book) -> APIRouter:
    """The one door of ``workplace``. It only says where to look: nothing in it is believed."""
    hooks = APIRouter(prefix="/handoff/hooks", include_in_schema=False)

    @hooks.post(f"/{workplace.name}")
    async def happened(request: Request) -> dict[str, str]:
        """Looks at the case that a signed event is about."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST_BODY:
                raise ServiceError(413, "too_large", "This is too large for an event.")
        try:
            external_id = workplace.subject(request.headers, body)
        except ForgedError:
            log.warning("event_forged", workplace=workplace.name)
            raise ServiceError(401, "unauthorized", "The signature is missing or wrong.") from None
        if external_id is not None:
            await run_in_threadpool(book.wake, external_id)
        return {"status": "ok"}

    return hooks
