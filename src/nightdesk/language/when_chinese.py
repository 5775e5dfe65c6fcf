"""Chinese expressions of time, the dialects' words included, taken apart into pieces."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from nightdesk.language import holidays_named
from nightdesk.language.moments import Pieces, month_days, one_day, week_of
from nightdesk.language.numerals import parse_number

_N = r"(?:[0-9]{1,4}|[零〇一二两三四五六七八九十廿]{1,4})"

_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3}
_DAY = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_WEEK = re.compile(
    r"(?P<which>上上|下下|上|下|这)?(?P<word>周)(?P<day>[一二三四五六日1-7]|末)?(?!年)"
)
_WEEKDAY = {character: i for i, character in enumerate("一二三四五六日")} | {
    str(i + 1): i for i in range(7)
}
_FULL_DATE = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})[日号]?")
_YEAR = re.compile(
    r"(?P<word>今年|明年|后年|去年|前年)|(?P<number>\d{4}|[零〇一二三四五六七八九]{4})年"
)
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_MONTH_DAY = re.compile(rf"(?P<month>{_N})月(?P<day>{_N})(?:日|号)?")
_SLASHED = re.compile(
    r"(?<![\d.])(?P<month>1[0-2]|0?[1-9])[./-](?P<day>3[01]|[12]\d|0?[1-9])(?![\d.])(?:日|号)?"
)
_MONTH = re.compile(
    rf"(?P<which>上上个?月|上个?月|这个?月|当月|下下个?月|下个?月|(?P<month>{_N})月份?)"
    r"(?P<third>上旬|中旬|下旬|月?底|月?初|月?末|头)?"
)
_MONTHS = {"上上": -2, "上": -1, "这": 0, "当": 0, "下": 1, "下下": 2}
_DAY_OF_MONTH = re.compile(rf"(?P<day>{_N})[号日](?![楼院线店])")
_MONTH_EDGE = re.compile(r"月(?P<third>底|初|中|末)|年(?P<year>底|初|末)")
_OFFSET = re.compile(
    rf"(?P<number>半|{_N}(?:\.\d)?)(?P<half1>个半)?个?(?P<half2>半)?"
    r"(?P<unit>天|日|周|月|年|小时|分钟|分|刻钟|秒)(?P<half3>半)?(?:之|以)?(?P<way>[后前内])"
)
_SECONDS = {
    "天": 86400,
    "日": 86400,
    "周": 604800,
    "小时": 3600,
    "分钟": 60,
    "分": 60,
    "刻钟": 900,
    "秒": 1,
}
_PARTS = {
    "凌晨": "small hours", "早上": "morning", "上午": "morning", "中午": "noon",
    "下午": "afternoon",
    "傍晚": "dusk", "晚上": "evening", "半夜": "midnight", "晚": "evening", "早": "early",
    "午饭": "noon", "午休": "noon", "下班": "dusk", "收工": "dusk", "放学": "dusk", "上班": "early",
}  # fmt: skip
_PART = re.compile("|".join(sorted(_PARTS, key=len, reverse=True)))
_CLOCK = re.compile(
    rf"(?P<hour>{_N})(?:点|时|h)(?:过|零)?(?:(?P<half>半)|(?P<quarters>[一三两123])刻|"
    rf"(?P<characters>{_N})个字|踏?(?P<minute>{_N})分?)?"
)
_DIGITAL = re.compile(r"(?P<hour>[01]?\d|2[0-4])[::h](?P<minute>[0-5]\d)(?::[0-5]\d)?")
_SHORT_OF = re.compile(rf"差(?P<minute>一刻|{_N}分?)(?:到)?(?P<hour>{_N})点")
_BOUNDS = (
    ("before", re.compile(r"(?:之前|以前|前头|[之以]?前|为止)$")),
    ("after", re.compile(r"(?:之后|以后|过后|往后|后头|后|起|开始)$")),
    (
        "around",
        re.compile(
            r"(?:左右|上下|前后|那阵|那会儿?|来钟|多钟|多|的样子|许|过)$|^(?:大概|大约|差不多|"
            r"约莫?)"
        ),
    ),
)
_FILLER = re.compile(
    r"[的嘞嘅滴格额 ,,。、吧呀啊嘛哈~这那个天时候辰光阵会儿当在于趁到了先再左右]|一大|大概|"
    r"大约|差不多|的时候"
)


_NTH_DAY = re.compile(r"(?:假期|期间|放假|假)?的?第(?P<number>[一二三四五六七])天")


def pieces(text: str, now: datetime) -> Pieces | None:
    """The pieces of a folded Chinese expression; None unless every character of it is explained.

    Args:
        text: the expression, after ``when_words.standard``.
        now: in the shop's zone.
    """
    found = Pieces()
    rest = text
    offset = _OFFSET.search(rest)
    if offset and offset["way"] in "后前内":
        _offset(offset, found, now)
        rest = _cut(rest, offset)
    else:
        for bound, pattern in _BOUNDS:
            match = pattern.search(rest)
            if match and not rest.endswith(("节前后",)):
                found.bound = bound  # type: ignore[assignment]
                rest = _cut(rest, match)
                break
    for step in (_date, _clock, _part):
        rest = step(rest, found, now.date())
    return None if _FILLER.sub("", rest) or found.empty() else found


def _cut(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + text[match.end() :]


def _number(text: str) -> int:
    value = parse_number(text)
    return int(value) if value is not None else 0


def _offset(match: re.Match[str], found: Pieces, now: datetime) -> None:
    number = float(parse_number(match["number"]) or 0)
    number += 0.5 if match["half1"] or match["half2"] or match["half3"] else 0
    sign = -1 if match["way"] == "前" else 1
    unit = match["unit"]
    if unit in {"月", "年"}:
        months = int(number * (12 if unit == "年" else 1)) * sign
        first, beyond = month_days(now.year, now.month + months)
        found.days = one_day(
            min(first.replace(day=1) + timedelta(days=now.day - 1), beyond - timedelta(days=1))
        )
    elif unit in {"天", "日", "周"}:
        found.days = one_day(now.date() + timedelta(seconds=sign * number * _SECONDS[unit]))
    else:
        found.moment = now + timedelta(seconds=sign * number * _SECONDS[unit])
    if match["way"] == "内":
        found.bound = "before"


def _date(text: str, found: Pieces, today: date) -> str:
    year = today.year
    fixed_year = False
    match = _FULL_DATE.search(text)
    if match and (day := _day(int(match[1]), int(match[2]), int(match[3]))):
        found.days = one_day(day)
        return _cut(text, match)
    if match := _YEAR.search(text):
        fixed_year = True
        year = today.year + _YEARS[match["word"]] if match["word"] else _year(match["number"])
        text = _cut(text, match)
        found.days, found.grain = (date(year, 1, 1), date(year + 1, 1, 1)), "year"
    if match := _MONTH_DAY.search(text) or _SLASHED.search(text):
        day = _day(year, _number(match["month"]), _number(match["day"]))
        if day:
            if not fixed_year and (today - day).days > 180:
                day = _day(year + 1, day.month, day.day) or day
            found.days, found.grain = one_day(day), "day"
            return _cut(text, match)
    if days := holidays_named.find(text, today, year if fixed_year else None):
        found.days, found.grain = days.days, "day"
        end = days.end
        if nth := _NTH_DAY.match(text, end):
            found.days = one_day(days.days[0] + timedelta(days=_number(nth["number"]) - 1))
            end = nth.end()
        return text[: days.start] + text[end:]
    if match := _DAY.search(text):
        found.days = one_day(today + timedelta(days=_DAYS[match[0]]))
        return _cut(text, match)
    if match := _WEEK.search(text):
        return _week(match, text, found, today)
    if match := _MONTH.search(text):
        return _month(match, text, found, today, year if fixed_year else None)
    if match := _DAY_OF_MONTH.search(text):
        found.days = one_day(_next_day_of_month(_number(match["day"]), today))
        return _cut(text, match)
    if match := _MONTH_EDGE.search(text):
        if match["third"]:
            found.days = _third(month_days(today.year, today.month), match["third"])
        else:
            found.days = month_days(today.year, 12 if match["year"] in "底末" else 1)
        found.grain = "month"
        return _cut(text, match)
    return text


def _year(text: str) -> int:
    from nightdesk.language.numerals import digits

    return int(digits(text))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_day_of_month(day: int, today: date) -> date:
    for months in range(3):
        first, _ = month_days(today.year, today.month + months)
        candidate = _day(first.year, first.month, day)
        if candidate and candidate >= today:
            return candidate
    return today


def _week(match: re.Match[str], text: str, found: Pieces, today: date) -> str:
    weeks = {"上上": -2, "上": -1, "这": 0, "下": 1, "下下": 2}.get(match["which"] or "", 0)
    monday = week_of(today) + timedelta(weeks=weeks)
    day = match["day"]
    if day is None:
        found.days, found.grain = (monday, monday + timedelta(days=7)), "week"
        if not match["which"]:
            found.days = None
            return text
    elif day == "末":
        saturday = monday + timedelta(days=5)
        found.days = saturday, saturday + timedelta(days=2)
    else:
        chosen = monday + timedelta(days=_WEEKDAY[day])
        if not match["which"] and chosen < today:
            chosen += timedelta(days=7)
        found.days = one_day(chosen)
    return _cut(text, match)


def _month(match: re.Match[str], text: str, found: Pieces, today: date, year: int | None) -> str:
    if match["month"]:
        month = _number(match["month"])
        if not 1 <= month <= 12:
            return text
        chosen = year or (today.year if month >= today.month - 6 else today.year + 1)
        days = month_days(chosen, month)
    else:
        word = re.sub("个?月", "", match["which"])
        days = month_days(today.year, today.month + _MONTHS[word])
    rest = _cut(text, match)
    if match["third"]:
        days = _third(days, match["third"][-1] if match["third"] != "上旬" else "初")
    elif day := _DAY_OF_MONTH.search(rest) or re.match(rf"(?P<day>{_N})", rest):
        chosen_day = _day(days[0].year, days[0].month, _number(day["day"]))
        if chosen_day:
            found.days = one_day(chosen_day)
            return _cut(rest, day)
    found.days, found.grain = days, "month"
    return rest


def _third(days: tuple[date, date], which: str) -> tuple[date, date]:
    first, beyond = days
    if which in "初头":
        return first, first + timedelta(days=10)
    if which in "中":
        return first + timedelta(days=10), first + timedelta(days=20)
    return first + timedelta(days=20), beyond


def _clock(text: str, found: Pieces, today: date) -> str:
    if match := _SHORT_OF.search(text):
        minutes = 15 if match["minute"] == "一刻" else _number(match["minute"].rstrip("分"))
        total = _number(match["hour"]) * 60 - minutes
        found.clock = divmod(total, 60)
        return _cut(text, match)
    if match := _DIGITAL.search(text):
        found.clock = int(match["hour"]), int(match["minute"])
        found.exact_clock = match["hour"].startswith("0") or int(match["hour"]) > 12
        return _cut(text, match)
    if match := _CLOCK.search(text):
        hour = _number(match["hour"])
        minute = 30 if match["half"] else 0
        if match["quarters"]:
            minute = 15 * _number(match["quarters"])
        elif match["characters"]:
            minute = 5 * _number(match["characters"])
        elif match["minute"]:
            minute = _number(match["minute"])
        if hour <= 24 and minute < 60:
            found.clock = hour, minute
            return _cut(text, match)
    return text


def _part(text: str, found: Pieces, today: date) -> str:
    match = _PART.search(text)
    if match is None:
        return text
    found.part = _PARTS[match[0]]
    return _cut(text, match)
