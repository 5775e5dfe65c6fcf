"""Numbers and fields that the contracts share."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from nightdesk.backends import numbers
from nightdesk.backends.fields import Customer, moment

EIGHT = timezone(timedelta(hours=8))


def test_numbers_do_not_repeat_or_follow_one_another():
    made = {numbers.new("AP") for _ in range(1000)}
    assert len(made) == 1000
    assert len({number[:8] for number in made}) > 990


@pytest.mark.parametrize("typed", ["ap0123456o1i", " AP-01234 56011 ", "ＡＰ０１２３４５６０１１"])
def test_a_number_is_read_as_people_type_it(typed):
    assert numbers.read(typed) == "AP0123456011"


def test_a_number_that_is_read_is_the_number_that_was_made():
    number = numbers.new("OIL")
    assert numbers.read(number.lower()) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T09:00:00+08:00", datetime(2026, 11, 23, 9, tzinfo=EIGHT)),
        ("2026-11-23T09:00:00 08:00", datetime(2026, 11, 23, 9, tzinfo=EIGHT)),
        ("2026-11-23T01:00:00Z", datetime(2026, 11, 23, 1, tzinfo=timezone.utc)),
        ("2026-11-23 09:00", datetime(2026, 11, 23, 9)),
        ("2026-11-23", datetime(2026, 11, 23)),
    ],
)
def test_a_time_is_read_with_or_without_its_offset(text, expected):
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "09:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        moment(text)


@pytest.mark.parametrize("name", ["", "  ", "张\x00伟", "\ud800", "张" * 101])
def test_a_name_that_cannot_be_stored_is_refused(name):
    with pytest.raises(ValidationError):
        Customer(name=name, phone="13800138000")


@pytest.mark.parametrize("phone", ["13800138000", "+86 138 0013 8000", "021-55500201"])
def test_a_phone_number_may_have_spaces_and_hyphens(phone):
    assert Customer(name="张伟", phone=phone).phone == phone


@pytest.mark.parametrize("phone", ["", "call me", "1", "1" * 40])
def test_what_is_no_phone_number_is_refused(phone):
    with pytest.raises(ValidationError):
        Customer(name="张伟", phone=phone)
