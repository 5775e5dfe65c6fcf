"""The calendar entry of an appointment, for the customer who was given its signed link."""

from __future__ import annotations

from urllib.parse import quote

import httpx
from fastapi import APIRouter, Query
from starlette.responses import Response

from nightdesk import calendar_links
from nightdesk.backends.service import ServiceError

_TIMEOUT_S = 10.0


def router(client: httpx.AsyncClient, scheduling_url: str, token: str) -> APIRouter:
    """``GET /chat/appointments/{no}.ics``; ``token`` is the backends' and signs the links."""
    api = APIRouter()

    @api.get("/chat/appointments/{appointment_no}.ics", tags=["chat"], response_class=Response)
    async def entry(
        appointment_no: str, signature: str = Query("", alias="token", max_length=64)
    ) -> Response:
        """The appointment as it stands now. 404 for a wrong `token` as for a wrong number."""
        if not calendar_links.valid(token, appointment_no, signature):
            raise _unknown()
        url = f"{scheduling_url}/appointments/{quote(appointment_no, safe='')}.ics"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = await client.get(url, headers=headers, timeout=_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise _unavailable() from error
        if answer.status_code == 404:
            raise _unknown()
        if not answer.is_success:
            raise _unavailable()
        return Response(
            answer.content,
            media_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="appointment.ics"',
                "Cache-Control": "no-store",
            },
        )

    return api


def _unknown() -> ServiceError:
    return ServiceError(404, "not_found", "There is no such appointment.")


def _unavailable() -> ServiceError:
    return ServiceError(503, "unavailable", "The calendar does not answer.")
