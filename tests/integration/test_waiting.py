"""The queue of those who wait for a person: their places, the likely wait, and its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from nightdesk import clock
from nightdesk.desk.handoff.model import Ownership
from nightdesk.desk.handoff.states import State
from tests.integration.ownership_world import (
    causes,
    open_conversations,
    owners,
    visitor,
    wait_for_a_person,
    world,
)

__all__ = ["owners", "visitor", "world"]


def test_who_waited_too_long_is_given_back_once_however_many_desks_look(database, owners, world):
    ids = open_conversations(database, 10)
    for conversation_id in ids:
        wait_for_a_person(database, conversation_id)
    due = clock.now() + timedelta(hours=1)
    with ThreadPoolExecutor(4) as pool:
        given_back = [
            one for found in pool.map(owners.unserved, [-1] * 4, [due] * 4) for one in found
        ]
    assert sorted(given_back) == ids
    assert {tuple(causes(database, one)) for one in ids} == {("escalated", "unserved")}
    assert {owners.of(one).callback for one in ids} == {True}
    assert owners.of(ids[0]).due_at == due


def test_who_waits_within_the_limit_goes_on_waiting(database, owners, visitor):
    wait_for_a_person(database, visitor.id)
    assert owners.unserved(3600, None) == []
    assert owners.of(visitor.id).state is State.WAITING


def test_the_likely_wait_is_told_only_when_enough_were_served(database, owners, visitor, world):
    ids = open_conversations(database, 3)
    wait_for_a_person(database, visitor.id, due_at=clock.now() + timedelta(days=1))
    for conversation_id in ids:
        assert "wait_minutes" not in owners.seen_by_customer(visitor.id)
        wait_for_a_person(database, conversation_id)
        with database.write() as session:
            session.get(Ownership, conversation_id).since -= timedelta(minutes=4)
        owners.claim(conversation_id, "小李", owners.of(conversation_id).version)
    seen = owners.seen_by_customer(visitor.id)
    assert seen["position"] == 1
    assert seen["wait_minutes"] in (4, 5)  # a little more than four by now


def test_a_thousand_wait_by_urgency_then_by_promise(database, owners, visitor):
    now = clock.now()
    ids = open_conversations(database, 1000)
    priorities = ("low", "normal", "high", "urgent")
    with database.write() as session:
        session.add_all(
            Ownership(
                conversation_id=one,
                state="waiting",
                version=1,
                priority=priorities[number % 4],
                since=now,
                due_at=now + timedelta(seconds=1000 - number),
                callback=False,
            )
            for number, one in enumerate(ids)
        )
    places = {one: owners.seen_by_customer(one)["position"] for one in ids}
    expected = sorted(range(1000), key=lambda n: (-(n % 4), 1000 - n))
    assert [places[ids[number]] for number in expected] == list(range(1, 1001))
