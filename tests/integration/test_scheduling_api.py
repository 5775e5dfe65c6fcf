"""The scheduling contract over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from nightdesk import clock
from nightdesk.backends.scheduling import catalogue
from tests.integration import scheduling_shop as shop
from tests.integration.scheduling_shop import at, booking


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    standing = shop.Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def api(database):
    return shop.client(database)


def _starts(slots):
    return [slot["start"] for slot in slots]


def _slots(api, **query):
    answer = api.get("/slots", params={"service": "align", "branch": "PD", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["slots"]


def _error(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return answer.json()["error"]["details"]


def _book(api, **changes):
    answer = api.post("/appointments", json=booking(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_nothing_is_answered_without_the_service_token(api):
    _error(api.get("/services", headers={"Authorization": "Bearer wrong"}), 401, "unauthorized")


@pytest.mark.parametrize("said", ["四轮定位", "做定位", "四论定位", "四輪定位"])
def test_a_service_is_found_by_name_alias_typo_and_traditional_script(api, said):
    hits = api.get("/services", params={"q": said}).json()["services"]
    assert [hit["code"] for hit in hits] == ["align"]
    assert (hits[0]["price"], hits[0]["currency"], hits[0]["duration_min"]) == ("260.00", "CNY", 60)


def test_without_a_question_every_service_is_listed_with_its_branches(api):
    listed = api.get("/services").json()["services"]
    assert {s["code"]: sorted(s["branches"]) for s in listed} == {
        "align": ["CY", "MH", "NT", "PD"],
        "wash": ["MH", "PD"],
        "paint": ["PD"],
    }


@pytest.mark.parametrize(
    ("near", "code"),
    [("徐汇", "MH"), ("望京", "CY"), ("张江", "PD"), ("浦东店", "PD"), ("敏行店", "MH")],
)
def test_the_nearest_branch_comes_first(api, near, code):
    answer = api.get("/branches", params={"near": near}).json()
    distances = [branch["distance_km"] for branch in answer["branches"]]
    assert answer["branches"][0]["code"] == code
    assert distances == sorted(distances)


def test_the_place_that_was_understood_is_told(api):
    assert api.get("/branches?near=徐汇").json()["place"]["name"] == "上海市徐汇区"


def test_an_unknown_place_gives_all_branches_without_distances(api):
    answer = api.get("/branches?near=火星").json()
    assert answer["place"] is None
    assert [branch["distance_km"] for branch in answer["branches"]] == [None] * 4


def test_coordinates_are_measured_from(api):
    answer = api.get("/branches", params={"lat": 31.179, "lon": 121.385, "limit": 1}).json()
    assert [(b["code"], b["distance_km"]) for b in answer["branches"]] == [("MH", 0.0)]


def test_half_a_coordinate_is_refused(api):
    _error(api.get("/branches?lat=31"), 422, "invalid")


def test_only_branches_that_do_the_service_are_offered_for_it(api):
    listed = api.get("/branches?near=北京&service=wash").json()["branches"]
    assert {branch["code"] for branch in listed} == {"PD", "MH"}


def test_slots_lie_in_the_opening_hours(api):
    starts = _starts(_slots(api, **{"from": "2026-11-24", "to": "2026-11-25"}))
    assert (starts[0], starts[-1], len(starts)) == (at(24, 9), at(24, 19), 21)


def test_slots_of_a_night_branch_reach_into_the_next_day(api):
    starts = _starts(_slots(api, branch="NT", **{"from": at(24, 12), "to": at(25, 12)}))
    assert (starts[0], starts[-1]) == (at(24, 18), at(25, 1))


def test_only_future_starts_are_offered(api, time_of_day):
    time_of_day.forward(hours=7)
    assert _starts(_slots(api))[0] == at(23, 10, 30)


def test_a_plus_that_was_not_encoded_is_understood(api):
    answer = api.get(f"/slots?service=align&branch=PD&from={at(24, 9)}&to={at(24, 10)}")
    assert _starts(answer.json()["slots"]) == [at(24, 9), at(24, 9, 30)]


@pytest.mark.parametrize(
    "query",
    [
        "from=soon",
        "from=2026-11-24&to=2026-11-23",
        "to=2027-11-23",
        "from=9999-12-31T23:00:00",
        "from=0001-01-01",
    ],
)
def test_a_span_that_makes_no_sense_is_refused(api, query):
    _error(api.get(f"/slots?service=align&branch=PD&{query}"), 422, "invalid")


def test_what_is_booked_is_no_longer_offered(api):
    _book(api)
    starts = _starts(_slots(api, **{"from": at(24, 9), "to": at(24, 12)}))
    assert starts == [at(24, 9), at(24, 11), at(24, 11, 30)]


def test_an_appointment_says_all_that_is_read_back(api):
    made = _book(api)
    assert (made["start"], made["end"]) == (at(24, 10), at(24, 11))
    assert (made["status"], made["price"], made["branch_name_zh"]) == (
        "booked",
        "260.00",
        "上海浦东店",
    )


def test_a_start_without_an_offset_is_the_shops(api):
    assert _book(api, start="2026-11-24T10:00:00")["start"] == at(24, 10)


def test_a_taken_start_is_refused_with_free_ones_here_and_in_reach(api):
    _book(api)
    answer = api.post("/appointments", json=booking())
    offered = _error(answer, 409, "slot_taken")["alternatives"]
    assert [slot["start"] for slot in offered if slot["branch"] == "PD"] == [
        at(24, 9),
        at(24, 11),
        at(24, 11, 30),
    ]
    assert [slot["branch"] for slot in offered[3:]] == ["NT", "MH"]


def test_every_alternative_can_be_booked(api):
    _book(api)
    offered = _error(api.post("/appointments", json=booking()), 409, "slot_taken")["alternatives"]
    # The two after 11 o'clock overlap each other: one of them is enough.
    for slot in [slot for slot in offered if slot["start"] != at(24, 11, 30)]:
        _book(api, branch=slot["branch"], start=slot["start"])


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
    details = _error(api.post("/appointments", json=booking(start=start)), 422, code)
    assert details["alternatives"]


def test_unknown_codes_and_services_done_elsewhere_are_refused(api):
    _error(api.post("/appointments", json=booking(service="x")), 404, "unknown_service")
    _error(api.post("/appointments", json=booking(branch="x")), 404, "unknown_branch")
    details = _error(
        api.post("/appointments", json=booking(service="paint", branch="CY")),
        422,
        "not_at_this_branch",
    )
    assert details["branches"] == ["PD"]


def test_capacity_counts_what_runs_at_once_not_what_touches(api):
    _book(api, service="wash", start=at(24, 9))
    _book(api, service="wash", start=at(24, 10, 30))
    _book(api, service="wash", start=at(24, 9, 30))
    answer = api.post("/appointments", json=booking(service="wash", start=at(24, 10)))
    _error(answer, 409, "slot_taken")
    _book(api, service="wash", start=at(24, 11))


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
    _error(api.post("/appointments", json=booking(**wrong)), 422, "invalid")


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
    _error(other, 409, "idempotency_mismatch")


def test_a_refused_booking_may_be_tried_again_with_its_key(api):
    first = _book(api)
    key = {"Idempotency-Key": "k"}
    _error(api.post("/appointments", json=booking(), headers=key), 409, "slot_taken")
    api.post(f"/appointments/{first['appointment_no']}/cancel")
    assert api.post("/appointments", json=booking(), headers=key).status_code == 201


def test_an_appointment_is_shown_to_who_knows_its_phone(api):
    number = _book(api)["appointment_no"]
    assert api.get(f"/appointments/{number}?phone_tail=8000").json()["appointment_no"] == number
    assert api.get(f"/appointments/{number.lower()}").status_code == 200
    _error(api.get(f"/appointments/{number}?phone_tail=8001"), 404, "not_found")
    _error(api.get("/appointments/AP0000000000?phone_tail=8000"), 404, "not_found")


def test_five_wrong_phone_tails_lock_an_appointment_for_a_while(api, time_of_day):
    number = _book(api)["appointment_no"]
    for _ in range(5):
        _error(api.get(f"/appointments/{number}?phone_tail=0000"), 404, "not_found")
    _error(api.get(f"/appointments/{number}?phone_tail=8000"), 409, "locked")
    time_of_day.forward(minutes=15)
    assert api.get(f"/appointments/{number}?phone_tail=8000").status_code == 200


def test_the_calendar_entry_needs_the_phone_too(api):
    number = _book(api)["appointment_no"]
    _error(api.get(f"/appointments/{number}.ics?phone_tail=0000"), 404, "not_found")
    entry = api.get(f"/appointments/{number}.ics?phone_tail=8000")
    assert entry.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261124T020000Z\r\n" in entry.text


def test_a_conversation_sees_its_own_appointments(api):
    mine = _book(api)["appointment_no"]
    _book(api, start=at(24, 12), conversation_id="conversation-2")
    listed = api.get("/appointments?conversation_id=conversation-1").json()["appointments"]
    assert [one["appointment_no"] for one in listed] == [mine]


def test_an_appointment_moves_to_another_start_and_branch(api):
    number = _book(api)["appointment_no"]
    change = {"start": at(24, 10, 30), "branch": "MH"}
    moved = api.patch(f"/appointments/{number}", json=change).json()
    assert (moved["start"], moved["branch"]) == (at(24, 10, 30), "MH")
    _book(api)


def test_an_appointment_does_not_stand_in_its_own_way(api):
    number = _book(api)["appointment_no"]
    assert api.patch(f"/appointments/{number}", json={"start": at(24, 10, 30)}).status_code == 200


def test_an_appointment_does_not_move_onto_another(api):
    _book(api)
    number = _book(api, start=at(24, 12))["appointment_no"]
    _error(api.patch(f"/appointments/{number}", json={"start": at(24, 10)}), 409, "slot_taken")
    assert api.get(f"/appointments/{number}").json()["start"] == at(24, 12)


def test_a_change_of_nothing_is_refused(api):
    number = _book(api)["appointment_no"]
    _error(api.patch(f"/appointments/{number}", json={}), 422, "invalid")


def test_a_cancelled_appointment_frees_its_start_and_stays_cancelled(api):
    number = _book(api)["appointment_no"]
    assert api.post(f"/appointments/{number}/cancel").json()["status"] == "cancelled"
    assert api.post(f"/appointments/{number}/cancel").status_code == 200
    _error(api.patch(f"/appointments/{number}", json={"note": "x"}), 409, "cancelled")
    _book(api)


def test_what_has_begun_cannot_be_changed_or_cancelled(api, time_of_day):
    number = _book(api)["appointment_no"]
    time_of_day.forward(days=1, hours=7)
    _error(api.post(f"/appointments/{number}/cancel"), 409, "already_past")
    _error(api.patch(f"/appointments/{number}", json={"start": at(25, 10)}), 409, "already_past")


def _hold(api, conversation, start=at(24, 10), status=201):
    body = {"service": "align", "branch": "PD", "start": start, "conversation_id": conversation}
    answer = api.post("/holds", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_hold_keeps_a_start_from_others_but_not_from_its_owner(api):
    _hold(api, "conversation-1")
    _hold(api, "conversation-2", status=409)
    other = booking(conversation_id="conversation-2")
    _error(api.post("/appointments", json=other), 409, "slot_taken")
    assert at(24, 10) not in _starts(_slots(api, **{"from": at(24, 9), "to": at(24, 12)}))
    assert at(24, 10) in _starts(_slots(api, conversation_id="conversation-1"))
    _book(api)


def test_a_hold_ends_by_the_clock(api, time_of_day):
    _hold(api, "conversation-2")
    time_of_day.forward(minutes=5)
    _book(api)


def test_the_same_hold_again_is_prolonged(api, time_of_day):
    first = _hold(api, "conversation-2")
    time_of_day.forward(minutes=4)
    again = _hold(api, "conversation-2")
    assert again["hold_id"] == first["hold_id"]
    assert again["expires_at"] > first["expires_at"]


def test_a_booking_gives_its_hold_back(api):
    _hold(api, "conversation-1")
    number = _book(api)["appointment_no"]
    api.post(f"/appointments/{number}/cancel")
    _book(api, conversation_id="conversation-2")


def test_the_oldest_hold_of_a_conversation_makes_room(api, time_of_day):
    for hour in (10, 11, 12, 13):
        _hold(api, "conversation-2", at(24, hour))
        time_of_day.forward(seconds=1)
    _book(api)
    _error(api.post("/appointments", json=booking(start=at(24, 11))), 409, "slot_taken")


def test_only_its_owner_gives_a_hold_back(api):
    held = _hold(api, "conversation-2")["hold_id"]
    _error(api.delete(f"/holds/{held}?conversation_id=conversation-1"), 404, "not_found")
    assert api.delete(f"/holds/{held}?conversation_id=conversation-2").status_code == 204
    _book(api)


def test_a_new_catalogue_withdraws_and_brings_back_without_touching_bookings(api, database):
    number = _book(api)["appointment_no"]
    with database.write() as session:
        catalogue.replace_branches(session, shop.BRANCHES[:1])
    _error(api.post("/appointments", json=booking(start=at(24, 12))), 404, "unknown_branch")
    assert api.get(f"/appointments/{number}").json()["branch_name_zh"] == "上海浦东店"
    assert api.post(f"/appointments/{number}/cancel").status_code == 200
    shop.load(database)
    _book(api)


@pytest.mark.parametrize(
    "path",
    [
        "/services?q=%00",
        "/services?q=%ED%A0%80",
        "/branches?near=%00&service=%00",
        "/branches?lat=nan&lon=inf",
        "/slots?service=%00&branch=PD",
        "/slots?service=align&branch=PD&conversation_id=%00",
        "/slots?service=align&branch=PD&to=%00",
        "/appointments?conversation_id=%00",
        "/appointments?offset=99999999999999999999",
        "/appointments/%00?phone_tail=8000",
        "/appointments/%F0%9F%9A%97.ics",
        "/appointments/x?phone_tail=%D9%A1%D9%A2%D9%A3%D9%A4",
    ],
)
def test_nothing_that_is_asked_is_answered_with_a_failure(api, path):
    assert api.get(path).status_code in (200, 404, 422)
