"""The scheduling contract over HTTP: appointments and holds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, root_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.backends.fields import (
    PHONE_TAIL,
    STORABLE,
    Code,
    ConversationId,
    Customer,
    Remark,
)
from nightdesk.backends.idempotency import KeyHeader, once
from nightdesk.backends.scheduling import ics, service, views
from nightdesk.backends.scheduling.availability import Shop
from nightdesk.backends.scheduling.model import Appointment
from nightdesk.backends.scheduling.views import appointment_view, hold_view
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database

NAME = "scheduling"
_TAIL = Query(None, regex=PHONE_TAIL, description="The last four digits of the phone")
_CONVERSATION = Query(None, min_length=1, max_length=128, regex=STORABLE)


class Booking(BaseModel):
    service: Code
    branch: Code
    start: datetime
    customer: Customer
    note: Remark = Remark("")
    conversation_id: ConversationId


class Holding(BaseModel):
    service: Code
    branch: Code
    start: datetime
    conversation_id: ConversationId


class Change(BaseModel):
    start: datetime | None = None
    branch: Code | None = None
    note: Remark | None = None

    @root_validator(skip_on_failure=True)
    def something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if all(value is None for value in values.values()):
            raise ValueError("nothing to change")
        return values


def add(routes: APIRouter, database: Database, shop: Shop) -> None:
    """Add the endpoints of appointments and holds to ``routes``."""

    @routes.post("/appointments", status_code=201)
    def book(booking: Booking, key: str | None = KeyHeader) -> JSONResponse:
        """Books. 409 ``slot_taken`` and 422 ``outside_hours`` carry ``alternatives``."""
        wish = service.Wish(
            service=booking.service,
            branch=booking.branch,
            start=booking.start,
            customer_name=booking.customer.name,
            customer_phone=booking.customer.phone,
            conversation_id=booking.conversation_id,
            note=booking.note,
        )
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                "book",
                booking,
                lambda: appointment_view(session, service.book(session, shop, wish), shop),
            ).response()

    @routes.get("/appointments")
    def listed(
        conversation_id: str | None = _CONVERSATION,
        branch: str | None = Query(None, max_length=64, regex=STORABLE),
        status: str | None = Query(None, regex="^(booked|cancelled)$"),
        limit: int = Query(50, ge=1, le=200),
        offset: int = Query(0, ge=0, le=1_000_000),
    ) -> dict[str, Any]:
        """Appointments by start, the latest first, of a conversation or of a branch."""
        rows = select(Appointment).order_by(Appointment.start.desc(), Appointment.appointment_no)
        for column, value in (
            (Appointment.conversation_id, conversation_id),
            (Appointment.branch, branch),
            (Appointment.status, status),
        ):
            if value is not None:
                rows = rows.where(column == value)
        with database.read() as session:
            found = session.scalars(rows.offset(offset).limit(limit)).all()
            return {"appointments": [appointment_view(session, one, shop) for one in found]}

    # Before the next one, which would take "AP….ics" for a number.
    @routes.get("/appointments/{appointment_no}.ics", response_class=Response)
    def calendar(appointment_no: str, phone_tail: str | None = _TAIL) -> Response:
        """The appointment as a calendar entry."""
        with _opened(database, phone_tail) as session:
            found = _shown(session, appointment_no, phone_tail)
            body = found and ics.icalendar(found, *views.offered(session, found))
        headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
        return Response(_or_404(body), media_type="text/calendar; charset=utf-8", headers=headers)

    @routes.get("/appointments/{appointment_no}")
    def shown(appointment_no: str, phone_tail: str | None = _TAIL) -> dict[str, Any]:
        """An appointment. A wrong ``phone_tail`` is 404, five in a row lock it for a while (409).
        Without ``phone_tail``: for services that have proved who asks."""
        with _opened(database, phone_tail) as session:
            found = _shown(session, appointment_no, phone_tail)
            view = found and appointment_view(session, found, shop)
        return dict(_or_404(view))

    @routes.patch("/appointments/{appointment_no}")
    def change(appointment_no: str, change: Change, key: str | None = KeyHeader) -> JSONResponse:
        """Moves it to another start or branch, or changes the note; errors as when booking."""
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                f"change {appointment_no}",
                change,
                lambda: appointment_view(
                    session,
                    service.change(
                        session, shop, appointment_no, change.start, change.branch, change.note
                    ),
                    shop,
                ),
                status=200,
            ).response()

    @routes.post("/appointments/{appointment_no}/cancel")
    def cancel(appointment_no: str, key: str | None = KeyHeader) -> JSONResponse:
        """Cancels; of a cancelled one, the same answer again."""
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                f"cancel {appointment_no}",
                None,
                lambda: appointment_view(session, service.cancel(session, appointment_no), shop),
                status=200,
            ).response()

    @routes.post("/holds", status_code=201)
    def hold(holding: Holding) -> dict[str, Any]:
        """Keeps a start for a few minutes for the conversation; errors as when booking."""
        with database.write() as session:
            kept = service.hold(
                session,
                shop,
                holding.service,
                holding.branch,
                holding.start,
                holding.conversation_id,
            )
            return hold_view(kept, shop)

    @routes.delete("/holds/{hold_id}", status_code=204, response_class=Response)
    def release(
        hold_id: str = Path(..., regex="^[0-9a-f]{32}$"),
        conversation_id: str = Query(..., max_length=128, regex=STORABLE),
    ) -> Response:
        """Gives it back before its time."""
        with database.write() as session:
            service.release(session, hold_id, conversation_id)
        return Response(status_code=204)


def _opened(database: Database, phone_tail: str | None) -> AbstractContextManager[Session]:
    """A session to read in, or to write in when a miss has to be counted."""
    return database.read() if phone_tail is None else database.write()


def _shown(session: Session, number: str, phone_tail: str | None) -> Appointment | None:
    if phone_tail is None:
        return service.find(session, number)
    return service.owned(session, number, phone_tail)


def _or_404(value: Any) -> Any:
    """``value``, once the transaction that counted a miss is committed."""
    if value is None:
        raise ServiceError(404, "not_found", "There is no such appointment.")
    return value
