"""Dates and times, seen from Wednesday, 25 November 2026, 22:10 in Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nightdesk.language.when import parse_duration, parse_on_day, parse_when

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 22, 10, tzinfo=ZONE)


def _read(text: str) -> tuple[str, str] | None:
    when = parse_when(text, NOW, ZONE)
    return when and (f"{when.start:%Y-%m-%d %H:%M}", f"{when.end:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("明天下午三点", "2026-11-26 15:00"),
        ("明晚八点半", "2026-11-26 20:30"),
        ("八点", "2026-11-26 08:00"),
        ("三点", "2026-11-26 15:00"),
        ("18:00", "2026-11-26 18:00"),
        ("后天上午10点", "2026-11-27 10:00"),
        ("听日下昼三点三个字", "2026-11-26 15:15"),
        ("差一刻八点", "2026-11-26 07:45"),
        ("晚一点九点吧", "2026-11-26 09:00"),
        ("9.20晚上7点", "2026-09-20 19:00"),
        ("半小时后", "2026-11-25 22:40"),
        ("礼拜天早浪九点", "2026-11-29 09:00"),
        ("next friday 3pm", "2026-12-04 15:00"),
        ("tomorrow around half eight", "2026-11-26 08:30"),
        ("this sat noon", "2026-11-28 12:00"),
        ("20h30", "2026-11-26 20:30"),
        ("quarter to 8", "2026-11-26 07:45"),
        ("12/25 9:30", "2026-12-25 09:30"),
        ("in two hours", "2026-11-26 00:10"),
        ("day after tomorrow around 11 in the morning", "2026-11-27 11:00"),
        ("tomorrow at 3 o'clock in the afternoon", "2026-11-26 15:00"),
        ("后天下晌两点", "2026-11-27 14:00"),
    ],
)
def test_a_moment_is_understood(text: str, moment: str) -> None:
    assert _read(text) == (moment, moment)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("下周三", "2026-12-02 00:00", "2026-12-03 00:00"),
        ("周末", "2026-11-28 00:00", "2026-11-30 00:00"),
        ("今晚", "2026-11-25 18:00", "2026-11-26 00:00"),
        ("周六上午", "2026-11-28 06:00", "2026-11-28 12:00"),
        ("上个月", "2026-10-01 00:00", "2026-11-01 00:00"),
        ("下午3点到5点", "2026-11-26 15:00", "2026-11-26 17:00"),
        ("下周一到周三", "2026-11-30 00:00", "2026-12-03 00:00"),
        ("一周后", "2026-12-02 00:00", "2026-12-03 00:00"),
        ("除夕", "2027-02-05 00:00", "2027-02-06 00:00"),
        ("腊月二十六", "2027-02-02 00:00", "2027-02-03 00:00"),
        ("十一月十六", "2026-11-16 00:00", "2026-11-17 00:00"),
        ("23号", "2026-12-23 00:00", "2026-12-24 00:00"),
        ("fri arvo", "2026-11-27 12:00", "2026-11-27 18:00"),
        ("between 3 and 5 tmr", "2026-11-26 15:00", "2026-11-26 17:00"),
        ("next week", "2026-11-30 00:00", "2026-12-07 00:00"),
        ("last tuesday", "2026-11-24 00:00", "2026-11-25 00:00"),
        ("Friday the 27th", "2026-11-27 00:00", "2026-11-28 00:00"),
    ],
)
def test_a_stretch_is_understood(text: str, start: str, end: str) -> None:
    assert _read(text) == (start, end)


def test_before_and_after_are_bounds() -> None:
    after = parse_when("明天下午四点以后", NOW, ZONE)
    before = parse_when("before 5pm tomorrow", NOW, ZONE)
    assert after is not None
    assert before is not None
    assert (after.bound, f"{after.start:%d %H:%M}", f"{after.end:%d %H:%M}") == (
        "after", "26 16:00", "27 00:00",
    )  # fmt: skip
    assert (before.bound, f"{before.end:%d %H:%M}") == ("before", "26 17:00")


def test_a_time_is_in_the_shops_zone_whatever_the_clocks() -> None:
    when = parse_when("明天九点", NOW.astimezone(ZoneInfo("UTC")), ZONE)
    assert when is not None
    assert when.as_json()["start"] == "2026-11-26T09:00:00+08:00"


@pytest.mark.parametrize(
    "text",
    ["", "机油", "hello", "E7", "订单88203317", "9999年99月99日", "tuesday or oil", "12345678"],
)
def test_what_names_no_time_is_none(text: str) -> None:
    assert parse_when(text, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("半小时", 30),
        ("一个半小时", 90),
        ("俩钟头", 120),
        ("两天", 2880),
        ("an hour and a half", 90),
    ],
)
def test_a_length_of_time_is_no_date(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)
    assert parse_when(text, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("text", "day"), [("国庆第二天", 2), ("国庆节第三天上午", 3), ("国庆假期的第二天下午两点", 2)]
)
def test_a_day_of_a_holiday_is_counted_from_its_first(text, day):
    zone = ZoneInfo("Asia/Shanghai")
    when = parse_when(text, datetime(2026, 9, 1, tzinfo=zone), zone)
    assert when is not None
    assert (when.start.month, when.start.day) == (10, day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三点半", "15:30"),
        ("晚上八点", "20:00"),
        ("5pm", "17:00"),
        ("明天三点", None),
        ("半天", None),
    ],
)
def test_a_time_of_the_day_is_put_on_a_given_day(text, expected):
    zone = ZoneInfo("Asia/Shanghai")
    when = parse_on_day(text, date(2026, 11, 27), zone)
    assert (when and f"{when.start:%d %H:%M}") == (expected and f"27 {expected}")
