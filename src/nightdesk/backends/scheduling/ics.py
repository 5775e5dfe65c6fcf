"""An appointment as an iCalendar file (RFC 5545), which phones and mail programs open."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from nightdesk.backends.scheduling.model import Appointment, Branch, Service

LINE_BYTES = 75
_BREAKS = re.compile(r"\r\n|\r|\n")


def icalendar(appointment: Appointment, service: Service, branch: Branch) -> str:
    """The file's text: one event in UTC, cancelled if the appointment is."""
    number = appointment.appointment_no
    note = f"\n{appointment.note}" if appointment.note else ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//NightDesk//Scheduling//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{number}@nightdesk",
        f"SEQUENCE:{appointment.revision}",
        f"DTSTAMP:{_moment(appointment.updated_at)}",
        f"DTSTART:{_moment(appointment.start)}",
        f"DTEND:{_moment(appointment.end)}",
        f"SUMMARY:{_text(f'{service.name_zh} · {branch.name_zh}')}",
        f"LOCATION:{_text(branch.address_zh)}",
        f"GEO:{branch.lat};{branch.lon}",
        f"DESCRIPTION:{_text(f'{number} · {branch.phone}{note}')}",
        f"STATUS:{'CANCELLED' if appointment.status == 'cancelled' else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(fold_line(line) + "\r\n" for line in lines)


def fold_line(line: str) -> str:
    """``line`` broken after at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    folded, size = "", 0
    for character in line:
        length = len(character.encode())
        if size + length > LINE_BYTES:
            folded, size = folded + "\r\n ", 1
        folded, size = folded + character, size + length
    return folded


def _text(value: str) -> str:
    escaped = re.sub(r"([\\;,])", r"\\\1", value)
    return "".join(c for c in _BREAKS.sub(r"\\n", escaped) if c.isprintable())


def _moment(value: datetime) -> str:
    return f"{value.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"
