"""An appointment as an iCalendar file."""

from __future__ import annotations

from datetime import datetime, timezone

from nightdesk.backends.scheduling.ics import fold_line, icalendar
from nightdesk.backends.scheduling.model import Appointment, Branch, Service


def _file(**changes):
    appointment = Appointment(
        **{
            "appointment_no": "AP0123456789",
            "start": datetime(2026, 11, 24, 2, tzinfo=timezone.utc),
            "end": datetime(2026, 11, 24, 3, tzinfo=timezone.utc),
            "updated_at": datetime(2026, 11, 23, tzinfo=timezone.utc),
            "status": "booked",
            "note": "",
            "revision": 2,
            **changes,
        }
    )
    branch = Branch(
        name_zh="上海浦东店", address_zh="沪南路6188号, 3楼", lat=31.1, lon=121.5, phone="021-1"
    )
    return icalendar(appointment, Service(name_zh="四轮定位"), branch)


def _lines(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_times_are_in_utc():
    assert {"DTSTART:20261124T020000Z", "DTEND:20261124T030000Z"} <= set(_lines(_file()))


def test_a_cancelled_appointment_is_cancelled_in_the_calendar_too():
    assert "STATUS:CANCELLED" in _lines(_file(status="cancelled"))


def test_a_change_has_a_higher_sequence():
    assert "SEQUENCE:2" in _lines(_file())


def test_commas_semicolons_backslashes_and_line_breaks_are_escaped():
    lines = _lines(_file(note="a,b;c\\d\r\ne"))
    assert "LOCATION:沪南路6188号\\, 3楼" in lines
    assert "DESCRIPTION:AP0123456789 · 021-1\\na\\,b\\;c\\\\d\\ne" in lines


def test_a_note_cannot_add_a_line_of_its_own():
    assert "STATUS:X" not in _lines(_file(note="x\nSTATUS:X\x85STATUS:X\u2028STATUS:X"))


def test_a_long_line_is_folded_between_characters_at_75_octets():
    line = "SUMMARY:" + "保养" * 60
    folded = fold_line(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in folded)
    assert folded[0] + "".join(part[1:] for part in folded[1:]) == line
