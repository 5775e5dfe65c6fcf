"""A small shop with appointments, and a clock that tests set, for the tests of scheduling."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient

from nightdesk.backends.scheduling import catalogue
from nightdesk.backends.scheduling.api import router
from nightdesk.backends.service import application
from nightdesk.database import Database
from nightdesk.merchant.records import Branch, Service

ZONE = ZoneInfo("Asia/Shanghai")
THREE_AT_NIGHT = datetime(2026, 11, 23, 3, tzinfo=ZONE)
TOKEN = "a-token"


class Clock:
    """Stands in for ``nightdesk.clock.now``: stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = THREE_AT_NIGHT

    def __call__(self, zone: Any = ZONE) -> datetime:
        return self.moment.astimezone(zone)

    def forward(self, **units: float) -> None:
        self.moment += timedelta(**units)


def at(day: int, hour: int, minute: int = 0) -> str:
    """A time of November 2026 in the shop's zone, as JSON has it."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).isoformat()


def service(code: str, name: str, minutes: int, capacity: int, *branches: str) -> Service:
    return Service(
        code=code,
        name_zh=name,
        name_en="",
        duration_min=minutes,
        price=Decimal("260.00"),
        capacity=capacity,
        branches=branches or ("*",),
        aliases=("做定位",) if code == "align" else (),
    )


def branch(
    code: str, name: str, lat: float, lon: float, hours: tuple[int, int] = (9, 20)
) -> Branch:
    return Branch(
        code=code,
        name_zh=name,
        name_en="",
        city=name[:2],
        district=f"{name[2:4]}区",
        address_zh=f"{name[:2]}市{name[2:4]}区沪南路6188号",
        lat=lat,
        lon=lon,
        phone="021-55500201",
        open=time(hours[0]),
        close=time(hours[1]),
        aliases=(f"{name[2:4]}店",),
    )


SERVICES = (
    service("align", "四轮定位", 60, 1),
    service("wash", "精洗", 90, 2, "PD", "MH"),
    service("paint", "喷漆", 120, 3, "PD"),
)
BRANCHES = (
    branch("CY", "北京朝阳店", 39.934, 116.517),
    branch("PD", "上海浦东店", 31.172, 121.553),
    branch("MH", "上海闵行店", 31.179, 121.385),
    branch("NT", "上海虹口店", 31.265, 121.505, (18, 2)),
)


def load(database: Database) -> None:
    with database.write() as session:
        catalogue.replace_services(session, SERVICES)
        catalogue.replace_branches(session, BRANCHES)


def client(database: Database) -> TestClient:
    """A client of the scheduling service of a loaded shop."""
    load(database)
    app = application("scheduling", router(database, ZONE, "CNY"), TOKEN)
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


def booking(**changes: Any) -> dict[str, Any]:
    """The body of ``POST /appointments``: tomorrow at ten, wheels aligned in Pudong."""
    return {
        "service": "align",
        "branch": "PD",
        "start": at(24, 10),
        "customer": {"name": "张伟", "phone": "13800138000"},
        "conversation_id": "conversation-1",
        **changes,
    }


def starts(slots: list[dict[str, Any]]) -> list[str]:
    return [slot["start"] for slot in slots]


def slots(api: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = api.get("/slots", params={"service": "align", "branch": "PD", **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["slots"])


def book(api: TestClient, **changes: Any) -> dict[str, Any]:
    answer = api.post("/appointments", json=booking(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The details of an error that has this status and code."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return dict(answer.json()["error"]["details"])
