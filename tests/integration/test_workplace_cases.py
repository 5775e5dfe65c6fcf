"""The people work in Chatwoot or Zammad: a case is opened, taken, given back and ended once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.handoff.states import State
from nightdesk.desk.transcript import locked
from tests.integration.fake_chatwoot import FakeChatwoot
from tests.integration.fake_zammad import FakeZammad
from tests.integration.notify_world import plain_client
from tests.integration.workplace_world import (
    CID,
    here,
    on_sqlite,
    there,
    time_of_desk,
    waiting,
    wake,
)
from tests.integration.workplaces import LI, WANG

__all__ = ["here", "there", "time_of_desk", "waiting"]


@on_sqlite
def test_ending_it_there_ends_it_here_and_the_next_time_is_another_case(waiting, there):
    case = there.only()
    there.write(case, LI, "已经办好")
    there.end(case)
    waiting.sync(2)
    assert waiting.lines("agent") == ["已经办好"]
    assert waiting.state() is State.CLOSED
    with waiting.database.write() as session:
        changes.change(session, locked(session, CID), changes.Cause.RETURNED)
    waiting.say("再找一下人")
    waiting.escalate()
    waiting.sync(2)
    assert len(there.cases) == 2
    there.write(max(there.cases), WANG, "又见面了")
    waiting.sync(2)
    assert waiting.lines("agent") == ["已经办好", "又见面了"]
    assert waiting.owners.of(CID).agent == "小王"


@on_sqlite
def test_ending_it_there_without_a_word_ends_it_here(waiting, there):
    there.end(there.only())
    waiting.sync(2)
    assert waiting.state() is State.CLOSED


@on_sqlite
def test_a_note_with_bot_gives_it_back_with_the_recap(waiting, there):
    case = there.only()
    there.write(case, LI, "地址改好了")
    there.write(case, LI, "/bot 地址改为人民路1号", internal=True)
    waiting.sync(2)
    assert waiting.state() is State.BOT
    assert waiting.lines("agent") == ["地址改好了"]
    assert "地址改为人民路1号" in waiting.lines("system")[-1]
    assert there.ended(case)


@on_sqlite
@pytest.mark.parametrize("there", [FakeChatwoot], indirect=True)
def test_pending_in_chatwoot_gives_it_back_to_the_bot(waiting, there):
    case = there.only()
    there.write(case, LI, "好了")
    there.cases[case]["status"] = "pending"
    waiting.sync(2)
    assert waiting.state() is State.BOT


@on_sqlite
def test_another_person_who_writes_takes_it_over(waiting, there):
    case = there.only()
    there.write(case, LI, "我是小李")
    there.write(case, WANG, "我是小王")
    waiting.sync(2)
    assert waiting.lines("agent") == ["我是小李", "我是小王"]
    assert waiting.owners.of(CID).agent == "小王"


@on_sqlite
def test_a_customer_who_goes_back_to_the_bot_ends_the_case(waiting, there):
    waiting.owners.withdraw(CID)
    waiting.sync(2)
    case = there.only()
    assert there.ended(case)
    assert "结束" in there.notes(case)[-1]


@on_sqlite
def test_who_writes_after_the_end_is_told_that_nobody_reads_it(waiting, there):
    case = there.only()
    there.write(case, LI, "好了")
    there.end(case)
    waiting.sync(2)
    there.write(case, LI, "还有一件事")
    wake(waiting, there, case)
    waiting.sync(2)
    assert waiting.lines("agent") == ["好了"]
    assert there.notes(case)[-1].startswith("没有发给顾客")
    wake(waiting, there, case)
    waiting.sync(2)
    assert sum(note.startswith("没有发给顾客") for note in there.notes(case)) == 1


@on_sqlite
def test_a_promised_call_back_is_a_case_and_a_person_may_write(here, there):
    here.say("没人吗")
    with here.database.write() as session:
        due = clock.now() + timedelta(hours=6)
        conversation = locked(session, CID)
        changes.expect_callback(
            session, conversation, reason="asked", priority="normal", due_at=due
        )
    here.sync()
    case = there.only()
    here.say("你们几点开门")
    here.say("九点。", "bot")
    here.sync()
    assert there.from_customer(case) == []
    assert any("你们几点开门" in note for note in there.notes(case))
    there.write(case, LI, "我来了")
    here.sync()
    assert here.lines("agent") == ["我来了"]
    assert here.state() is State.HUMAN


@on_sqlite
@pytest.mark.parametrize("there", [FakeZammad], indirect=True)
def test_a_customers_word_opens_a_ticket_that_was_closed_meanwhile(waiting, there):
    case = there.only()
    there.write(case, LI, "好了")
    waiting.sync()
    there.end(case)
    waiting.say("等等，还没好")
    waiting.sync()
    assert there.from_customer(case)[-1] == "等等，还没好"
    assert waiting.state() is State.HUMAN


@on_sqlite
def test_who_needs_nobody_any_more_gets_no_case(here, there):
    here.escalate()
    here.mirror(plain_client()).book.enter_needed()
    here.owners.withdraw(CID)
    here.sync(2)
    assert there.cases == {}


@on_sqlite
def test_the_people_there_cannot_sign_in_here(waiting, there):
    there.write(there.only(), LI, "您好")
    waiting.sync()
    with waiting.database.read() as session:
        person = session.execute(select(Agent)).scalar_one()
    assert person.login == f"{there.name}:7"
    assert person.name == "小李"
    assert not person.active
    assert person.password_hash == ""
