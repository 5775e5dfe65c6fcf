"""Booking, holding, moving and cancelling: the rules, inside a transaction that the caller opens.

Whoever writes locks the row of the service at the branch first (``availability.offer``), then
counts, then writes: two bookings of one offer follow one another, so its capacity holds.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.backends import numbers
from nightdesk.backends.fields import aware
from nightdesk.backends.scheduling import availability, hours
from nightdesk.backends.scheduling.availability import Mine, Shop, duration
from nightdesk.backends.scheduling.model import Appointment, Branch, Hold, Service
from nightdesk.backends.service import ServiceError

PREFIX = "AP"
HORIZON = timedelta(days=180)
HOLD = timedelta(minutes=5)
HOLDS_OF_A_CONVERSATION = 3
MISSES = 5
LOCKED = timedelta(minutes=15)

log = logs.get(__name__)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to book. ``start``: aware, or local to the merchant."""

    service: str
    branch: str
    start: datetime
    customer_name: str
    customer_phone: str
    conversation_id: str
    note: str = ""


def book(session: Session, shop: Shop, wish: Wish) -> Appointment:
    """A new appointment; the conversation's holds that overlap it are given back.

    Raises:
        ServiceError: 404 ``unknown_service``, ``unknown_branch``; 422 ``not_at_this_branch``,
            ``in_the_past``, ``too_far_ahead``, ``outside_hours``, ``no_such_start``; 409
            ``slot_taken``. With ``details.alternatives`` where there are any.
    """
    service, branch = availability.offer(session, wish.service, wish.branch, lock=True)
    start = aware("start", wish.start, shop.zone)
    mine = Mine(conversation_id=wish.conversation_id)
    _must_be_free(session, shop, service, branch, start, mine)
    now = clock.now()
    appointment = Appointment(
        appointment_no=numbers.new(PREFIX),
        service=service.code,
        branch=branch.code,
        start=start,
        end=start + duration(service),
        status="booked",
        customer_name=wish.customer_name,
        customer_phone=wish.customer_phone,
        note=wish.note,
        conversation_id=wish.conversation_id,
        price=service.price,
        revision=0,
        misses=0,
        created_at=now,
        updated_at=now,
    )
    session.add(appointment)
    session.flush()
    _give_back(session, appointment)
    log.info("appointment_booked", appointment_no=appointment.appointment_no)
    return appointment


def hold(
    session: Session, shop: Shop, service_code: str, branch_code: str, start: datetime, owner: str
) -> Hold:
    """Keeps a start for the conversation ``owner`` for ``HOLD``; again for the same: prolongs it.

    A conversation has a few holds at most: the oldest makes room. Raises as ``book`` does.
    """
    service, branch = availability.offer(session, service_code, branch_code, lock=True)
    start = aware("start", start, shop.zone)
    _must_be_free(session, shop, service, branch, start, Mine(conversation_id=owner))
    now = clock.now()
    session.execute(
        delete(Hold).where(
            Hold.service == service.code, Hold.branch == branch.code, Hold.expires_at <= now
        )
    )
    own: list[Hold] = list(
        session.scalars(
            select(Hold)
            .where(Hold.conversation_id == owner, Hold.expires_at > now)
            .order_by(Hold.created_at)
        )
    )
    for kept in own:
        if (kept.service, kept.branch, kept.start) == (service.code, branch.code, start):
            kept.expires_at = now + HOLD
            return kept
    for oldest in own[: max(0, len(own) - HOLDS_OF_A_CONVERSATION + 1)]:
        session.delete(oldest)
    held = Hold(
        hold_id=secrets.token_hex(16),
        service=service.code,
        branch=branch.code,
        start=start,
        end=start + duration(service),
        conversation_id=owner,
        created_at=now,
        expires_at=now + HOLD,
    )
    session.add(held)
    session.flush()
    return held


def release(session: Session, hold_id: str, owner: str) -> None:
    """Gives a hold back. Raises ServiceError 404 when ``owner`` has no such hold."""
    held = session.get(Hold, hold_id)
    if held is None or held.conversation_id != owner:
        raise ServiceError(404, "not_found", "There is no such hold.")
    session.delete(held)


def find(session: Session, number: str, lock: bool = False) -> Appointment:
    """The appointment of a number, however it was typed. Raises ServiceError 404."""
    row = select(Appointment).where(Appointment.appointment_no == numbers.read(number))
    found = session.scalars(row.with_for_update() if lock else row)
    appointment: Appointment | None = found.first()
    if appointment is None:
        raise ServiceError(404, "not_found", "There is no such appointment.")
    return appointment


def owned(session: Session, number: str, phone_tail: str) -> Appointment | None:
    """The appointment, if ``phone_tail`` ends its phone number; None after a miss.

    The caller commits what a miss counted, and answers it like a number that does not exist.

    Raises:
        ServiceError: 404; 409 ``locked`` for a while after ``MISSES`` misses in a row.
    """
    appointment = find(session, number, lock=True)
    now = clock.now()
    until = (appointment.missed_at or now) + LOCKED
    if now >= until:
        appointment.misses, appointment.missed_at = 0, None
    if appointment.misses >= MISSES:
        raise ServiceError(409, "locked", "Too many wrong phone numbers.", until=until.isoformat())
    if not tail_matches(appointment, phone_tail):
        appointment.misses += 1
        appointment.missed_at = now
        log.warning("phone_tail_missed", appointment_no=number, misses=appointment.misses)
        return None
    appointment.misses, appointment.missed_at = 0, None
    return appointment


def tail_matches(appointment: Appointment, phone_tail: str) -> bool:
    digits = "".join(filter(str.isdigit, appointment.customer_phone))
    return digits[-4:] == phone_tail


def change(
    session: Session,
    shop: Shop,
    number: str,
    start: datetime | None = None,
    branch: str | None = None,
    note: str | None = None,
) -> Appointment:
    """Moves an appointment to another start or branch, or changes its note. Raises as ``book``.

    Raises:
        ServiceError: 409 ``cancelled`` or ``already_past`` when it cannot be changed any more.
    """
    appointment = _changeable(session, number)
    if start is not None or branch is not None:
        service, place = availability.offer(
            session, appointment.service, branch or appointment.branch, lock=True
        )
        begin = appointment.start if start is None else aware("start", start, shop.zone)
        if (begin, place.code) != (appointment.start, appointment.branch):
            mine = Mine(appointment.conversation_id, appointment.appointment_no)
            _must_be_free(session, shop, service, place, begin, mine)
            appointment.start, appointment.end = begin, begin + duration(service)
            appointment.branch = place.code
            session.flush()
            _give_back(session, appointment)
    if note is not None:
        appointment.note = note
    return _changed(appointment, "appointment_changed")


def cancel(session: Session, number: str) -> Appointment:
    """Cancels an appointment; again: nothing. Raises ServiceError 409 ``already_past``."""
    appointment = find(session, number, lock=True)
    if appointment.status == "cancelled":
        return appointment
    appointment = _changeable(session, number)
    appointment.status = "cancelled"
    return _changed(appointment, "appointment_cancelled")


def _changeable(session: Session, number: str) -> Appointment:
    appointment = find(session, number, lock=True)
    if appointment.status == "cancelled":
        raise ServiceError(409, "cancelled", "The appointment has been cancelled.")
    if appointment.start <= clock.now():
        raise ServiceError(409, "already_past", "The appointment has begun or is over.")
    return appointment


def _changed(appointment: Appointment, event: str) -> Appointment:
    appointment.revision += 1
    appointment.updated_at = clock.now()
    log.info(event, appointment_no=appointment.appointment_no)
    return appointment


def _must_be_free(
    session: Session, shop: Shop, service: Service, branch: Branch, start: datetime, mine: Mine
) -> None:
    problem = _problem(shop, service, branch, start)
    if problem is None:
        if availability.free(session, service, branch, start, mine) > 0:
            return
        problem = (409, "slot_taken", "That time is taken.")
    wanted = min(start, clock.now() + HORIZON)
    others = availability.alternatives(session, shop, service, branch, wanted, mine)
    raise ServiceError(
        *problem,
        opens=f"{branch.opens:%H:%M}",
        closes=f"{branch.closes:%H:%M}",
        alternatives=[availability.slot_view(slot, shop) for slot in others],
    )


def _problem(
    shop: Shop, service: Service, branch: Branch, start: datetime
) -> tuple[int, str, str] | None:
    now = clock.now()
    if start <= now:
        return 422, "in_the_past", "That time is over."
    if start > now + HORIZON:
        return 422, "too_far_ahead", f"Bookings are taken {HORIZON.days} days ahead."
    span = (start, start + duration(service))
    open_then = [
        opening
        for opening in hours.openings(span, branch.opens, branch.closes, shop.zone)
        if opening[0] <= span[0] and span[1] <= opening[1]
    ]
    if not open_then:
        return 422, "outside_hours", "The branch is not open for all of that time."
    if not any(start in hours.starts(opening, duration(service)) for opening in open_then):
        minutes = int(hours.STEP.total_seconds() // 60)
        return 422, "no_such_start", f"Appointments start every {minutes} minutes from opening."
    return None


def _give_back(session: Session, appointment: Appointment) -> None:
    """The conversation's holds that its appointment makes needless."""
    session.execute(
        delete(Hold)
        .where(
            Hold.conversation_id == appointment.conversation_id,
            Hold.service == appointment.service,
            Hold.branch == appointment.branch,
            Hold.start < appointment.end,
            Hold.end > appointment.start,
        )
        .execution_options(synchronize_session=False)
    )
