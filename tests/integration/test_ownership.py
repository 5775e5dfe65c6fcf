"""Who has a conversation: taken once, told at once, and nothing lost, doubled or said too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.model import Transition, Turn
from nightdesk.desk.handoff.ownership import NotOwnerError, StaleError
from nightdesk.desk.handoff.states import ImpossibleError, State
from tests.integration.desk_world import until
from tests.integration.ownership_world import (
    causes,
    open_conversations,
    owners,
    visitor,
    wait_for_a_person,
    world,
)

__all__ = ["owners", "visitor", "world"]

TRIES = 100


def test_of_two_who_claim_at_once_exactly_one_has_it(database, owners, world):
    world.people("小李", "小王")

    def claim(conversation_id: str, who: str) -> str:
        try:
            return str(owners.claim(conversation_id, who, 0).agent_id)
        except StaleError as refused:
            return f"refused: {refused.owned.agent_id}"

    with ThreadPoolExecutor(2) as pool:
        for conversation_id in open_conversations(database, TRIES):
            tries = [pool.submit(claim, conversation_id, who) for who in ("小李", "小王")]
            claims = [one.result() for one in tries]
            owned = owners.of(conversation_id)
            assert owned.version == 1
            assert sorted(claims) == sorted([owned.agent_id, f"refused: {owned.agent_id}"])
            assert causes(database, conversation_id) == ["claimed"]


def test_a_claim_races_the_customers_words_and_each_is_heard_by_one_side(world, visitor, owners):
    world.rasa.pause = 0.01
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda n: visitor.say(f"第{n}句", f"m{n}"), range(20))
        until(lambda: len(world.rasa.said(visitor.id)) >= 3)
        owned = owners.claim(visitor.id, "小李", 0)
        list(said)
    heard = len(world.rasa.requests)
    owners.write(visitor.id, "小李", "我来了", "a1")
    lines = visitor.transcript()
    written = [line["text"] for line in lines if line["from"] == "customer"]
    assert sorted(written) == sorted(f"第{n}句" for n in range(20))
    assert 3 <= heard < 20
    joined = next(line["id"] for line in lines if line["from"] == "system")
    assert not [line for line in lines if line["from"] == "bot" and line["id"] > joined]
    assert visitor.say("还在吗", "m20")["status"] == "human"
    assert len(world.rasa.requests) == heard
    owners.hand_back(visitor.id, "小李", owned.version)
    until(lambda: world.rasa.said(visitor.id)[-1] == changes.HAND_BACK)
    assert visitor.say("好的", "m21")["status"] == "bot"
    assert not set(world.rasa.said(visitor.id)[heard:]) & {"还在吗"}


def test_an_answer_that_comes_after_a_claim_is_kept_with_it_and_not_shown(
    database, world, visitor, owners
):
    world.rasa.moods.append("late")
    world.rasa.facts = {"intent": "place_order"}
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(visitor.say, "来两桶机油", "m1")
        until(lambda: world.rasa.requests)
        owners.claim(visitor.id, "小李", 0)
        assert pending.result()["status"] == "human"
        world.rasa.release.set()

    def kept() -> Any:
        with database.read() as session:
            claim = session.execute(select(Transition)).scalar_one()
            return claim.details.get("dropped")

    (dropped,) = until(kept)
    assert dropped["texts"] == ["您说：来两桶机油"]
    assert visitor.answers() == []
    with database.read() as session:
        assert session.execute(select(Turn.facts)).scalar_one() == {"intent": "place_order"}


def test_a_late_answer_is_dropped_even_when_the_conversation_was_handed_back_before_it(
    world, visitor, owners
):
    world.rasa.moods.append("late")
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(visitor.say, "来两桶机油", "m1")
        until(lambda: world.rasa.requests)
        owned = owners.claim(visitor.id, "小李", 0)
        pending.result()
        owners.hand_back(visitor.id, "小李", owned.version)
        world.rasa.release.set()
    until(lambda: visitor.answers() == [f"您说：{changes.HAND_BACK}"])
    assert visitor.say("好的", "m2")["messages"][-1]["text"] == "您说：好的"
    assert "您说：来两桶机油" not in visitor.answers()


def test_the_facts_of_a_turn_are_kept_and_not_shown(database, world, visitor):
    world.rasa.facts = {"intent": "place_order", "cart": [{"sku": "A"}]}
    assert [m["text"] for m in visitor.say("来两桶机油", "m1")["messages"]] == ["您说：来两桶机油"]
    with database.read() as session:
        assert session.execute(select(Turn.facts)).scalar_one() == world.rasa.facts


def test_a_persons_line_is_written_once_by_its_owner_and_pushed_with_the_name(visitor, owners):
    with visitor.events() as events:
        owners.claim(visitor.id, "小李", 0)
        first = owners.write(visitor.id, "小李", " 您好 ", "a1")
        assert owners.write(visitor.id, "小李", "您好", "a1") == first
        pushed = [next(events), next(events)]
    assert [line["from"] for line in pushed] == ["system", "agent"]
    assert (pushed[1]["agent"], pushed[1]["text"]) == ("小李", "您好")
    with pytest.raises(NotOwnerError) as refused:
        owners.write(visitor.id, "小王", "我也来", "b1")
    assert refused.value.owned.agent == "小李"
    assert visitor.transcript() == pushed


def test_the_two_sides_ids_of_messages_never_meet(visitor, owners):
    owners.claim(visitor.id, "小李", 0)
    visitor.say("在吗", "same")
    assert owners.write(visitor.id, "小李", "在的", "same")["text"] == "在的"
    assert [text for who, text in visitor.said() if who != "system"] == ["在吗", "在的"]


def test_a_transfer_names_the_new_one_and_an_old_version_is_refused(visitor, owners):
    owned = owners.claim(visitor.id, "小李", 0)
    with pytest.raises(NotOwnerError):
        owners.transfer(visitor.id, "小王", "小王", owned.version)
    moved = owners.transfer(visitor.id, "小李", "小王", owned.version)
    for late in (
        lambda: owners.transfer(visitor.id, "小李", "小王", owned.version),
        lambda: owners.hand_back(visitor.id, "小李", owned.version),
        lambda: owners.close(visitor.id, "小李", owned.version),
    ):
        with pytest.raises(StaleError) as stale:
            late()
        assert stale.value.owned == moved
    assert visitor.http.get("/chat/owner").json() == {"status": "human", "agent": "小王"}
    assert "小王" in visitor.said()[-1][1]


def test_what_cannot_follow_is_refused(visitor, owners):
    with pytest.raises(ImpossibleError):
        owners.hand_back(visitor.id, "小李", 0)
    owned = owners.claim(visitor.id, "小李", 0)
    with pytest.raises(ImpossibleError):
        owners.claim(visitor.id, "小王", owned.version)
    with pytest.raises(ImpossibleError):
        owners.withdraw(visitor.id)


def test_handing_back_tells_what_was_agreed_and_the_bot_speaks_again(world, visitor, owners):
    owned = owners.claim(visitor.id, "小李", 0)
    owners.hand_back(visitor.id, "小李", owned.version, "两桶机油，明早送到")
    until(lambda: visitor.answers())
    told = [text for who, text in visitor.said() if who == "system"][-1]
    assert "两桶机油，明早送到" in told
    assert world.rasa.said(visitor.id) == [changes.HAND_BACK]
    assert visitor.http.get("/chat/owner").json() == {"status": "bot"}


def test_what_a_person_has_done_is_told_to_the_bot(world, visitor, owners):
    owned = owners.claim(visitor.id, "小李", 0)
    owners.hand_back(visitor.id, "小李", owned.version, done=True)
    until(lambda: world.rasa.said(visitor.id) == [changes.DONE])


def test_the_desks_own_word_waits_for_rasa_without_an_apology_or_a_ticket(world, visitor, owners):
    world.rasa.always = "500"
    owned = owners.claim(visitor.id, "小李", 0)
    owners.hand_back(visitor.id, "小李", owned.version)
    until(lambda: len(world.rasa.requests) >= 4)
    world.rasa.always = None
    assert visitor.say("你好", "m1")["messages"][-1]["text"] == "您说：你好"
    assert [who for who, _ in visitor.said()] == ["system", "system", "customer", "bot"]
    assert not world.tickets.tickets


def test_who_writes_after_the_end_begins_with_the_bot(database, visitor, owners):
    owned = owners.claim(visitor.id, "小李", 0)
    owners.close(visitor.id, "小李", owned.version, "办好了")
    assert visitor.http.get("/chat/owner").json() == {"status": "closed"}
    assert visitor.say("还有个问题", "m1")["status"] == "bot"
    assert causes(database, visitor.id) == ["claimed", "ended", "returned"]


@pytest.mark.parametrize("state", list(State))
def test_a_restart_of_the_desk_changes_nobodys_conversation(
    database, world, visitor, owners, state
):
    if state is State.WAITING:
        wait_for_a_person(database, visitor.id)
    if state in (State.HUMAN, State.CLOSED):
        owned = owners.claim(visitor.id, "小李", 0)
        if state is State.CLOSED:
            owners.close(visitor.id, "小李", owned.version)
    before, lines = owners.of(visitor.id), visitor.transcript()
    world.stop_desks()
    visitor.http.base_url = world.desk()
    assert owners.of(visitor.id) == before
    assert visitor.transcript() == lines
    assert visitor.http.get("/chat/owner").json()["status"] == state.value
    expected = "human" if state is State.HUMAN else "waiting" if state is State.WAITING else "bot"
    assert visitor.say("还在吗", "m1")["status"] == expected


def test_reading_only_goes_forward_and_not_beyond_what_there_is(visitor, owners):
    visitor.say("你好", "m1")
    newest = visitor.transcript()[-1]["id"]
    assert visitor.http.post("/chat/read", json={"message_id": newest + 100}).status_code == 204
    assert owners.reads(visitor.id) == {"customer": newest, "agent": 0}
    assert not owners.read(visitor.id, "customer", newest - 1)
    assert owners.reads(visitor.id)["customer"] == newest
