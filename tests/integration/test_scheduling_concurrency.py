"""Many at once, on SQLite and PostgreSQL: capacity holds, one key makes one appointment."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.backends.idempotency import once
from nightdesk.backends.scheduling import hours, service
from nightdesk.backends.scheduling.availability import Shop
from nightdesk.backends.scheduling.model import Appointment, Hold
from nightdesk.backends.service import ServiceError
from tests.integration import scheduling_shop as shop

THREADS = 16
SHOP = Shop(shop.ZONE, "CNY")
NINE = datetime(2026, 11, 24, 9, tzinfo=shop.ZONE)


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    monkeypatch.setattr(clock, "now", shop.Clock())


@pytest.fixture
def loaded(database):
    shop.load(database)
    return database


def _wish(number, start, code="wash"):
    return service.Wish(code, "PD", start, "张伟", "13800138000", f"conversation-{number}")


def _at_once(task, count):
    """What ``task(0)`` … ``task(count - 1)`` return, all begun together; an error is its code."""
    together = threading.Barrier(THREADS)

    def run(number):
        if number < THREADS:
            together.wait()
        try:
            return task(number)
        except ServiceError as error:
            return error.code

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(count)))


def _booked(database):
    with database.read() as session:
        rows = session.scalars(select(Appointment).where(Appointment.status == "booked"))
        return [(row.start, row.end) for row in rows]


def _peak(spans):
    day = (NINE, NINE + timedelta(hours=12))
    return hours.peak(spans, day)


def test_a_start_is_booked_as_often_as_capacity_allows_and_no_more(loaded):
    def book(number):
        with loaded.write() as session:
            service.book(session, SHOP, _wish(number, NINE))
        return "booked"

    assert Counter(_at_once(book, 24)) == {"booked": 2, "slot_taken": 22}
    assert len(_booked(loaded)) == 2


def test_overlapping_starts_never_exceed_capacity_and_fill_it(loaded):
    def book(number):
        with loaded.write() as session:
            service.book(session, SHOP, _wish(number, NINE + number % 5 * hours.STEP))
        return "booked"

    said = Counter(_at_once(book, 40))
    assert set(said) == {"booked", "slot_taken"}
    assert _peak(_booked(loaded)) == 2
    assert len(_booked(loaded)) == said["booked"]


def test_moving_booking_and_holding_together_never_exceed_capacity(loaded):
    with loaded.write() as session:
        elsewhere = [
            service.book(session, SHOP, _wish(n, NINE + timedelta(days=1 + n), "align"))
            for n in range(8)
        ]
        numbers = [appointment.appointment_no for appointment in elsewhere]

    def act(number):
        with loaded.write() as session:
            if number % 3 == 0:
                service.change(session, SHOP, numbers[number // 3], start=NINE)
            elif number % 3 == 1:
                service.book(session, SHOP, _wish(100 + number, NINE, "align"))
            else:
                service.hold(session, SHOP, "align", "PD", NINE, f"conversation-{100 + number}")
        return "taken"

    assert Counter(_at_once(act, 24)) == {"taken": 1, "slot_taken": 23}
    with loaded.read() as session:
        held = [(hold.start, hold.end) for hold in session.scalars(select(Hold))]
    assert _peak(_booked(loaded) + held) == 1


def test_one_key_makes_one_appointment_however_often_it_is_sent_at_once(loaded):
    def book(_number):
        with loaded.write() as session:
            answer = once(
                session,
                "scheduling",
                "key",
                "book",
                {},
                lambda: service.book(session, SHOP, _wish(1, NINE)).appointment_no,
            )
        return answer.body

    assert len(set(_at_once(book, 24))) == 1
    assert len(_booked(loaded)) == 1


def test_keys_of_refused_writes_are_free_again(loaded):
    def book(number):
        with loaded.write() as session:
            once(
                session,
                "scheduling",
                f"key-{number % 4}",
                "book",
                {},
                lambda: service.book(session, SHOP, _wish(number, NINE, "align")).appointment_no,
            )
        return "answered"

    said = Counter(_at_once(book, 16))
    # One of four keys books; its repeats are answered, whether before or after the others' refusal.
    assert said == {"answered": 4, "slot_taken": 12}
    assert len(_booked(loaded)) == 1


def test_wrong_phone_tails_at_once_are_all_counted(loaded):
    with loaded.write() as session:
        number = service.book(session, SHOP, _wish(1, NINE)).appointment_no

    def guess(attempt):
        with loaded.write() as session:
            return service.owned(session, number, f"{attempt:04d}")

    assert Counter(_at_once(guess, 16)) == {None: service.MISSES, "locked": 16 - service.MISSES}
