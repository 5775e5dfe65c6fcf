"""Appointments over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from nightdesk import clock
from nightdesk.backends.scheduling import catalogue
from tests.integration import scheduling_shop as shop
from tests.integration.scheduling_shop import at, book, booking, error


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    standing = shop.Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def api(database):
    return shop.client(database)


def test_an_appointment_says_all_that_is_read_back(api):
    made = book(api)
    assert (made["start"], made["end"]) == (at(24, 10), at(24, 11))
    assert (made["status"], made["price"], made["branch_name_zh"]) == (
        "booked",
        "260.00",
        "上海浦东店",
    )


def test_a_start_without_an_offset_is_the_shops(api):
    assert book(api, start="2026-11-24T10:00:00")["start"] == at(24, 10)


def test_a_taken_start_is_refused_with_free_ones_here_and_in_reach(api):
    book(api)
    answer = api.post("/appointments", json=booking())
    offered = error(answer, 409, "slot_taken")["alternatives"]
    assert [slot["start"] for slot in offered if slot["branch"] == "PD"] == [
        at(24, 9),
        at(24, 11),
        at(24, 11, 30),
    ]
    assert [slot["branch"] for slot in offered[3:]] == ["NT", "MH"]


def test_every_alternative_can_be_booked(api):
    book(api)
    offered = error(api.post("/appointments", json=booking()), 409, "slot_taken")["alternatives"]
    # The two after 11 o'clock overlap each other: one of them is enough.
    for slot in [slot for slot in offered if slot["start"] != at(24, 11, 30)]:
        book(api, branch=slot["branch"], start=slot["start"])


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (at(24, 8, 30), "outside_hours"),
        (at(24, 19, 30), "outside_hours"),
        (at(24, 10, 10), "no_such_start"),
        (at(22, 10), "in_the_past"),
        ("2027-11-24T10:00:00+08:00", "too_far_ahead"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_alternatives(api, start, code):
    details = error(api.post("/appointments", json=booking(start=start)), 422, code)
    assert details["alternatives"]


def test_unknown_codes_and_services_done_elsewhere_are_refused(api):
    error(api.post("/appointments", json=booking(service="x")), 404, "unknown_service")
    error(api.post("/appointments", json=booking(branch="x")), 404, "unknown_branch")
    details = error(
        api.post("/appointments", json=booking(service="paint", branch="CY")),
        422,
        "not_at_this_branch",
    )
    assert details["branches"] == ["PD"]


def test_capacity_counts_what_runs_at_once_not_what_touches(api):
    book(api, service="wash", start=at(24, 9))
    book(api, service="wash", start=at(24, 10, 30))
    book(api, service="wash", start=at(24, 9, 30))
    answer = api.post("/appointments", json=booking(service="wash", start=at(24, 10)))
    error(answer, 409, "slot_taken")
    book(api, service="wash", start=at(24, 11))


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": {"name": "张伟"}},
        {"customer": {"name": "张\x00伟", "phone": "13800138000"}},
        {"note": "x" * 2001},
        {"start": "tomorrow"},
        {"start": "0001-01-01T00:00:00"},
        {"start": "9999-12-31T23:59:59-12:00"},
        {"conversation_id": ""},
    ],
)
def test_a_request_that_is_not_valid_is_refused(api, wrong):
    error(api.post("/appointments", json=booking(**wrong)), 422, "invalid")


def test_the_same_key_gives_the_same_appointment(api):
    answers = [
        api.post("/appointments", json=booking(), headers={"Idempotency-Key": "k"}) for _ in "12"
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_key_used_for_something_else_is_refused(api):
    key = {"Idempotency-Key": "k"}
    api.post("/appointments", json=booking(), headers=key)
    other = api.post("/appointments", json=booking(start=at(24, 12)), headers=key)
    error(other, 409, "idempotency_mismatch")


def test_a_refused_booking_may_be_tried_again_with_its_key(api):
    first = book(api)
    key = {"Idempotency-Key": "k"}
    error(api.post("/appointments", json=booking(), headers=key), 409, "slot_taken")
    api.post(f"/appointments/{first['appointment_no']}/cancel")
    assert api.post("/appointments", json=booking(), headers=key).status_code == 201


def test_an_appointment_is_shown_to_who_knows_its_phone(api):
    number = book(api)["appointment_no"]
    assert api.get(f"/appointments/{number}?phone_tail=8000").json()["appointment_no"] == number
    assert api.get(f"/appointments/{number.lower()}").status_code == 200
    error(api.get(f"/appointments/{number}?phone_tail=8001"), 404, "not_found")
    error(api.get("/appointments/AP0000000000?phone_tail=8000"), 404, "not_found")


def test_five_wrong_phone_tails_lock_an_appointment_for_a_while(api, time_of_day):
    number = book(api)["appointment_no"]
    for _ in range(5):
        error(api.get(f"/appointments/{number}?phone_tail=0000"), 404, "not_found")
    error(api.get(f"/appointments/{number}?phone_tail=8000"), 409, "locked")
    time_of_day.forward(minutes=15)
    assert api.get(f"/appointments/{number}?phone_tail=8000").status_code == 200


def test_the_calendar_entry_needs_the_phone_too(api):
    number = book(api)["appointment_no"]
    error(api.get(f"/appointments/{number}.ics?phone_tail=0000"), 404, "not_found")
    entry = api.get(f"/appointments/{number}.ics?phone_tail=8000")
    assert entry.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261124T020000Z\r\n" in entry.text


def test_a_conversation_sees_its_own_appointments(api):
    mine = book(api)["appointment_no"]
    book(api, start=at(24, 12), conversation_id="conversation-2")
    listed = api.get("/appointments?conversation_id=conversation-1").json()["appointments"]
    assert [one["appointment_no"] for one in listed] == [mine]


def test_an_appointment_moves_to_another_start_and_branch(api):
    number = book(api)["appointment_no"]
    change = {"start": at(24, 10, 30), "branch": "MH"}
    moved = api.patch(f"/appointments/{number}", json=change).json()
    assert (moved["start"], moved["branch"]) == (at(24, 10, 30), "MH")
    book(api)


def test_an_appointment_does_not_stand_in_its_own_way(api):
    number = book(api)["appointment_no"]
    assert api.patch(f"/appointments/{number}", json={"start": at(24, 10, 30)}).status_code == 200


def test_an_appointment_does_not_move_onto_another(api):
    book(api)
    number = book(api, start=at(24, 12))["appointment_no"]
    error(api.patch(f"/appointments/{number}", json={"start": at(24, 10)}), 409, "slot_taken")
    assert api.get(f"/appointments/{number}").json()["start"] == at(24, 12)


def test_a_change_of_nothing_is_refused(api):
    number = book(api)["appointment_no"]
    error(api.patch(f"/appointments/{number}", json={}), 422, "invalid")


def test_a_cancelled_appointment_frees_its_start_and_stays_cancelled(api):
    number = book(api)["appointment_no"]
    assert api.post(f"/appointments/{number}/cancel").json()["status"] == "cancelled"
    assert api.post(f"/appointments/{number}/cancel").status_code == 200
    error(api.patch(f"/appointments/{number}", json={"note": "x"}), 409, "cancelled")
    book(api)


def test_what_has_begun_cannot_be_changed_or_cancelled(api, time_of_day):
    number = book(api)["appointment_no"]
    time_of_day.forward(days=1, hours=7)
    error(api.post(f"/appointments/{number}/cancel"), 409, "already_past")
    error(api.patch(f"/appointments/{number}", json={"start": at(25, 10)}), 409, "already_past")


def test_a_new_catalogue_withdraws_and_brings_back_without_touching_bookings(api, database):
    number = book(api)["appointment_no"]
    with database.write() as session:
        catalogue.replace_branches(session, shop.BRANCHES[:1])
    error(api.post("/appointments", json=booking(start=at(24, 12))), 404, "unknown_branch")
    assert api.get(f"/appointments/{number}").json()["branch_name_zh"] == "上海浦东店"
    assert api.post(f"/appointments/{number}/cancel").status_code == 200
    shop.load(database)
    book(api)
