"""The time that a customer wants: reading it from a turn, and choosing among free starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

from actions.clerk.turn import Entity, Turn
from nightdesk.language.when import When, parse_duration, parse_on_day, parse_when

LONGEST = timedelta(days=31)
"""The longest stretch in which free starts are looked for (the scheduling contract)."""
_TO = re.compile(r"[改换挪移推调延提](?:期|前|后|迟)?[到至成为]|\b(?:to|until|for)\b", re.I)
_CHANGED_TO = re.compile(r"[改换挪移](?:期|去|约|成|为|到|至)?\s*$")
SAME_TIME = re.compile(
    r"同(?:样|一)?(?:的|个)?(?:时间|时段|钟点|点)|时间不变|还是(?:那个|这个)(?:点|时间|钟)"
    r"|(?:at )?(?:the )?same (?:time|hour)",
    re.I,
)
_LENGTH = re.compile(
    r"(?:半|[一二两三四五六]|\d+)\s?个?(?:半)?(?:小时|钟头|钟)|[一二三四五六]?十[五]?分钟|\d+\s?分钟|一刻钟"
    r"|(?:half an|an|one|two|three|four|a couple of|\d+)\s?(?:hours?|hrs?|h)\b"
    r"|\d+\s?min(?:ute)?s?\b",
    re.I,
)
_LATER = re.compile(
    r"[推延]迟|推后|往后|延后|晚|later|push (?:it |that |this )?back|postpone|delay", re.I
)
_EARLIER = re.compile(r"提前|往前|早|earlier|bring (?:it |that |this )?forward", re.I)
_SAME_DAY = re.compile(
    r"(?:还是)?(?:同一?[天日]|当天|那天|同日)的?|(?:on )?(?:the |that )?same day(?: at)?", re.I
)
_CLOCK = re.compile(r"\b(1[0-2]|[1-9])([0-5][0-9])\s?([ap]m)\b", re.I)
"""An hour of the clock without its colon: ``230pm``."""
_IN = re.compile(r"\bin\s+$", re.I)
_NOON = timedelta(hours=12)
T = TypeVar("T")


def read_time(turn: Turn, now: datetime, zone: tzinfo, before: When | None = None) -> When | None:
    """The time that ``turn`` names; None if it names none.

    A time of the day alone (``三点半``) is meant on the day that was said ``before``, or on that
    which the same message says. A moment that a button carries is read as it is.
    """
    entities = turn.all("time")
    if turn.tapped:
        return _moment(str(entities[-1].value)) if entities else None
    changed = [one for one in entities if _CHANGED_TO.search(turn.text[: one.start])]
    entities = changed or entities
    target = None if changed else _TO.search(turn.text)
    if target and any(entity.start >= target.end() for entity in entities):
        entities = [entity for entity in entities if entity.start >= target.end()]
    if len(entities) > 1:
        whole = turn.text[entities[0].start : entities[-1].end]
        if when := parse_when(whole, now, zone):
            return when
    found, hour = None, ""
    if before and is_exact(before) and SAME_TIME.search(turn.text):
        hour = f"{before.start.astimezone(zone):%H:%M}"
    for entity in entities:
        entity = replace(entity, text=_CLOCK.sub(r"\1:\2 \3", entity.text))
        said = on_the_day(entity.text, found or before, now, zone)
        alone = SAME_TIME.sub("", _SAME_DAY.sub("", entity.text)).strip()
        if said is None and (said := _of_value(entity) or _read(turn, entity, alone, now, zone)):
            said = (hour and on_the_day(hour, said, now, zone)) or said
        elif said is not None and found is None:
            hour = entity.text
        found = said or found
    return found


def _read(turn: Turn, entity: Entity, words: str, now: datetime, zone: tzinfo) -> When | None:
    """The time of ``words``; an ``in`` that was left out before them belongs to them."""
    when = parse_when(words, now, zone)
    if when is None and _IN.search(turn.text[: entity.start]):
        when = parse_when(f"in {words}", now, zone)
    return when


def on_the_day(text: str, day: When | None, now: datetime, zone: tzinfo) -> When | None:
    """The time of the day ``text`` on the day of ``day``; None when it has a day of its own.

    ``八点`` after ``明晚`` is eight in the evening.
    """
    if day is None or day.end < now:
        return None
    text = _SAME_DAY.sub("", text).strip()
    start = day.start.astimezone(zone)
    when = parse_on_day(text, start.date(), zone)
    if when is None or when.grain != "minute" or day.grain not in ("part", "range", "minute"):
        return when
    later = When(when.start + _NOON, when.end + _NOON, when.grain, when.bound)
    inside = day.start <= when.start < day.end
    return later if not inside and day.start <= later.start < day.end else when


def shifted(turn: Turn, start: datetime) -> When | None:
    """``start`` as much later or earlier as ``turn`` says (``推迟一小时``); None if it does not."""
    said = [entity.text for entity in turn.all("time")]
    for words in (*said, *_LENGTH.findall("" if turn.tapped else turn.text)):
        length = parse_duration(words)
        if length is None:
            continue
        if _LATER.search(turn.text):
            return When(start + length, start + length, "minute")
        if _EARLIER.search(turn.text):
            return When(start - length, start - length, "minute")
    return None


def is_exact(when: When) -> bool:
    """Whether it is a moment rather than a stretch of time."""
    return when.start == when.end


def as_moment(start: datetime) -> When:
    return When(start, start, "minute")


def of_json(data: dict[str, str]) -> When:
    start, end = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"])
    return When(start, end, data["grain"], data["bound"])  # type: ignore[arg-type]


def window(when: When, now: datetime) -> tuple[datetime, datetime] | None:
    """The part of ``when`` that lies ahead, as long as may be asked for; None if it is over."""
    start = max(when.start, now)
    end = min(when.end, start + LONGEST)
    return (start, end) if start < end else None


def spread(items: Sequence[T], count: int) -> list[T]:
    """``count`` of ``items`` at equal distances, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    step = (len(items) - 1) / (count - 1)
    return [items[round(index * step)] for index in range(count)]


def _of_value(entity: Entity) -> When | None:
    value = entity.value
    if not isinstance(value, dict) or not {"start", "end", "grain", "bound"} <= set(value):
        return None
    try:
        return of_json(value)
    except ValueError:
        return None


def _moment(text: str) -> When | None:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    return as_moment(start) if start.tzinfo else None
