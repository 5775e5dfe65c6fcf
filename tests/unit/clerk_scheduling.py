"""The services and the calendar of a small shop, for conversations without a backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from actions.backends.catalogue import Service
from actions.backends.client import Refused
from actions.backends.scheduling import Appointment, Branch, Nearby, Place, Slot


class FakeCatalogue:
    services = (
        Service("basic", "小保养", "Basic maintenance", "399", 60),
        Service("brake", "刹车检修", "Brake service", "198", 90),
        Service("drive", "试驾", "Test drive", "0", 45),
    )

    def search(self, query: str) -> list[Service]:
        return [one for one in self.services if one.name_zh in query]

    def all(self) -> list[Service]:
        return list(self.services)

    def find(self, code: str) -> Service | None:
        return next((one for one in self.services if one.code == code), None)


ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=ZONE)
"""A Tuesday night, the time of conversations about appointments."""


def branch(code: str, name: str, distance: float | None = None) -> Branch:
    return Branch(
        code,
        name,
        code.title(),
        name[:2],
        f"{name[:2]}市某路1号",
        "021-1",
        "09:00",
        "20:30",
        distance,
    )


@dataclass
class FakeScheduling:
    """Two branches in Shanghai and one in Xi'an, free on the hour from 9 to 19 but for ``full``.

    ``failing``: what the next writes of appointments raise, one each; ``unable``: the branches
    that do none of the services.
    """

    full: set[datetime] = field(default_factory=set)
    unable: set[str] = field(default_factory=set)
    failing: list[Exception] = field(default_factory=list)
    booked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    held: list[tuple[str, datetime]] = field(default_factory=list)
    own: list[Appointment] = field(default_factory=list)
    others: list[Appointment] = field(default_factory=list)
    moved: list[tuple[str, datetime, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    all_branches = ("SH-PD", "上海浦东店"), ("SH-MH", "上海闵行店"), ("XA-YT", "西安雁塔店")

    def branches(self, near: str = "", service: str = "", limit: int = 20) -> Nearby:
        able = [one for one in self.all_branches if not (service and one[0] in self.unable)]

        def from_(nearest: str, first: float) -> tuple[Branch, ...]:
            ordered = sorted(able, key=lambda one: one[0] != nearest)
            return tuple(branch(*one, first + 16.0 * index) for index, one in enumerate(ordered))

        for code, name in self.all_branches:
            if code in near or name in near or name[2:] in near:
                return Nearby(from_(code, 0.0), Place(name, "branch", 31, 121))
        if "张江" in near:
            return Nearby(from_("SH-PD", 5.6), Place("上海市浦东新区张江镇", "township", 31, 121))
        if "上海" in near:
            return Nearby(from_("SH-PD", 10), Place("上海市", "province", 31, 121))
        if "哈尔滨" in near:
            return Nearby(from_("XA-YT", 1500), Place("哈尔滨市", "city", 45, 126))
        everywhere = tuple(branch(*one) for one in able)
        if "朝阳" in near:
            return Nearby(everywhere, None, ("北京市朝阳区", "辽宁省朝阳市"))
        return Nearby(everywhere)

    def _free(self, start: datetime) -> bool:
        local = start.astimezone(ZONE)
        return 9 <= local.hour <= 19 and local.minute == 0 and start not in self.full

    def slots(
        self, service: str, branch: str, start: datetime, end: datetime, conversation_id: str
    ) -> list[Slot]:
        if branch in self.unable:
            raise Refused(422, "not_at_this_branch", "", {})
        at = start.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
        hours = (at + timedelta(hours=index) for index in range(24 * 40))
        return [self._slot(branch, one) for one in hours if start <= one < end and self._free(one)]

    def _slot(self, code: str, start: datetime) -> Slot:
        return Slot(code, dict(self.all_branches)[code], code.title(), start)

    def hold(self, service: str, branch: str, start: datetime, conversation_id: str) -> None:
        if branch in self.unable:
            raise Refused(422, "not_at_this_branch", "", {})
        if not self._free(start):
            self.refuse(branch, start)
        self.held.append((branch, start))

    def refuse(self, branch: str, start: datetime) -> None:
        local = start.astimezone(ZONE)
        inside = 9 <= local.hour <= 19
        status, code = (409, "slot_taken") if inside else (422, "outside_hours")
        near = [local.replace(hour=hour, minute=0) for hour in (18, 19)]
        found = [(branch, one) for one in near] + [("SH-MH", near[0])]
        alternatives = [
            {"branch": where, "branch_name_zh": dict(self.all_branches)[where], "start": at}
            for where, at in ((where, one.isoformat()) for where, one in found)
        ]
        raise Refused(status, code, "", {"alternatives": alternatives})

    def _appointment(self, number: str, service: str, code: str, start: datetime) -> Appointment:
        made = next(one for one in FakeCatalogue.services if one.code == service)
        name = dict(self.all_branches)[code]
        return Appointment(
            number,
            "booked",
            service,
            made.name_zh,
            made.name_en,
            code,
            name,
            code.title(),
            f"{name[:2]}市某路1号",
            start,
            Decimal(made.price),
            "13800138000",
        )

    def owns(self, number: str, service: str, code: str, start: datetime) -> Appointment:
        """This session has made an appointment before."""
        self.own.append(self._appointment(number, service, code, start))
        return self.own[-1]

    def book(self, appointment: dict[str, Any], key: str) -> Appointment:
        if self.failing:
            raise self.failing.pop(0)
        self.booked.append(appointment)
        self.keys.append(key)
        start = datetime.fromisoformat(appointment["start"])
        number = f"AP-TEST-{len(self.booked)}"
        return self.owns(number, appointment["service"], appointment["branch"], start)

    def of_conversation(self, conversation_id: str) -> list[Appointment]:
        return self.own

    def find(self, appointment_no: str, phone_tail: str) -> Appointment:
        for one in self.others:
            if one.appointment_no == appointment_no and one.phone.endswith(phone_tail):
                return one
        raise Refused(404, "not_found", "", {})

    def move(self, appointment_no: str, start: datetime, branch: str, key: str) -> Appointment:
        if self.failing:
            raise self.failing.pop(0)
        self.moved.append((appointment_no, start, branch))
        old = next(one for one in (*self.own, *self.others) if one.appointment_no == appointment_no)
        return self._appointment(appointment_no, old.service, branch, start)

    def cancel(self, appointment_no: str, key: str) -> Appointment:
        if self.failing:
            raise self.failing.pop(0)
        self.cancelled.append(appointment_no)
        return next(
            one for one in (*self.own, *self.others) if one.appointment_no == appointment_no
        )

    def calendar_link(self, appointment_no: str) -> str:
        return f"https://shop.example/{appointment_no}.ics"
