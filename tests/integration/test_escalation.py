"""Who answers a conversation: people take over and give back; nothing is lost, doubled or late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.clock import CLOCK, CLOCK_STARTED
from nightdesk.database import Database
from nightdesk.desk.handoff.model import Agent, Evaluation, Transition
from nightdesk.desk.handoff.ownership import Owners
from tests.integration.desk_world import Visitor, World, until
from tests.integration.ownership_world import visitor

__all__ = ["visitor"]

NOON, NIGHT = "2026-11-25T12:00:00+08:00", "2026-11-25T03:00:00+08:00"


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Lets the clock of this process show ``moment`` now, and run on from there."""
    monkeypatch.setenv(CLOCK, moment)
    monkeypatch.setenv(CLOCK_STARTED, repr(time.time()))


@pytest.fixture
def world(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """At noon, over each of the two databases, with Rasa up and two people."""
    at(monkeypatch, NOON)
    with World(tmp_path, database.engine.url.render_as_string(hide_password=False)) as world:
        world.rasa.server.start()
        yield world


@pytest.fixture
def owners(world: World, visitor: Visitor) -> Owners:
    return Owners(world.database)


def transitions(world: World, visitor: Visitor) -> list[tuple[str, str, str]]:
    query = (
        select(Transition.from_state, Transition.to_state, Transition.cause)
        .where(Transition.conversation_id == visitor.id)
        .order_by(Transition.id)
    )
    with world.database.read() as session:
        return [tuple(row) for row in session.execute(query)]


def test_a_word_of_the_profile_calls_a_person_and_the_bot_serves_on(world, visitor):
    answer = visitor.say("我要找真人", "m1")
    assert answer["status"] == "waiting"
    assert [m["from"] for m in answer["messages"]] == ["system", "bot"]
    assert "下一位" in answer["messages"][0]["text"]
    assert visitor.http.get("/chat/owner").json() == {"status": "waiting", "position": 1}
    assert visitor.say("来两桶机油", "m2")["messages"][-1]["text"] == "您说：来两桶机油"
    assert transitions(world, visitor) == [("bot", "waiting", "escalated")]


def test_a_hand_off_has_its_ticket_once(world, visitor):
    visitor.say("我要找真人", "m1")
    visitor.say("快点", "m2")
    until(lambda: world.tickets.tickets)
    until(lambda: any("T0001" in text for _who, text in visitor.said()))
    (ticket,) = world.tickets.tickets.values()
    assert (ticket["kind"], ticket["subject"]) == ("handoff", "客户要找人工")


def test_the_tickets_number_of_the_bot_is_kept(world, visitor, owners):
    world.rasa.facts = {"wants_person": True, "ticket_no": "TK-1", "ticket_kind": "handoff"}
    assert visitor.say("能不能换个人来说", "m1")["status"] == "waiting"
    owned = owners.of(visitor.id)
    assert (owned.reason, owned.priority, owned.ticket_no) == ("asked", "high", "TK-1")
    assert not world.tickets.tickets


def test_at_night_the_bot_stays_and_a_call_back_stands_in_the_queue(
    world, visitor, owners, monkeypatch
):
    at(monkeypatch, NIGHT)
    world.rasa.facts = {"wants_person": True, "ticket_no": "TK-1", "ticket_kind": "callback"}
    assert visitor.say("转人工", "m1")["status"] == "bot"
    owned = owners.of(visitor.id)
    assert owned.callback
    assert owned.ticket_no == "TK-1"
    assert owned.due_at.isoformat() == "2026-11-25T01:00:00+00:00"
    assert world.rasa.requests[0]["metadata"]["staffed"] is False


def test_at_night_an_angry_customer_is_offered_a_call_once(world, visitor, monkeypatch):
    at(monkeypatch, NIGHT)
    world.rasa.facts = {"understood": True}
    answer = visitor.say("你们这帮骗子！！！再也不来了", "m1")
    offer = answer["messages"][-1]
    assert "11-25 09:00" in offer["text"]
    visitor.post("m2", payload=offer["buttons"][0]["payload"])
    assert world.rasa.requests[-1]["message"] == "/request_human"
    again = visitor.say("骗子！！！垃圾", "m3")
    assert all("buttons" not in message for message in again["messages"])


def test_all_people_away_is_nobody_there(world, visitor):
    with world.database.write() as session:
        for agent in session.execute(select(Agent)).scalars():
            agent.away, agent.seen_at = True, clock.now()
    assert visitor.say("转人工", "m1")["status"] == "bot"
    assert world.rasa.requests[0]["metadata"]["staffed"] is False


def test_the_hours_begin_and_end_in_the_merchants_zone(world, visitor, monkeypatch):
    for moment, status in (
        ("2026-11-25T08:59:30+08:00", "bot"),
        ("2026-11-25T09:00:00+08:00", "waiting"),
        ("2026-11-25T21:59:00+08:00", "waiting"),
        ("2026-11-25T22:00:00+08:00", "bot"),
    ):
        at(monkeypatch, moment)
        other = Visitor(visitor.url)
        assert other.say("转人工", "m1")["status"] == status, moment


def test_danger_is_urgent_and_says_at_once_what_to_do(world, visitor, owners):
    answer = visitor.say("车头着火了", "m1")
    assert "119" in answer["messages"][0]["text"]
    assert owners.of(visitor.id).priority == "urgent"


def test_two_turns_not_understood_call_a_person_and_each_is_recorded(world, visitor):
    world.rasa.facts = {"understood": False}
    assert visitor.say("呃那个", "m1")["status"] == "bot"
    assert visitor.say("就是那个", "m2")["status"] == "bot"
    assert visitor.say("唉", "m3")["status"] == "waiting"
    with world.database.read() as session:
        kept = session.execute(select(Evaluation).order_by(Evaluation.id)).scalars().all()
    assert [one.reason for one in kept] == [None, None, "not_understood"]
    assert kept[2].signals["failed_in_row"] == 3


def test_what_a_person_owns_never_reaches_rasa_and_nothing_is_lost(world, visitor, owners):
    visitor.say("转人工", "m1")
    owned = owners.claim(visitor.id, "小李", owners.of(visitor.id).version)
    for number in range(5):
        assert visitor.say(f"第{number}句", f"h{number}")["status"] == "human"
    owners.write(visitor.id, "小李", "您好，我来看看", "a1")
    owners.write(visitor.id, "小李", "您好，我来看看", "a1")
    assert world.rasa.said(visitor.id) == ["转人工"]
    lines = visitor.transcript()
    assert [m["text"] for m in lines if m["from"] == "agent"] == ["您好，我来看看"]
    assert [m["text"] for m in lines if m["from"] == "customer"][1:] == [
        f"第{number}句" for number in range(5)
    ]
    owners.hand_back(visitor.id, "小李", owned.version, "两桶机油，明早送到")
    until(lambda: '/repeat{"entry": "handed_back"}' in world.rasa.said(visitor.id))
    until(lambda: visitor.transcript()[-1]["from"] == "bot")
    assert any("两桶机油，明早送到" in text for _who, text in visitor.said())
    assert visitor.say("好的", "m9")["status"] == "bot"
    assert world.rasa.said(visitor.id)[-1] == "好的"


def test_who_waits_too_long_goes_back_to_the_bot_with_a_call_back(
    world, visitor, owners, monkeypatch
):
    visitor.say("转人工", "m1")
    at(monkeypatch, "2026-11-25T12:06:00+08:00")
    until(lambda: owners.of(visitor.id).state.value == "bot")
    until(lambda: '/request_human{"entry": "callback"}' in world.rasa.said(visitor.id))
    assert owners.of(visitor.id).callback
    assert [cause for *_, cause in transitions(world, visitor)] == ["escalated", "unserved"]


def test_a_customer_may_stop_waiting(world, visitor):
    assert visitor.http.post("/chat/withdraw").status_code == 409
    visitor.say("转人工", "m1")
    assert visitor.http.post("/chat/withdraw").json() == {"status": "bot"}
    until(lambda: visitor.transcript()[-1]["from"] == "bot")


def test_nobody_is_rated_who_has_not_served(visitor):
    assert visitor.http.post("/chat/rating", json={"score": 9}).status_code == 409
