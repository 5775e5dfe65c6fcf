"""Holidays and days of the lunar calendar by name."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_lock = threading.Lock()  # jionlp is not thread-safe
#: name → month and day of the solar calendar, or None for one that the lunar calendar moves.
_NAMED: dict[str, tuple[int, int] | None] = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "女神节": (3, 8),
    "五一": (5, 1), "劳动节": (5, 1), "五四": (5, 4),
    "儿童节": (6, 1), "六一": (6, 1), "618": (6, 18),
    "六一八": (6, 18), "教师节": (9, 10), "国庆节": (10, 1), "国庆": (10, 1), "十一": (10, 1),
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12), "平安夜": (12, 24),
    "圣诞节": (12, 25), "圣诞": (12, 25), "跨年": (12, 31), "跨年夜": (12, 31),
    "春节": None, "大年初一": None, "除夕": None, "大年三十": None, "年三十": None, "元宵节": None,
    "元宵": None, "清明节": None, "清明": None, "端午节": None, "端午": None, "七夕": None,
    "中秋节": None, "中秋": None, "重阳节": None, "重阳": None, "腊八": None, "冬至": None,
    "母亲节": None, "父亲节": None, "感恩节": None, "过年": None, "年": None, "节": None,
}  # fmt: skip
_AS = {"过年": "春节", "大年三十": "除夕", "年三十": "除夕", "大年初一": "春节"}
_NAME = re.compile("|".join(sorted((n for n in _NAMED if len(n) > 1), key=len, reverse=True)))
_LUNAR = re.compile(
    r"(?:农历|阴历|旧历)?(?:(?:正|腊|冬)月(?:初|廿)?[一二三四五六七八九十]{1,3}|"
    r"(?:大年)?初[一二三四五六七八九十])|(?:农历|阴历|"
    r"旧历)[一二三四五六七八九十]{1,2}月[初廿]?[一二三四五六七八九十]{1,3}"
)
_CLOCKED = re.compile(r"(?:十一|五四)(?=[点月号日个时])")


@dataclass(frozen=True)
class Named:
    """``text[start:end]`` names ``days`` (first day, and the day after the last)."""

    start: int
    end: int
    days: tuple[date, date]


def find(text: str, today: date, year: int | None = None) -> Named | None:
    """The first holiday or lunar day named in a folded text.

    Without a year it is the one to come, or the last one if that was within thirty days.
    """
    match = _LUNAR.search(text) or _NAME.search(text)
    if match is None or _CLOCKED.match(text, match.start()):
        return None
    name = _AS.get(match[0], match[0])
    solar = _NAMED.get(name)
    years = (year,) if year else (today.year - 1, today.year, today.year + 1)
    if re.fullmatch("初.", name):  # of this lunar month or the next
        day = _by_calendar(name, today.year, today.month, today.day)
        return Named(match.start(), match.end(), (day, day + timedelta(days=1))) if day else None
    for candidate in years:
        day = date(candidate, *solar) if solar else _by_calendar(name, candidate)
        if day and (year or day >= today - timedelta(days=30)):
            return Named(match.start(), match.end(), (day, day + timedelta(days=1)))
    return None


@lru_cache(maxsize=512)
def _by_calendar(name: str, year: int, month: int = 3, day: int = 1) -> date | None:
    """The day of a lunar or moving holiday seen from a day; None if the calendar has none."""
    base = {"year": year, "month": month, "day": day, "hour": 12, "minute": 0, "second": 0}
    with _lock:
        import jionlp

        try:
            parsed = jionlp.parse_time(name, time_base=base)
        except (ValueError, KeyError, TypeError, IndexError):
            return None
    if not isinstance(parsed.get("time"), list):
        return None
    text = str(parsed["time"][0])[:10]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
