"""Holds over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from nightdesk import clock
from tests.integration import scheduling_shop as shop
from tests.integration.scheduling_shop import at, book, booking, error, slots, starts


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    standing = shop.Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def api(database):
    return shop.client(database)


def _hold(api, conversation, start=at(24, 10), status=201):
    body = {"service": "align", "branch": "PD", "start": start, "conversation_id": conversation}
    answer = api.post("/holds", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_hold_keeps_a_start_from_others_but_not_from_its_owner(api):
    _hold(api, "conversation-1")
    _hold(api, "conversation-2", status=409)
    other = booking(conversation_id="conversation-2")
    error(api.post("/appointments", json=other), 409, "slot_taken")
    assert at(24, 10) not in starts(slots(api, **{"from": at(24, 9), "to": at(24, 12)}))
    assert at(24, 10) in starts(slots(api, conversation_id="conversation-1"))
    book(api)


def test_a_hold_ends_by_the_clock(api, time_of_day):
    _hold(api, "conversation-2")
    time_of_day.forward(minutes=5)
    book(api)


def test_the_same_hold_again_is_prolonged(api, time_of_day):
    first = _hold(api, "conversation-2")
    time_of_day.forward(minutes=4)
    again = _hold(api, "conversation-2")
    assert again["hold_id"] == first["hold_id"]
    assert again["expires_at"] > first["expires_at"]


def test_a_booking_gives_its_hold_back(api):
    _hold(api, "conversation-1")
    number = book(api)["appointment_no"]
    api.post(f"/appointments/{number}/cancel")
    book(api, conversation_id="conversation-2")


def test_the_oldest_hold_of_a_conversation_makes_room(api, time_of_day):
    for hour in (10, 11, 12, 13):
        _hold(api, "conversation-2", at(24, hour))
        time_of_day.forward(seconds=1)
    book(api)
    error(api.post("/appointments", json=booking(start=at(24, 11))), 409, "slot_taken")


def test_only_its_owner_gives_a_hold_back(api):
    held = _hold(api, "conversation-2")["hold_id"]
    error(api.delete(f"/holds/{held}?conversation_id=conversation-1"), 404, "not_found")
    assert api.delete(f"/holds/{held}?conversation_id=conversation-2").status_code == 204
    book(api)
