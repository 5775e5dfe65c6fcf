"""Placeholders of answers: what they say, and what is said of those that are wrong."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from nightdesk.amounts import price
from nightdesk.merchant.placeholders import Shelf, forms, mistakes, stray
from nightdesk.placeholders import FIGURES, Placeholder, fill, find

DAY = ((time(9), time(22)),)
RECORDS: dict[str, dict[str, Any]] = {
    "product": {"price": "1280", "currency": "CNY", "stock": 3, "unit_zh": "桶"},
    "service": {"price": "399", "currency": "CNY"},
    "branch": {"open": "09:00", "close": "20:30", "phone": "021-5550"},
    "shop": {"hotline": "400-820-5550", "agent_hours": dict.fromkeys(range(7), DAY)},
}
SHELF = Shelf(
    {
        "product": ("QM-OIL-5W30", "QM-FLT-AIR"),
        "service": ("tasting",),
        "branch": ("SH-PD",),
        "shop": ("hotline",),
    }
)


def said(text: str, language: str = "zh", **changed: Any) -> str:
    records = {kind: {**record, **changed} for kind, record in RECORDS.items()}

    def read(placeholder: Placeholder) -> dict[str, Any] | None:
        figure = placeholder.figure
        return records[figure.of] if figure else None

    return fill(text, language, read).text


def test_prices_have_decimals_only_where_there_are_any() -> None:
    assert price("1280", "CNY") == "¥1,280"
    assert price("15.9", "CNY") == "¥15.90"
    assert price("3", "THB") == "3 THB"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("{price:A}", "¥1,280", "¥1,280"),
        ("{stock:A}", "只剩 3 桶", "only 3 left"),
        ("{service_price:A}", "¥399", "¥399"),
        ("{hours:A}", "09:00–20:30", "09:00–20:30"),
        ("{phone:A}", "021-5550", "021-5550"),
        ("{hotline}", "400-820-5550", "400-820-5550"),
        ("{agent_hours}", "周一至周日 09:00–22:00", "Monday to Sunday 09:00–22:00"),
        ("一桶{ Price ： A }，热线{hotline}", "一桶¥1,280，热线400-820-5550", None),
    ],
)
def test_every_figure_is_written_for_the_language(text: str, zh: str, en: str | None) -> None:
    assert said(text) == zh
    assert en is None or said(text, "en") == en


def test_every_name_there_is_has_its_words_tested_above() -> None:
    assert set(FIGURES) == {
        "price",
        "stock",
        "service_price",
        "hours",
        "phone",
        "hotline",
        "agent_hours",
    }


@pytest.mark.parametrize(
    ("stock", "zh", "en"), [(0, "暂时没货", "out of stock"), (6, "有货", "in stock")]
)
def test_the_stock_is_a_number_only_when_few_are_left(stock: int, zh: str, en: str) -> None:
    assert said("{stock:A}", stock=stock) == zh
    assert said("{stock:A}", "en", stock=stock) == en


def test_what_costs_nothing_is_free() -> None:
    assert said("{service_price:A}", price="0.00") == "免费"


@pytest.mark.parametrize(
    ("opens", "closes", "zh"),
    [("18:00", "02:00", "18:00–次日 02:00"), ("00:00", "00:00", "24 小时")],
)
def test_hours_past_midnight_and_round_the_clock(opens: str, closes: str, zh: str) -> None:
    assert said("{hours:A}", open=opens, close=closes) == zh


def test_days_of_the_same_hours_are_said_together() -> None:
    late = ((time(9), time(12)), (time(20), time.max))
    hours = {0: DAY, 1: DAY, 2: (), 3: late, 4: DAY, 5: (), 6: ()}
    assert said("{agent_hours}", agent_hours=hours) == (
        "周一至周二 09:00–22:00，周四 09:00–12:00、20:00–24:00，周五 09:00–22:00"
    )


@pytest.mark.parametrize(
    "text", ["{price:A}", "{price}", "{hours:A}", "{no_such_thing}", "{no_such:A}", "{hotline:A}"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_cannot_be_had_is_said_to_be_unknown_and_never_shown_raw(
    text: str, language: str
) -> None:
    filled = fill(f"满 100 包邮。现在{text}一桶。", language, lambda placeholder: None)
    assert "{" not in filled.text
    assert "满 100 包邮。" in filled.text
    assert ("查不到" if language == "zh" else "not available") in filled.text
    assert filled.missing == tuple(find(text))


@pytest.mark.parametrize(
    "record", [{}, {"price": "NaN?", "currency": "CNY"}, {"price": None, "currency": "CNY"}]
)
def test_a_record_that_makes_no_sense_gives_no_figure(record: dict[str, Any]) -> None:
    assert fill("{price:A}", "zh", lambda placeholder: record).missing


@pytest.mark.parametrize("text", ["{}", "{ 先看 再看 }", "{1,2}", "集合{甲、乙}", "{", "}{"])
def test_other_braces_are_plain_text(text: str) -> None:
    assert find(text) == []
    assert said(text) == text
    assert mistakes(text, SHELF) == []


def test_right_placeholders_are_no_mistake() -> None:
    text = "{price:QM-OIL-5W30} {stock:QM-FLT-AIR} {service_price:tasting} {hours:SH-PD} {hotline}"
    assert mistakes(text, SHELF) == []
    assert stray(text) == []


@pytest.mark.parametrize(
    ("text", "what", "right"),
    [
        ("{prise:QM-OIL-5W30}", "unknown placeholder", "{price:QM-OIL-5W30}"),
        ("{价格:QM-OIL-5W30}", "unknown placeholder", "{price:QM-OIL-5W30}"),
        ("{xyzzy}", "unknown placeholder", "{service_price:SERVICE}"),
        ("{price:QM-OIL-5W3}", "no such product", "{price:QM-OIL-5W30}"),
        ("{hours:SH-PP}", "no such branch", "{hours:SH-PD}"),
        ("{service_price:QM-OIL-5W30}", "no such service", "{service_price:tasting}"),
        ("{price}", "which product", "{price:QM-OIL-5W30}"),
        ("{price:QM OIL}", "no such product", "{price:"),
        ("{hotline:SH-PD}", "takes no code", "{hotline}"),
        ("{agent_hours}", "profile.yml has no agent_hours", "fill in agent_hours"),
    ],
)
def test_a_mistake_says_what_would_be_right(text: str, what: str, right: str) -> None:
    (mistake,) = mistakes(f"现在{text}。", SHELF)
    assert what in mistake.what.en
    assert right in mistake.right.en
    assert mistake.what.zh
    assert mistake.right.zh
    assert not mistake.unsure


def test_what_cannot_be_asked_about_is_not_called_wrong() -> None:
    (mistake,) = mistakes("{price:X}", Shelf({}, silent=frozenset({"product"})))
    assert mistake.unsure


def test_braces_that_look_like_a_placeholder_and_are_none_are_noticed() -> None:
    assert stray("{甲} { 甲 乙 } {QM-OIL-5W30} {price:A}") == ["{甲}", "{QM-OIL-5W30}"]


def test_the_forms_name_every_placeholder() -> None:
    assert all(f"{{{name}" in forms().en for name in FIGURES)
