"""What an expression of time says, piece by piece, and the stretch of time that the pieces make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

Bound = Literal["", "before", "after", "around"]
Grain = Literal["minute", "part", "day", "week", "month", "year", "range"]

#: Parts of the day in hours; an end past 24 is on the next day.
PARTS: dict[str, tuple[int, int]] = {
    "small hours": (0, 5),
    "morning": (6, 12),
    "early": (6, 9),
    "noon": (11, 14),
    "afternoon": (12, 18),
    "dusk": (17, 19),
    "evening": (18, 24),
    "midnight": (23, 25),
}
_AFTER_NOON = frozenset({"afternoon", "dusk", "evening", "midnight"})


@dataclass(frozen=True)
class When:
    """A stretch of time in the shop's zone; ``start == end`` is one moment.

    Attributes:
        start: the first moment meant.
        end: the moment at which it is over (a day ends at the next day's 00:00).
        grain: how exactly it was said.
        bound: ``before`` and ``after`` the time named, or ``around`` it.
    """

    start: datetime
    end: datetime
    grain: Grain
    bound: Bound = ""

    def as_json(self) -> dict[str, Any]:
        """``{start, end, grain, bound}``, the times in ISO 8601 with offset."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "grain": self.grain,
            "bound": self.bound,
        }


@dataclass
class Pieces:
    """What was found in an expression. ``days``: first day, and the day after the last."""

    days: tuple[date, date] | None = None
    grain: Grain = "day"
    part: str = ""
    clock: tuple[int, int] | None = None
    exact_clock: bool = False
    moment: datetime | None = None
    bound: Bound = ""

    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.days or self.part or self.clock or self.moment)


def one_day(day: date) -> tuple[date, date]:
    """The days of a single day."""
    return day, day + timedelta(days=1)


def week_of(day: date) -> date:
    """The Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def month_days(year: int, month: int) -> tuple[date, date]:
    """The days of a month; ``month`` may lie outside 1–12 and moves the year then."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def hour_of_day(hour: int, part: str, exact: bool) -> int:
    """The hour, 0–24, that a spoken hour means in a part of the day.

    Without a part, one to six are in the afternoon: shops are open then. ``exact`` hours
    (``15:00``, ``3am``) are taken as they are.
    """
    if exact or hour > 12:
        return hour
    if part in _AFTER_NOON:
        if hour == 12:
            return 24 if part in {"evening", "midnight"} else 12
        return hour if part == "midnight" and hour < 6 else hour + 12
    if part == "noon":
        return hour + 12 if hour < 4 else hour
    if part:
        return 0 if hour == 12 and part == "small hours" else hour
    return hour + 12 if 1 <= hour <= 6 else hour


def assemble(pieces: Pieces, now: datetime, zone: tzinfo) -> When | None:
    """The stretch that the pieces mean, seen from ``now``; None if there is none.

    A time of the day without a date is the next such time: today, or tomorrow if it is over.
    """
    now = now.astimezone(zone)
    if pieces.empty():
        return None
    if pieces.moment is not None:
        return _bounded(When(pieces.moment, pieces.moment, "minute"), pieces.bound, now)
    first, beyond = pieces.days or one_day(now.date())
    if pieces.clock is None and not pieces.part:
        when = When(_at(first, 0, 0, zone), _at(beyond, 0, 0, zone), pieces.grain)
        return _bounded(when, pieces.bound, now)
    if pieces.clock is not None:
        hour, minute = pieces.clock
        hour = hour_of_day(hour, pieces.part, pieces.exact_clock)
        start = _at(first, hour, minute, zone)
        if pieces.days is None and start <= now and pieces.bound != "before":
            later = start + timedelta(hours=12)
            free = not pieces.part and not pieces.exact_clock and hour < 12
            start = later if free and later > now else _at(first, hour + 24, minute, zone)
        return _bounded(When(start, start, "minute"), pieces.bound, now)
    begin, finish = PARTS[pieces.part]
    when = When(_at(first, begin, 0, zone), _at(first, finish, 0, zone), "part")
    if pieces.days is None and when.end <= now:
        day = timedelta(days=1)
        when = When(when.start + day, when.end + day, "part")
    return _bounded(when, pieces.bound, now)


def _at(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute), zone)


def _bounded(when: When, bound: Bound, now: datetime) -> When:
    if bound == "before":
        day = when.start.replace(hour=0, minute=0, second=0, microsecond=0)
        start = now if now < when.start and when.grain != "minute" else max(now, day)
        return When(min(start, when.start), when.start, "range", "before")
    if bound == "after":
        start = when.start if when.grain in {"minute", "part"} else when.end
        day = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        end = day if when.grain in {"minute", "part"} else start + timedelta(days=14)
        return When(start, end, "range", "after")
    if bound == "around":
        return When(when.start, when.end, when.grain, "around")
    return when
