"""What is free: starts of a service at a branch, and alternatives to one that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.scheduling import catalogue, hours
from nightdesk.backends.scheduling.model import Appointment, Branch, Hold, Offer, Service
from nightdesk.backends.scheduling.nearest import nearest
from nightdesk.backends.scheduling.places import REACH_KM
from nightdesk.backends.service import ServiceError

SEARCH = timedelta(days=7)
AT_BRANCH = 3
AT_OTHERS = 3


@dataclass(frozen=True)
class Shop:
    """What the rules need to know of the merchant."""

    zone: tzinfo
    currency: str


@dataclass(frozen=True)
class Mine:
    """What does not stand in one's own way: a conversation's holds, the appointment that moves."""

    conversation_id: str | None = None
    appointment_no: str | None = None


@dataclass(frozen=True)
class Slot:
    """A start at which ``free`` more can be taken."""

    service: Service
    branch: Branch
    start: datetime
    free: int
    distance_km: float = 0.0

    @property
    def end(self) -> datetime:
        end: datetime = self.start + duration(self.service)
        return end


def duration(service: Service) -> timedelta:
    return timedelta(minutes=service.duration_min)


def offer(
    session: Session, service_code: str, branch_code: str, lock: bool = False
) -> tuple[Service, Branch]:
    """A service and the branch that does it; ``lock``: no other booking of it until the commit.

    Raises:
        ServiceError: 404 for a code that does not exist, 422 when it is not done at that branch.
    """
    service = session.get(Service, service_code)
    if service is None or not service.active:
        raise ServiceError(404, "unknown_service", "There is no such service.")
    branch = session.get(Branch, branch_code)
    if branch is None or not branch.active:
        raise ServiceError(404, "unknown_branch", "There is no such branch.")
    row = select(Offer).where(
        Offer.service == service_code, Offer.branch == branch_code, Offer.active.is_(True)
    )
    if session.scalars(row.with_for_update() if lock else row).first() is None:
        raise ServiceError(
            422,
            "not_at_this_branch",
            "This branch does not do that service.",
            branches=catalogue.offering(session, service_code),
        )
    return service, branch


def taken(
    session: Session, service: Service, branch: Branch, span: hours.Span, mine: Mine
) -> list[hours.Span]:
    """What is booked or held of an offer in ``span``, ``mine`` left out."""
    booked = select(Appointment.start, Appointment.end).where(
        Appointment.service == service.code,
        Appointment.branch == branch.code,
        Appointment.status == "booked",
        Appointment.start < span[1],
        Appointment.end > span[0],
    )
    if mine.appointment_no:
        booked = booked.where(Appointment.appointment_no != mine.appointment_no)
    held = select(Hold.start, Hold.end).where(
        Hold.service == service.code,
        Hold.branch == branch.code,
        Hold.expires_at > clock.now(),
        Hold.start < span[1],
        Hold.end > span[0],
    )
    if mine.conversation_id:
        held = held.where(Hold.conversation_id != mine.conversation_id)
    return [(start, end) for query in (booked, held) for start, end in session.execute(query)]


def free(session: Session, service: Service, branch: Branch, start: datetime, mine: Mine) -> int:
    """How many more can be taken for the whole of the service from ``start`` on; 0: none."""
    span = (start, start + duration(service))
    busy = hours.peak(taken(session, service, branch, span, mine), span)
    return max(0, int(service.capacity) - busy)


def possible(
    service: Service, branch: Branch, span: hours.Span, zone: tzinfo
) -> Iterator[datetime]:
    """The future starts in ``span`` that the branch's hours allow, taken or not."""
    now = clock.now()
    for opening in hours.openings(span, branch.opens, branch.closes, zone):
        for start in hours.starts(opening, duration(service)):
            if span[0] <= start < span[1] and start > now:
                yield start


def slots(
    session: Session, shop: Shop, service: Service, branch: Branch, span: hours.Span, mine: Mine
) -> list[Slot]:
    """The free starts in ``span``, in order."""
    wide = (span[0], span[1] + duration(service))
    busy = taken(session, service, branch, wide, mine)
    found = []
    for start in possible(service, branch, span, shop.zone):
        room = service.capacity - hours.peak(busy, (start, start + duration(service)))
        if room > 0:
            found.append(Slot(service, branch, start, room))
    return found


def alternatives(
    session: Session, shop: Shop, service: Service, branch: Branch, wanted: datetime, mine: Mine
) -> list[Slot]:
    """Free starts next to ``wanted`` at the branch, then the nearest one at branches in reach."""
    wanted = max(wanted, clock.now())
    span = (wanted - SEARCH, wanted + SEARCH)

    def nearest_first(place: Branch) -> list[Slot]:
        return sorted(
            slots(session, shop, service, place, span, mine),
            key=lambda slot: abs(slot.start - wanted),
        )

    found = nearest_first(branch)[:AT_BRANCH]
    codes = set(catalogue.offering(session, service.code)) - {branch.code}
    others = [place for place in catalogue.all_branches(session) if place.code in codes]
    for place, away in nearest(others, (branch.lat, branch.lon))[:AT_OTHERS]:
        if away <= REACH_KM:
            for slot in nearest_first(place)[:1]:
                found.append(Slot(service, place, slot.start, slot.free, round(away, 1)))
    return found


def slot_view(slot: Slot, shop: Shop) -> dict[str, object]:
    """A slot as the contract shows it."""
    return {
        "service": slot.service.code,
        "branch": slot.branch.code,
        "branch_name_zh": slot.branch.name_zh,
        "branch_name_en": slot.branch.name_en,
        "start": slot.start.astimezone(shop.zone).isoformat(),
        "end": slot.end.astimezone(shop.zone).isoformat(),
        "free": slot.free,
        "distance_km": slot.distance_km,
    }
