"""The tickets contract over HTTP."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, root_validator, validator
from sqlalchemy.orm import Session

from nightdesk.backends.fields import (
    STORABLE,
    Code,
    ConversationId,
    Line,
    Name,
    Phone,
    Remark,
    Words,
    aware,
)
from nightdesk.backends.idempotency import KeyHeader, once
from nightdesk.backends.tickets import service
from nightdesk.backends.tickets.model import Comment, Event, Ticket
from nightdesk.database import Database

NAME = "tickets"
Kind = Literal["complaint", "fault", "handoff", "callback", "system"]
Priority = Literal["low", "normal", "high", "urgent"]
Status = Literal["open", "in_progress", "resolved", "closed"]


class Contact(BaseModel):
    """Whom to call back, as far as it is known."""

    name: Name | None = None
    phone: Phone | None = None
    email: Line | None = None


class NewTicket(BaseModel):
    kind: Kind
    subject: Line
    description: Words
    priority: Priority = "normal"
    customer: Contact = Contact()
    order_no: Code | None = None
    conversation_id: ConversationId
    assignee: Name | None = None
    due_at: datetime | None = None

    @validator("customer", pre=True)
    def known_or_not(cls, value: Any) -> Any:
        return {} if value is None else value

    def columns(self, zone: tzinfo) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "subject": self.subject,
            "description": self.description,
            "priority": self.priority,
            "customer_name": self.customer.name or "",
            "customer_phone": self.customer.phone or "",
            "customer_email": self.customer.email or "",
            "order_no": self.order_no or "",
            "conversation_id": self.conversation_id,
            "assignee": self.assignee or "",
            "due_at": _due(self.due_at, zone),
        }


class TicketChange(BaseModel):
    """What changes; ``assignee`` and ``due_at`` may be set to null. ``by``: who changes it.

    ``outcome``: what came of it, in words for the customer. ``customer``: what is known of whom to
    call back now; the rest stays.
    """

    kind: Kind | None = None
    subject: Line | None = None
    description: Words | None = None
    priority: Priority | None = None
    status: Status | None = None
    assignee: Name | None = None
    due_at: datetime | None = None
    outcome: Remark | None = None
    customer: Contact | None = None
    by: Name | None = None

    @root_validator(pre=True)
    def something(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not set(values) & {*service.CHANGEABLE, "customer"}:
            raise ValueError("nothing to change")
        return values

    def columns(self, zone: tzinfo) -> dict[str, Any]:
        given = self.dict(exclude_unset=True, exclude={"by"})
        given = {name: v for name, v in given.items() if v is not None or name in _CLEARABLE}
        contact = given.pop("customer", {})
        given |= {f"customer_{name}": value for name, value in contact.items() if value}
        if "assignee" in given:
            given["assignee"] = given["assignee"] or ""
        if "due_at" in given:
            given["due_at"] = _due(given["due_at"], zone)
        return given


class NewComment(BaseModel):
    author: Name
    text: Words
    internal: bool = False


_CLEARABLE = ("assignee", "due_at")


def router(database: Database, zone: tzinfo) -> APIRouter:
    """The whole contract; times without an offset are of ``zone``, the merchant's."""
    routes = APIRouter(tags=["tickets"])

    @routes.post("/tickets", status_code=201)
    def create(ticket: NewTicket, key: str | None = KeyHeader) -> JSONResponse:
        """Opens a ticket."""
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                "create",
                ticket,
                lambda: _whole(session, service.create(session, ticket.columns(zone)), zone),
            ).response()

    @routes.get("/tickets")
    def listed(
        conversation_id: str | None = Query(None, max_length=128, regex=STORABLE),
        status: list[Status] = Query([], description="One or several, repeated."),
        priority: Priority | None = None,
        kind: Kind | None = None,
        assignee: str | None = Query(None, max_length=100, regex=STORABLE),
        overdue: bool = False,
        q: str | None = Query(
            None, max_length=100, regex=STORABLE, description="Words of the ticket or its customer"
        ),
        limit: int = Query(50, ge=1, le=200),
        offset: int = Query(0, ge=0, le=1_000_000),
    ) -> dict[str, Any]:
        """A page of tickets, most urgent first, then oldest; ``next_offset`` null at the end."""
        wanted = service.Filter(conversation_id, status, priority, kind, assignee, overdue, q)
        with database.read() as session:
            found, more = service.listed(session, wanted, limit, offset)
            return {
                "tickets": [_view(ticket, zone) for ticket in found],
                "next_offset": offset + limit if more else None,
            }

    @routes.get("/tickets/{ticket_no}")
    def shown(ticket_no: str) -> dict[str, Any]:
        """A ticket with its comments and its history."""
        with database.read() as session:
            return _whole(session, service.find(session, ticket_no), zone)

    @routes.patch("/tickets/{ticket_no}")
    def change(ticket_no: str, change: TicketChange, key: str | None = KeyHeader) -> JSONResponse:
        """Changes fields or moves the status on; 409 ``invalid_transition`` says what may be."""
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                f"change {ticket_no}",
                change.dict(exclude_unset=True),
                lambda: _whole(
                    session,
                    service.change(session, ticket_no, change.columns(zone), change.by or ""),
                    zone,
                ),
                status=200,
            ).response()

    @routes.post("/tickets/{ticket_no}/comments", status_code=201)
    def comment(ticket_no: str, comment: NewComment, key: str | None = KeyHeader) -> JSONResponse:
        """Adds a comment; an ``internal`` one is not for the customer."""
        with database.write() as session:
            return once(
                session,
                NAME,
                key,
                f"comment {ticket_no}",
                comment,
                lambda: _comment(
                    service.comment(
                        session, ticket_no, comment.author, comment.text, comment.internal
                    ),
                    zone,
                ),
            ).response()

    return routes


def _due(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return aware("due_at", moment, zone) if moment else None


def _time(moment: datetime | None, zone: tzinfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _view(ticket: Ticket, zone: tzinfo) -> dict[str, Any]:
    return {
        "ticket_no": ticket.ticket_no,
        "kind": ticket.kind,
        "subject": ticket.subject,
        "description": ticket.description,
        "priority": ticket.priority,
        "status": ticket.status,
        "customer": {
            "name": ticket.customer_name or None,
            "phone": ticket.customer_phone or None,
            "email": ticket.customer_email or None,
        },
        "order_no": ticket.order_no or None,
        "conversation_id": ticket.conversation_id,
        "assignee": ticket.assignee or None,
        "due_at": _time(ticket.due_at, zone),
        "outcome": ticket.outcome or None,
        "created_at": _time(ticket.created_at, zone),
        "updated_at": _time(ticket.updated_at, zone),
        "resolved_at": _time(ticket.resolved_at, zone),
        "closed_at": _time(ticket.closed_at, zone),
    }


def _whole(session: Session, ticket: Ticket, zone: tzinfo) -> dict[str, Any]:
    return {
        **_view(ticket, zone),
        "comments": [_comment(one, zone) for one in service.comments(session, ticket)],
        "events": [_event(one, zone) for one in service.events(session, ticket)],
    }


def _comment(comment: Comment, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": comment.id,
        "author": comment.author,
        "text": comment.text,
        "internal": comment.internal,
        "created_at": _time(comment.created_at, zone),
    }


def _event(event: Event, zone: tzinfo) -> dict[str, Any]:
    return {
        "field": event.field,
        "old": event.old,
        "new": event.new,
        "by": event.by or None,
        "at": _time(event.at, zone),
    }
