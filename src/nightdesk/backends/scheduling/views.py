"""How the scheduling contract shows what is stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from nightdesk.backends.scheduling.availability import Shop
from nightdesk.backends.scheduling.model import Appointment, Branch, Hold, Service
from nightdesk.backends.scheduling.places import Place


def service_view(service: Service, shop: Shop, branches: list[str], score: float) -> dict[str, Any]:
    return {
        "code": service.code,
        "name": service.name_zh,
        "name_zh": service.name_zh,
        "name_en": service.name_en,
        "duration_min": service.duration_min,
        "price": service.price,
        "currency": shop.currency,
        "capacity": service.capacity,
        "branches": branches,
        "aliases": service.aliases,
        "score": round(score, 3),
    }


def branch_view(branch: Branch, shop: Shop, distance_km: float | None) -> dict[str, Any]:
    return {
        "code": branch.code,
        "name": branch.name_zh,
        "name_zh": branch.name_zh,
        "name_en": branch.name_en,
        "city": branch.city,
        "district": branch.district,
        "address": branch.address_zh,
        "lat": branch.lat,
        "lon": branch.lon,
        "phone": branch.phone,
        "open": f"{branch.opens:%H:%M}",
        "close": f"{branch.closes:%H:%M}",
        "timezone": str(shop.zone),
        "aliases": branch.aliases,
        "distance_km": None if distance_km is None else round(distance_km, 1),
    }


def place_view(place: Place) -> dict[str, Any]:
    return {"name": place.name, "level": place.level, "lat": place.lat, "lon": place.lon}


def offered(session: Session, appointment: Appointment) -> tuple[Service, Branch]:
    """What is booked and where; both rows outlive the catalogue that named them."""
    service = session.get(Service, appointment.service)
    branch = session.get(Branch, appointment.branch)
    assert service is not None
    assert branch is not None
    return service, branch


def appointment_view(session: Session, appointment: Appointment, shop: Shop) -> dict[str, Any]:
    service, branch = offered(session, appointment)
    return {
        "appointment_no": appointment.appointment_no,
        "status": appointment.status,
        "service": service.code,
        "service_name_zh": service.name_zh,
        "service_name_en": service.name_en,
        "branch": branch.code,
        "branch_name_zh": branch.name_zh,
        "branch_name_en": branch.name_en,
        "address": branch.address_zh,
        "branch_phone": branch.phone,
        "start": appointment.start.astimezone(shop.zone).isoformat(),
        "end": appointment.end.astimezone(shop.zone).isoformat(),
        "timezone": str(shop.zone),
        "customer": {"name": appointment.customer_name, "phone": appointment.customer_phone},
        "note": appointment.note,
        "price": appointment.price,
        "currency": shop.currency,
        "conversation_id": appointment.conversation_id,
        "created_at": appointment.created_at.astimezone(shop.zone).isoformat(),
        "updated_at": appointment.updated_at.astimezone(shop.zone).isoformat(),
    }


def hold_view(hold: Hold, shop: Shop) -> dict[str, Any]:
    return {
        "hold_id": hold.hold_id,
        "service": hold.service,
        "branch": hold.branch,
        "start": hold.start.astimezone(shop.zone).isoformat(),
        "end": hold.end.astimezone(shop.zone).isoformat(),
        "expires_at": hold.expires_at.astimezone(shop.zone).isoformat(),
        "conversation_id": hold.conversation_id,
    }
