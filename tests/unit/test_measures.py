"""What customers measure against what things are made for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from actions.clerk.measures import covers, measures_of, ranges_of


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("我左右眼都六百五十度", "度", "650"),
        ("600度配哪种", "度", "600"),
        ("娃五岁了", "岁", "5"),
        ("两岁半能坐吗", "岁", "2.5"),
        ("43码有没有", "码", "43"),
        ("my eyes are -6.50", "度", "650"),
        ("she's 7", "岁", "7"),
        ("my son is a 3 year old", "岁", "3"),
        ("do you have size 42", "码", "42"),
    ],
)
def test_a_measure_is_read_with_its_unit(text, unit, value):
    found = measures_of(text)
    assert [(one.unit, one.value) for one in found] == [(unit, Decimal(value))]


def test_a_text_without_a_unit_measures_nothing():
    assert measures_of("来两桶 13800138000") == []


@pytest.mark.parametrize(
    ("description", "low", "high"),
    [
        ("适合500到800度，轻薄", 500, 800),
        ("0至7岁，ISOFIX接口", 0, 7),
        ("36到45码。", 36, 45),
        ("适合300度以内", None, 300),
        ("适合800度以上，定制", 800, None),
    ],
)
def test_a_range_is_read_from_a_description(description, low, high):
    (found,) = ranges_of(description)
    assert (found.low, found.high) == (low, high)


def test_a_thing_is_made_for_what_lies_in_its_range():
    assert covers("适合500到800度", "我600度") is True
    assert covers("适合300度以内", "我600度") is False


def test_a_thing_without_a_range_in_the_unit_says_nothing():
    assert covers("重9克", "我600度") is None
    assert covers("0至7岁", "我600度") is None
