"""Opening hours, starts and how many run at once: pure functions over aware datetimes (UTC)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone, tzinfo

# A service may start at the opening and every half hour after it.
STEP = timedelta(minutes=30)

Span = tuple[datetime, datetime]


def opening(day: date, opens: time, closes: time, zone: tzinfo) -> Span:
    """When a branch is open on the local ``day``; ``closes`` at or before ``opens``: the next day.

    Local times that a change of the clocks skips or repeats are read as PEP 495's first one.
    """
    last_day = day if closes > opens else day + timedelta(days=1)
    return (
        datetime.combine(day, opens, zone).astimezone(timezone.utc),
        datetime.combine(last_day, closes, zone).astimezone(timezone.utc),
    )


def openings(span: Span, opens: time, closes: time, zone: tzinfo) -> Iterator[Span]:
    """The openings that touch ``span``, in order; yesterday's may reach past midnight."""
    day = span[0].astimezone(zone).date() - timedelta(days=1)
    last = span[1].astimezone(zone).date()
    while day <= last:
        hours = opening(day, opens, closes, zone)
        if hours[0] < span[1] and hours[1] > span[0]:
            yield hours
        day += timedelta(days=1)


def starts(hours: Span, duration: timedelta) -> Iterator[datetime]:
    """The starts in one opening after which there is time for ``duration`` before it closes."""
    start = hours[0]
    while start + duration <= hours[1]:
        yield start
        start += STEP


def peak(taken: Iterable[Span], span: Span) -> int:
    """How many of ``taken`` run at once, at most, at some moment of ``span``; ends are exclusive.

    Not how many touch it: two short ones, one after the other, leave room for a second all along.
    """
    changes = []
    for start, end in taken:
        if start < span[1] and end > span[0]:
            changes += [(max(start, span[0]), 1), (min(end, span[1]), -1)]
    running = most = 0
    for _, change in sorted(changes):  # at one moment -1 sorts before +1: ends come first
        running += change
        most = max(most, running)
    return most
