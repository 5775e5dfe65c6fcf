"""The scheduling contract: branches, free starts, holds and appointments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from actions.backends.client import Client, Refused, Unavailable, money, required
from nightdesk.calendar_links import path


@dataclass(frozen=True)
class Branch:
    """A branch. ``distance``: in km from the place that was asked for, where one was."""

    code: str
    name_zh: str
    name_en: str
    city: str
    address: str
    phone: str
    opens: str
    closes: str
    distance: float | None = None

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name_zh

    def words(self) -> tuple[list[str], list[str]]:
        """What it is called, and where it is."""
        return [self.name_zh, self.name_en], [self.address]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Branch:
        return cls(**data)


@dataclass(frozen=True)
class Place:
    """What words for a place were understood as. ``level``: ``branch``, ``city``, ``district`` …"""

    name: str
    level: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Nearby:
    """The branches, nearest first where ``place`` is known; ``candidates``: what it may be."""

    branches: tuple[Branch, ...]
    place: Place | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A free start of a service at a branch."""

    branch: str
    branch_zh: str
    branch_en: str
    start: datetime

    def branch_name(self, language: str) -> str:
        return self.branch_en if language == "en" and self.branch_en else self.branch_zh

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "start": self.start.isoformat()}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Slot:
        return cls(**{**data, "start": datetime.fromisoformat(data["start"])})


@dataclass(frozen=True)
class Appointment:
    """An appointment as the backend has it. ``status``: booked or cancelled."""

    appointment_no: str
    status: str
    service: str
    service_zh: str
    service_en: str
    branch: str
    branch_zh: str
    branch_en: str
    address: str
    start: datetime
    price: Decimal
    phone: str = ""

    def service_name(self, language: str) -> str:
        return self.service_en if language == "en" and self.service_en else self.service_zh

    def branch_name(self, language: str) -> str:
        return self.branch_en if language == "en" and self.branch_en else self.branch_zh


class Scheduling:
    """The scheduling backend. Every method may raise ``Refused`` or ``Unavailable``.

    ``public_url`` and ``token`` make the links that customers open.
    """

    def __init__(self, client: Client, public_url: str, token: str) -> None:
        self._client = client
        self._public_url = public_url
        self._token = token

    def branches(self, near: str = "", service: str = "", limit: int = 20) -> Nearby:
        """The branches (that do ``service``), nearest first to the place or branch ``near``."""
        body = self._client.get("/branches", near=near[:100] or None, limit=limit)
        found = _nearby(body)
        if not service:
            return found
        at = {"lat": found.place.lat, "lon": found.place.lon} if found.place else {}
        body = self._client.get("/branches", service=service, limit=limit, **at)
        return Nearby(_nearby(body).branches, found.place, found.candidates)

    def slots(
        self, service: str, branch: str, start: datetime, end: datetime, conversation_id: str
    ) -> list[Slot]:
        """The free starts from ``start`` to ``end``, 31 days at most, in order."""
        window = {"from": start.isoformat(), "to": end.isoformat()}
        body = self._client.get(
            "/slots",
            service=service,
            branch=branch,
            conversation_id=conversation_id,
            limit=1000,
            **window,
        )
        return [_slot(one) for one in required(body, "slots", list)]

    def hold(self, service: str, branch: str, start: datetime, conversation_id: str) -> None:
        """Keeps a start for some minutes. Refused as ``book`` is, with ``alternatives``."""
        holding = {
            "service": service,
            "branch": branch,
            "start": start.isoformat(),
            "conversation_id": conversation_id,
        }
        key = f"hold-{conversation_id}-{service}-{branch}-{start.isoformat()}"
        required(self._client.write("POST", "/holds", holding, key), "hold_id", str)

    def book(self, appointment: dict[str, Any], key: str) -> Appointment:
        """Books ``appointment`` (the body of ``POST /appointments``) once for ``key``."""
        booked = _appointment(self._client.write("POST", "/appointments", appointment, key))
        start = datetime.fromisoformat(appointment["start"])
        if (booked.service, booked.start) != (appointment["service"], start):
            raise Unavailable("the answer is another appointment than the one booked")
        return booked

    def of_conversation(self, conversation_id: str) -> list[Appointment]:
        """The appointments made in a conversation, latest start first."""
        body = self._client.get("/appointments", conversation_id=conversation_id)
        return [_appointment(one) for one in required(body, "appointments", list)]

    def find(self, appointment_no: str, phone_tail: str) -> Appointment:
        """The appointment, to who knows the last four digits of its phone; else ``Refused`` 404."""
        path = f"/appointments/{quote(appointment_no, safe='')}"
        return _appointment(self._client.get(path, phone_tail=phone_tail))

    def move(self, appointment_no: str, start: datetime, branch: str, key: str) -> Appointment:
        """Moves an appointment. Refused as ``book`` is."""
        change = {"start": start.isoformat(), "branch": branch}
        path = f"/appointments/{quote(appointment_no, safe='')}"
        moved = _appointment(self._client.write("PATCH", path, change, key))
        if moved.start != start:
            raise Unavailable("the answer has another time than the one asked for")
        return moved

    def cancel(self, appointment_no: str, key: str) -> Appointment:
        path = f"/appointments/{quote(appointment_no, safe='')}/cancel"
        return _appointment(self._client.write("POST", path, {}, key))

    def calendar_link(self, appointment_no: str) -> str:
        """Where the customer gets the appointment as a calendar entry."""
        return self._public_url + path(self._token, appointment_no)


def alternatives(refusal: Refused) -> list[Slot]:
    """The free starts that a refused booking, move or hold carries."""
    return _readable(refusal.details.get("alternatives") or (), _slot)


def _readable(items: Sequence[Any], read: Callable[[Any], Slot]) -> list[Slot]:
    found = []
    for item in items:
        try:
            found.append(read(item))
        except Unavailable:
            continue
    return found


def _nearby(body: Any) -> Nearby:
    place = body.get("place") if isinstance(body, dict) else None
    candidates = body.get("candidates") if isinstance(body, dict) else None
    return Nearby(
        branches=tuple(_branch(one) for one in required(body, "branches", list)),
        place=_place(place) if place else None,
        candidates=tuple(_place(one).name for one in candidates or ()),
    )


def _place(body: Any) -> Place:
    number = (int, float)
    return Place(
        name=str(body.get("name") or "") if isinstance(body, dict) else "",
        level=required(body, "level", str),
        lat=float(required(body, "lat", number)),
        lon=float(required(body, "lon", number)),
    )


def _branch(body: Any) -> Branch:
    distance = body.get("distance_km") if isinstance(body, dict) else None
    return Branch(
        code=required(body, "code", str),
        name_zh=required(body, "name_zh", str),
        name_en=str(body.get("name_en") or ""),
        city=str(body.get("city") or ""),
        address=required(body, "address", str),
        phone=str(body.get("phone") or ""),
        opens=required(body, "open", str),
        closes=required(body, "close", str),
        distance=float(distance) if isinstance(distance, (int, float)) else None,
    )


def _moment(body: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(required(body, name, str))
    except ValueError as error:
        raise Unavailable(f"{name} is no time") from error
    if moment.tzinfo is None:
        raise Unavailable(f"{name} has no offset")
    return moment


def _slot(body: Any) -> Slot:
    return Slot(
        branch=required(body, "branch", str),
        branch_zh=required(body, "branch_name_zh", str),
        branch_en=str(body.get("branch_name_en") or ""),
        start=_moment(body, "start"),
    )


def _appointment(body: Any) -> Appointment:
    customer = body.get("customer") if isinstance(body, dict) else None
    return Appointment(
        appointment_no=required(body, "appointment_no", str),
        status=required(body, "status", str),
        service=required(body, "service", str),
        service_zh=required(body, "service_name_zh", str),
        service_en=str(body.get("service_name_en") or ""),
        branch=required(body, "branch", str),
        branch_zh=required(body, "branch_name_zh", str),
        branch_en=str(body.get("branch_name_en") or ""),
        address=required(body, "address", str),
        start=_moment(body, "start"),
        price=money(body, "price"),
        phone=str(customer.get("phone") or "") if isinstance(customer, dict) else "",
    )
