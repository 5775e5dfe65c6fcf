"""Services, branches and free starts over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from nightdesk import clock
from tests.integration import scheduling_shop as shop
from tests.integration.scheduling_shop import at, book, error, slots, starts


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    standing = shop.Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def api(database):
    return shop.client(database)


def test_nothing_is_answered_without_the_service_token(api):
    error(api.get("/services", headers={"Authorization": "Bearer wrong"}), 401, "unauthorized")


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
    error(api.get("/branches?lat=31"), 422, "invalid")


def test_only_branches_that_do_the_service_are_offered_for_it(api):
    listed = api.get("/branches?near=北京&service=wash").json()["branches"]
    assert {branch["code"] for branch in listed} == {"PD", "MH"}


def test_slots_lie_in_the_opening_hours(api):
    found = starts(slots(api, **{"from": "2026-11-24", "to": "2026-11-25"}))
    assert (found[0], found[-1], len(found)) == (at(24, 9), at(24, 19), 21)


def test_slots_of_a_night_branch_reach_into_the_next_day(api):
    found = starts(slots(api, branch="NT", **{"from": at(24, 12), "to": at(25, 12)}))
    assert (found[0], found[-1]) == (at(24, 18), at(25, 1))


def test_only_future_starts_are_offered(api, time_of_day):
    time_of_day.forward(hours=7)
    assert starts(slots(api))[0] == at(23, 10, 30)


def test_a_plus_that_was_not_encoded_is_understood(api):
    answer = api.get(f"/slots?service=align&branch=PD&from={at(24, 9)}&to={at(24, 10)}")
    assert starts(answer.json()["slots"]) == [at(24, 9), at(24, 9, 30)]


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
    error(api.get(f"/slots?service=align&branch=PD&{query}"), 422, "invalid")


def test_what_is_booked_is_no_longer_offered(api):
    book(api)
    found = starts(slots(api, **{"from": at(24, 9), "to": at(24, 12)}))
    assert found == [at(24, 9), at(24, 11), at(24, 11, 30)]


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
