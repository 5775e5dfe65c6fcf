"""The tickets contract over HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from nightdesk import clock
from nightdesk.backends.service import application
from nightdesk.backends.tickets.api import router
from tests.integration.scheduling_shop import TOKEN, ZONE, Clock, at, error


@pytest.fixture(autouse=True)
def time_of_day(monkeypatch):
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def api(database):
    app = application("tickets", router(database, ZONE), TOKEN)
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


def _ticket(**changes):
    return {
        "kind": "callback",
        "subject": "请回电",
        "description": "客户要求回电",
        "conversation_id": "conversation-1",
        **changes,
    }


def _open(api, **changes):
    answer = api.post("/tickets", json=_ticket(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def _listed(api, query=""):
    return [ticket["subject"] for ticket in api.get(f"/tickets?{query}").json()["tickets"]]


def _change(api, ticket, **changes):
    return api.patch(f"/tickets/{ticket['ticket_no']}", json=changes)


def test_a_ticket_keeps_what_it_was_opened_with(api):
    opened = _open(
        api,
        customer={"name": "张伟", "phone": "13800138000", "email": "w@example.com"},
        order_no="QM1",
        priority="urgent",
        due_at=at(23, 10),
    )
    shown = api.get(f"/tickets/{opened['ticket_no']}").json()
    assert shown == opened
    assert (shown["status"], shown["due_at"], shown["created_at"]) == (
        "open",
        at(23, 10),
        at(23, 3),
    )
    assert shown["customer"]["phone"] == "13800138000"


def test_a_ticket_needs_no_customer(api):
    assert _open(api, customer=None)["customer"] == {"name": None, "phone": None, "email": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "praise"},
        {"priority": "1"},
        {"subject": ""},
        {"description": "x" * 8001},
        {"customer": {"phone": "call me"}},
        {"due_at": "tomorrow"},
        {"due_at": "9999-12-31T23:59:59-12:00"},
        {"conversation_id": "\x00"},
    ],
)
def test_a_ticket_that_is_not_valid_is_refused(api, wrong):
    error(api.post("/tickets", json=_ticket(**wrong)), 422, "invalid")


def test_the_most_urgent_and_then_the_oldest_ticket_comes_first(api, time_of_day):
    for subject, priority in (("a", "low"), ("b", "urgent"), ("c", "normal"), ("d", "urgent")):
        _open(api, subject=subject, priority=priority)
        time_of_day.forward(minutes=1)
    assert _listed(api) == ["b", "d", "c", "a"]


def test_tickets_are_listed_by_conversation_kind_priority_status_and_assignee(api):
    _open(api, subject="a", kind="fault", priority="high")
    _change(api, _open(api, subject="b", conversation_id="other"), status="in_progress")
    _change(api, _open(api, subject="c"), assignee="小李")
    assert _listed(api, "conversation_id=other") == ["b"]
    assert _listed(api, "kind=fault") == ["a"]
    assert _listed(api, "priority=high") == ["a"]
    assert _listed(api, "status=in_progress") == ["b"]
    assert sorted(_listed(api, "status=in_progress&status=open")) == ["a", "b", "c"]
    assert _listed(api, "assignee=小李") == ["c"]
    error(api.get("/tickets?status=lost"), 422, "invalid")


def test_overdue_tickets_are_those_promised_by_now_and_not_resolved(api, time_of_day):
    _open(api, subject="later", due_at=at(23, 12))
    _open(api, subject="late", due_at=at(23, 4))
    _change(api, _open(api, subject="done", due_at=at(23, 4)), status="resolved")
    _open(api, subject="whenever")
    time_of_day.forward(hours=2)
    assert _listed(api, "overdue=true") == ["late"]


def test_pages_show_every_ticket_once(api):
    for number in range(7):
        _open(api, subject=str(number))
    seen, offset = [], 0
    while offset is not None:
        page = api.get(f"/tickets?limit=3&offset={offset}").json()
        seen += [ticket["subject"] for ticket in page["tickets"]]
        offset = page["next_offset"]
    assert seen == list("0123456")


def test_a_ticket_goes_its_way_and_is_reopened(api, time_of_day):
    ticket = _open(api)
    for status in ("in_progress", "resolved", "closed"):
        time_of_day.forward(minutes=1)
        assert _change(api, ticket, status=status, by="小李").json()["status"] == status
    closed = api.get(f"/tickets/{ticket['ticket_no']}").json()
    assert (closed["resolved_at"], closed["closed_at"]) == (at(23, 3, 2), at(23, 3, 3))
    reopened = _change(api, ticket, status="open").json()
    assert (reopened["resolved_at"], reopened["closed_at"]) == (None, None)
    assert [event["new"] for event in reopened["events"]] == [
        "open",
        "in_progress",
        "resolved",
        "closed",
        "open",
    ]
    assert reopened["events"][1]["by"] == "小李"


def test_a_step_that_is_not_allowed_says_which_are(api):
    ticket = _open(api)
    details = error(_change(api, ticket, status="closed"), 409, "invalid_transition")
    assert details == {"current": "open", "allowed": ["in_progress", "resolved"]}


def test_the_status_it_has_already_changes_nothing(api):
    ticket = _open(api)
    assert _change(api, ticket, status="open").json() == ticket


def test_a_refused_change_changes_nothing_at_all(api):
    ticket = _open(api)
    error(_change(api, ticket, subject="new", status="closed"), 409, "invalid_transition")
    assert api.get(f"/tickets/{ticket['ticket_no']}").json() == ticket


def test_a_promise_and_an_assignee_can_be_taken_back(api):
    ticket = _open(api, due_at=at(23, 10), assignee="小李")
    changed = _change(api, ticket, due_at=None, assignee=None).json()
    assert (changed["due_at"], changed["assignee"]) == (None, None)


def test_a_change_of_nothing_is_refused(api):
    error(_change(api, _open(api)), 422, "invalid")


def test_comments_stand_in_order_with_their_authors(api):
    number = _open(api)["ticket_no"]
    for author, internal in (("小李", True), ("小王", False)):
        body = {"author": author, "text": "已联系", "internal": internal}
        assert api.post(f"/tickets/{number}/comments", json=body).status_code == 201
    comments = api.get(f"/tickets/{number}").json()["comments"]
    assert [(c["author"], c["internal"]) for c in comments] == [("小李", True), ("小王", False)]


def test_a_ticket_that_does_not_exist_is_not_found(api):
    missing = {"ticket_no": "TK0000000000"}
    error(api.get("/tickets/TK0000000000"), 404, "not_found")
    error(_change(api, missing, status="resolved"), 404, "not_found")
    body = {"author": "a", "text": "b"}
    error(api.post("/tickets/TK0000000000/comments", json=body), 404, "not_found")


def test_one_key_opens_one_ticket_however_often_it_is_sent_at_once(api):
    def send(_number):
        return api.post("/tickets", json=_ticket(), headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["ticket_no"] for answer in answers}) == 1
    assert len(_listed(api)) == 1


def test_one_key_of_a_comment_adds_it_once(api):
    number = _open(api)["ticket_no"]
    body = {"author": "小李", "text": "已联系"}
    for _ in range(2):
        api.post(f"/tickets/{number}/comments", json=body, headers={"Idempotency-Key": "k"})
    assert len(api.get(f"/tickets/{number}").json()["comments"]) == 1


def test_of_many_who_resolve_it_at_once_one_is_recorded(api):
    ticket = _open(api)

    def resolve(number):
        return _change(api, ticket, status="resolved", by=f"agent-{number}").status_code

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(resolve, range(12))) == {200: 12}
    events = api.get(f"/tickets/{ticket['ticket_no']}").json()["events"]
    assert [event["new"] for event in events] == ["open", "resolved"]
