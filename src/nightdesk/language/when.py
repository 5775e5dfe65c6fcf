"""Dates and times: from what was typed to moments in the shop's zone.

Both languages are read by our own grammars, a piece at a time (day, part of the day, clock, before
or after), because what customers write mixes dialects, slips and half expressions that libraries
refuse; only the lunar calendar and moving holidays are asked of jionlp. See
``docs/decisions/0005-own-time-grammar.md``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from nightdesk.language import numerals, when_chinese, when_english, when_words
from nightdesk.language.moments import Pieces, When, assemble
from nightdesk.language.tokens import fold_in_place

__all__ = ["When", "parse_duration", "parse_on_day", "parse_when"]

_MAX = 60
_RANGE_HAN = re.compile(r"到|至|[~～—–]|(?<=[0-9点半])-(?=[0-9])|(?<=[\u4e00-\u9fff])-")
_RANGE_ENGLISH = re.compile(r"\s+(?:to|till|until|through|thru)\s+|\s?[-–~]\s?(?=[0-9])")
_DURATION_HAN = re.compile(
    rf"(?:大概|差不多)?(?P<number>半|{numerals.HAN}|{numerals.ARABIC})(?P<more>个半|"
    rf"多)?个?(?P<half>半)?"
    r"(?P<unit>小时|钟头|钟|分钟|分|刻钟|刻|天|日|晚|周|星期|礼拜|月|年)(?P<tail>半)?"
)
_DURATION_ENGLISH = re.compile(
    rf"(?P<number>half an?|an?|a couple(?: of)?|{numerals.ENGLISH}|{numerals.ARABIC})(?: and a "
    rf"half)? ?"
    r"(?P<unit>minute|min|hour|hr|h|day|night|week|fortnight|month|year)s?(?P<half> and a half)?"
)
_MINUTES = {
    "小时": 60, "钟头": 60, "钟": 60, "分钟": 1, "分": 1, "刻钟": 15, "刻": 15,
    "天": 1440, "日": 1440,
    "晚": 1440, "周": 10080, "星期": 10080, "礼拜": 10080, "月": 43200, "年": 525600,
    "minute": 1, "min": 1, "hour": 60, "hr": 60, "h": 60, "day": 1440, "night": 1440, "week": 10080,
    "fortnight": 20160, "month": 43200, "year": 525600,
}  # fmt: skip


def parse_when(text: str, now: datetime, zone: tzinfo) -> When | None:
    """The time that ``text``, the whole of it, names; None if it names none.

    Args:
        text: an expression of time, nothing around it.
        now: an aware datetime; what ``明天`` and ``next week`` are counted from.
        zone: the shop's time zone.
    """
    folded = " ".join(fold_in_place(text).split())
    if not folded or len(folded) > _MAX:
        return None
    now = now.astimezone(zone)
    if re.search(r"[\u4e00-\u9fff]", folded):
        folded = re.sub(r"^(?:再?[早晚]一?点儿?|稍?[早晚]些)(?=.*点)", "", folded)
        folded = when_words.standard(folded)
        read, split = when_chinese.pieces, _RANGE_HAN
    else:
        folded = re.sub(r"^(?:between|from) ", "", folded)
        folded = folded.replace(" and ", " to ") if text.lower().startswith("between") else folded
        read, split = when_english.pieces, _RANGE_ENGLISH
    try:
        whole = read(folded, now)
        if whole is not None:
            return assemble(whole, now, zone)
        for match in split.finditer(folded):
            first = read(folded[: match.start()].strip() or "", now)
            second = read(folded[match.end() :].strip(), now)
            if first is None and second is not None and folded[: match.start()].strip().isdigit():
                first = replace(second, clock=(int(folded[: match.start()]), 0), moment=None)
            if first is not None and second is not None:
                return _between(first, second, now, zone)
    except (OverflowError, ValueError):  # a year that no calendar has
        return None
    return None


def parse_on_day(text: str, day: date, zone: tzinfo) -> When | None:
    """The time of ``day`` that ``text`` names (``三点半``, ``evening``); None if it names a day of
    its own, or no time of the day."""
    folded = " ".join(fold_in_place(text).split())
    if not folded or len(folded) > _MAX:
        return None
    morning = datetime.combine(day, time(), zone)
    try:
        if re.search(r"[\u4e00-\u9fff]", folded):
            found = when_chinese.pieces(when_words.standard(folded), morning)
        else:
            found = when_english.pieces(folded, morning)
        if found is None or found.days is not None or found.moment is not None:
            return None
        found.days = (day, day + timedelta(days=1))
        return assemble(found, morning, zone)
    except (OverflowError, ValueError):  # a year that no calendar has
        return None


def _between(first: Pieces, second: Pieces, now: datetime, zone: tzinfo) -> When | None:
    """From one expression to another, which inherits the day and part that it does not say."""
    if first.clock and second.clock and second.exact_clock and not first.exact_clock:
        hour = first.clock[0] + (12 if second.clock[0] >= 12 and first.clock[0] < 12 else 0)
        if hour <= second.clock[0]:
            first = replace(first, clock=(hour, first.clock[1]), exact_clock=True)
    start = assemble(replace(first, bound=""), now, zone)
    if start is None:
        return None
    if second.days is None:
        day = start.start.date()
        second = replace(second, days=(day, day + timedelta(days=1)))
        second.part = second.part or (first.part if second.clock else "")
    end = assemble(replace(second, bound=""), now, zone)
    if end is None:
        return None
    finish = end.end
    while finish <= start.start and second.clock is None and second.grain == "day":
        finish += timedelta(days=7)  # 下周一到周三: the second weekday follows the first
    while finish <= start.start and second.clock is not None:
        finish += timedelta(hours=12)
    return When(start.start, finish, "range") if finish > start.start else None


def parse_duration(text: str) -> timedelta | None:
    """How long ``text``, the whole of it, lasts (``半小时``, ``两天``, ``an hour and a half``)."""
    folded = " ".join(fold_in_place(text).split()).replace("俩", "两").replace("仨", "三")
    match = _DURATION_HAN.fullmatch(folded) or _DURATION_ENGLISH.fullmatch(folded)
    if match is None:
        return None
    words = match["number"]
    if words.startswith("half"):
        number: Decimal | None = Decimal("0.5")
    elif words.startswith("a couple"):
        number = Decimal(2)
    else:
        number = numerals.parse_number(words)
    if number is None:
        return None
    groups = match.groupdict()
    if (
        groups.get("half")
        or groups.get("tail")
        or groups.get("more") == "个半"
        or "and a half" in folded
    ):
        number += Decimal("0.5")
    try:
        return timedelta(minutes=float(number) * _MINUTES[match["unit"]])
    except OverflowError:
        return None
