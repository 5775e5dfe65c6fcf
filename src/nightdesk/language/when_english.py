"""English expressions of time taken apart into pieces: terse, abbreviated and non-native ones "
"too."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from nightdesk.language.moments import Pieces, month_days, one_day, week_of
from nightdesk.language.numerals import ENGLISH, parse_number
from nightdesk.language.when_words import with_halves

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?P<weekday>mon|tues?|wed|weds|wednes|thurs?|thu|fri|sat|satur|sun)(?:day)?s?\b\.?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_N = rf"(?:[0-9]{{1,3}}(?:\.5)?|half an?|an?|a couple(?: of)?|{ENGLISH})"
_UNIT = r"(?P<unit>min(?:ute)?|hour|hr|day|week|wk|fortnight|month|year)s?"
_OFFSETS = (
    re.compile(rf"\b(?:in|within) (?P<number>{_N}) {_UNIT}\b"),
    re.compile(
        rf"\b(?P<number>{_N}) {_UNIT}\b (?P<way>ago|before now|from now|from today|later|time|"
        rf"after|back)"
    ),
)
_MINUTES = {"min": 1, "minute": 1, "hour": 60, "hr": 60}
_DAYS = {"day": 1, "week": 7, "wk": 7, "fortnight": 14}
_RELATIVE: tuple[tuple[re.Pattern[str], int, str], ...] = (
    (re.compile(r"\b(?:the )?day after (?:tomorrow|tmrw?|tmr|tomo)\b|\bovermorrow\b"), 2, ""),
    (re.compile(r"\b(?:the )?day before yesterday\b"), -2, ""),
    (re.compile(r"\b(?:tomorrow|tmrw?|tomoz|tomo|tomorow|tommorow|tommorrow|2moro|2mrw)\b"), 1, ""),
    (re.compile(r"\byesterday\b|\byday\b"), -1, ""),
    (re.compile(r"\b(?:tonight|tonite|2nite)\b"), 0, "evening"),
    (re.compile(r"\blast night\b"), -1, "evening"),
    (re.compile(r"\b(?:today|2day|this (?=morning|afternoon|evening|arvo))\b"), 0, ""),
)
_WHICH_DAY = re.compile(rf"\b(?:(?P<which>next|this|last|coming|past) )?{_WEEKDAY}")
_WEEKEND = re.compile(r"\b(?:(?P<which>next|this|last|coming|the) )?weekend\b")
_SPAN = re.compile(r"\b(?P<which>next|this|last|past|coming) (?P<unit>week|month|year)\b")
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_MONTH_DAY = re.compile(
    rf"\b{_MONTH} (?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d)(?:,? "
    rf"(?P<year>20\d\d))?"
)
_DAY_MONTH = re.compile(
    rf"\b(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>20\d\d))?"
)
_MONTH_ONLY = re.compile(rf"\b(?P<third>early|mid|late|end of|beginning of)?[ -]?{_MONTH}")
_SLASHED = re.compile(
    r"(?<![\d/.])(?P<month>1[0-2]|0?[1-9])[/.](?P<day>3[01]|[12]\d|0?[1-9])(?![\d/.])"
)
_ORDINAL = re.compile(r"\b(?:the )?(?P<day>3[01]|[12]?[0-9])(?:st|nd|rd|th)\b")
_HOLIDAYS = (
    (re.compile(r"\bchristmas eve\b|\bxmas eve\b"), (12, 24)),
    (re.compile(r"\bchristmas(?: day)?\b|\bxmas\b"), (12, 25)),
    (re.compile(r"\bboxing day\b"), (12, 26)),
    (re.compile(r"\bnew year'?s? eve\b"), (12, 31)),
    (re.compile(r"\bnew year'?s?(?: day)?\b"), (1, 1)),
    (re.compile(r"\bvalentine'?s?(?: day)?\b"), (2, 14)),
    (re.compile(r"\bnational day\b"), (10, 1)),
    (re.compile(r"\bteacher'?s'? day\b"), (9, 10)),
    (re.compile(r"\bhalloween\b"), (10, 31)),
)  # fmt: skip
_HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR = rf"(?P<hour>{_HOUR_WORDS}|2[0-4]|1[0-9]|0?[0-9])"
_HALF_DAY = r"(?: ?(?P<half>a\.?m\.?|p\.?m\.?)\b)?"
_CLOCKS = (
    re.compile(rf"\b{_HOUR}[:.h](?P<minute>[0-5][0-9]){_HALF_DAY}"),
    re.compile(rf"\bhalf (?:past )?{_HOUR}\b{_HALF_DAY}(?P<thirty>)"),
    re.compile(rf"\b(?:a )?quarter (?P<quarter>past|to|after|of) {_HOUR}\b{_HALF_DAY}"),
    re.compile(
        rf"\b(?P<off>five|ten|twenty|twenty[- ]five|5|10|20|25) (?P<side>past|to) "
        rf"{_HOUR}\b{_HALF_DAY}"
    ),
    re.compile(rf"\b{_HOUR} ?(?P<half>a\.?m|p\.?m)\b\.?"),
    re.compile(rf"\b{_HOUR} ?(?:o'? ?clock|oclock|sharp|hrs|h\b){_HALF_DAY}"),
    re.compile(r"\b(?:(?P<military>(?:[01][0-9]|2[0-3])[0-5][0-9])) ?(?:hrs?|hours)\b"),
    re.compile(rf"\b{_HOUR} (?P<minute>thirty|fifteen|forty[- ]five){_HALF_DAY}"),
    re.compile(
        rf"(?:^|\b(?:at|by|before|after|around|about|from|till|until|past) |\s){_HOUR}(?:ish)?$"
    ),
)
_PARTS = (
    ("early", re.compile(r"\b(?:early morning|first thing|early)\b")),
    ("morning", re.compile(r"\bmornings?\b|\bmorn\b|\bforenoon\b")),
    ("noon", re.compile(r"\b(?:lunch ?time|lunch|midday)\b")),
    ("afternoon", re.compile(r"\b(?:afternoon|arvo|after ?lunch|aft)\b")),
    ("evening", re.compile(r"\b(?:evenings?|eve|night|nite|after work|after dinner)\b")),
)
_NOON = re.compile(r"\b(?:at )?noon\b")
_MIDNIGHT = re.compile(r"\bmidnight\b")
_BOUNDS = (
    ("before", re.compile(r"\b(?:before|by|until|till|prior to|no later than|latest)\b")),
    ("after", re.compile(r"\b(?:after|from|since|onwards?|any ?time after|or later|later than)\b")),
    (
        "around",
        re.compile(
            r"\b(?:around|about|approx(?:imately)?|roughly|ish|-ish|circa|or so)\b|(?<=\d)ish\b"
        ),
    ),
)
_FILLER = re.compile(
    r"\b(?:at|on|in|the|of|for|to|a|sometime|some|time|any|anytime|during|please|pls|around|about|"
    r"late|early|local|then|and|day|date|this|coming|ish|latest|morning of|own)\b|[\s,.;:'’?!-]"
)


def pieces(text: str, now: datetime) -> Pieces | None:
    """The pieces of a folded English expression; None unless every word of it is explained."""
    found = Pieces()
    rest = f" {' '.join(text.split())} ".strip()
    rest = with_halves(rest)
    rest = _offset(rest, found, now)
    rest = _date(rest, found, now.date())
    rest = _clock(rest, found)
    for part, pattern in _PARTS:
        if not found.part and (match := pattern.search(rest)):
            found.part = part
            rest = _cut(rest, match)
    for bound, pattern in _BOUNDS:
        if match := pattern.search(rest):
            found.bound = bound  # type: ignore[assignment]
            rest = _cut(rest, match)
            break
    return None if _FILLER.sub("", rest) or found.empty() else found


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()


def _offset(text: str, found: Pieces, now: datetime) -> str:
    for pattern in _OFFSETS:
        match = pattern.search(text)
        if match is None:
            continue
        words = match["number"]
        number = 0.5 if words.startswith("half") else 2.0 if "couple" in words else None
        value = number if number is not None else float(parse_number(words) or 1)
        way = match.groupdict().get("way") or ""
        sign = -1 if way in {"ago", "before now", "back"} else 1
        unit = match["unit"]
        if unit in _MINUTES:
            found.moment = now + timedelta(minutes=sign * value * _MINUTES[unit])
        elif unit in _DAYS:
            found.days = one_day(now.date() + timedelta(days=sign * value * _DAYS[unit]))
        else:
            months = int(value) * (12 if unit == "year" else 1) * sign
            first, beyond = month_days(now.year, now.month + months)
            last = beyond - timedelta(days=1)
            found.days = one_day(min(first + timedelta(days=now.day - 1), last))
        return _cut(text, match)
    return text


def _date(text: str, found: Pieces, today: date) -> str:
    match = _ISO.search(text)
    if match and (day := _day(int(match[1]), int(match[2]), int(match[3]))):
        found.days = one_day(day)
        return _cut(text, match)
    for pattern in (_MONTH_DAY, _DAY_MONTH, _SLASHED):
        match = pattern.search(text)
        if match is None:
            continue
        name = match["month"]
        month = int(name) if name.isdigit() else _MONTHS.index(name[:3]) + 1
        year = match.groupdict().get("year")
        day = _day(int(year or today.year), month, int(match["day"]))
        if day:
            if not year and (today - day).days > 180:
                day = _day(today.year + 1, month, day.day) or day
            found.days = one_day(day)
            rest = _cut(text, match)
            return re.sub(_WHICH_DAY, "", rest)  # "Friday, Nov 27": the date says which Friday
    for pattern, (month, day_number) in _HOLIDAYS:
        if match := pattern.search(text):
            day = date(today.year, month, day_number)
            if (today - day).days > 30:
                day = date(today.year + 1, month, day_number)
            found.days = one_day(day)
            return _cut(text, match)
    for pattern, days, part in _RELATIVE:
        if match := pattern.search(text):
            found.days = one_day(today + timedelta(days=days))
            found.part = part
            return _cut(text, match)
    return _calendar(text, found, today)


def _calendar(text: str, found: Pieces, today: date) -> str:
    monday = week_of(today)
    if match := _WEEKEND.search(text):
        weeks = {"next": 1, "last": -1}.get(match["which"] or "", 0)
        saturday = monday + timedelta(days=5, weeks=weeks)
        found.days = saturday, saturday + timedelta(days=2)
        return _cut(text, match)
    if match := _SPAN.search(text):
        step = {"next": 1, "coming": 1, "last": -1, "past": -1}.get(match["which"], 0)
        rest = _cut(text, match)
        unit = match["unit"]
        if unit == "week":
            start = monday + timedelta(weeks=step)
            if weekday := _WHICH_DAY.search(rest):
                index = _WEEKDAYS.index(weekday["weekday"][:3])
                found.days = one_day(start + timedelta(days=index))
                return _cut(rest, weekday)
            found.days, found.grain = (start, start + timedelta(days=7)), "week"
        elif unit == "month":
            found.days, found.grain = month_days(today.year, today.month + step), "month"
        else:
            year = today.year + step
            found.days, found.grain = (date(year, 1, 1), date(year + 1, 1, 1)), "year"
        return rest
    if match := _WHICH_DAY.search(text):
        index = _WEEKDAYS.index(match["weekday"][:3])
        which = match["which"] or ""
        if which == "next":
            day = monday + timedelta(days=index, weeks=1)
        elif which in {"last", "past"}:
            day = today - timedelta(days=(today.weekday() - index - 1) % 7 + 1)
        else:
            day = today + timedelta(days=(index - today.weekday()) % 7)
        found.days = one_day(day)
        rest = _cut(text, match)
        if ordinal := _ORDINAL.search(
            rest
        ):  # "Friday the 27th": the number is the surer of the two
            return _ordinal(ordinal, rest, found, today)
        return rest
    if match := _ORDINAL.search(text):
        return _ordinal(match, text, found, today)
    if match := _MONTH_ONLY.search(text):
        month = _MONTHS.index(match["month"][:3]) + 1
        year = today.year if month >= today.month - 6 else today.year + 1
        found.days, found.grain = month_days(year, month), "month"
        return _cut(text, match)
    return text


def _ordinal(match: re.Match[str], text: str, found: Pieces, today: date) -> str:
    for months in range(3):
        first, _ = month_days(today.year, today.month + months)
        day = _day(first.year, first.month, int(match["day"]))
        if day and day >= today:
            found.days = one_day(day)
            break
    return _cut(text, match)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str, found: Pieces) -> str:
    if match := _NOON.search(text):
        found.clock, found.exact_clock = (12, 0), True
        return _cut(text, match)
    if match := _MIDNIGHT.search(text):
        found.clock, found.exact_clock = (24, 0), True
        return _cut(text, match)
    for pattern in _CLOCKS:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        if groups.get("military"):
            found.clock = int(groups["military"][:2]), int(groups["military"][2:])
            found.exact_clock = True
            return _cut(text, match)
        hour, minute = _spoken(groups["hour"]), _minute(groups)
        half = (groups.get("half") or "").replace(".", "")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0) if hour <= 12 else hour
            found.exact_clock = True
        total = hour * 60 + minute
        found.clock = divmod(total, 60)
        found.exact_clock = found.exact_clock or hour > 12 or groups["hour"].startswith("0")
        if match.start() and text[match.start() :].startswith(("at ", "by ", "before ", "after ")):
            word = text[match.start() :].split(" ", 1)[0]
            return f"{text[: match.start()]} {word} {text[match.end() :]}".strip()
        if word_match := re.match(
            r"(by|before|after|around|about|from|till|until|past) ", match[0]
        ):
            return f"{text[: match.start()]} {word_match[1]} {text[match.end() :]}".strip()
        return _cut(text, match)
    return text


def _minute(groups: dict[str, str | None]) -> int:
    if groups.get("thirty") is not None:
        return 30
    if quarter := groups.get("quarter"):
        return -15 if quarter in {"to", "of"} else 15
    if off := groups.get("off"):
        minutes = _spoken(off)
        return -minutes if groups.get("side") == "to" else minutes
    return _spoken(groups.get("minute") or "0")


def _spoken(number: str) -> int:
    return int(number) if number.isdigit() else int(parse_number(number.replace("-", " ")) or 0)
