"""The people work in Chatwoot or Zammad: nothing said on either side is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import pytest

from nightdesk import clock
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.workplace.book import Book, LostError
from nightdesk.desk.transcript import locked
from tests.integration.desk_world import PATIENCE, Visitor, World, until
from tests.integration.notify_world import plain_client
from tests.integration.workplace_world import (
    CID,
    here,
    on_sqlite,
    settled,
    there,
    time_of_desk,
    waiting,
)
from tests.integration.workplaces import LI

__all__ = ["here", "there", "time_of_desk", "waiting"]


def test_a_customer_who_waits_has_one_case_with_what_was_said(waiting, there):
    waiting.sync(3)
    opening = there.notes(there.only())[0]
    for part in ("顾客要求人工", "我要退货", "请说订单号", "13800138000"):
        assert part in opening
    assert there.from_customer(there.only()) == ["转人工"]
    assert len(there.notes(there.only())) == 1
    assert waiting.state() is State.WAITING


@on_sqlite
def test_a_conversation_with_the_bot_has_no_case(here, there):
    here.say("你好")
    here.sync(2)
    assert there.cases == {}


def test_words_go_both_ways_in_order_and_once(waiting, there):
    case = there.only()
    for number in range(3):
        waiting.say(f"在吗{number}")
    waiting.sync()
    there.write(case, LI, "您好，我是小李")
    there.write(case, LI, "订单号是多少？")
    waiting.sync()
    waiting.say("QM123")
    waiting.sync(3)
    assert there.from_customer(case) == ["转人工", "在吗0", "在吗1", "在吗2", "QM123"]
    assert waiting.lines("agent") == ["您好，我是小李", "订单号是多少？"]
    owned = waiting.owners.of(CID)
    assert (owned.state, owned.agent) == (State.HUMAN, "小李")


@pytest.mark.parametrize("mood", ["500", "lost"])
def test_no_failing_request_loses_or_doubles_anything(here, there, mood):
    """A third of the requests fail, before or after they were carried out."""
    here.say("转人工")
    here.escalate()
    there.moods.extend(random.Random(1).choices(["ok", "ok", mood], k=1000))
    here.sync(15)
    case = there.only()
    for word in ("在吗", "在吗", "？"):
        here.say(word)
    here.sync(15)
    there.write(case, LI, "来了")
    here.say("退货")
    here.sync(15)
    there.moods.clear()
    here.sync(5)
    assert there.only() == case
    assert there.from_customer(case) == ["转人工", "在吗", "在吗", "？", "退货"]
    assert len(there.notes(case)) == 1
    assert here.lines("agent") == ["来了"]


@on_sqlite
def test_an_hour_without_the_other_system_loses_nothing_and_says_nothing_false(here, there):
    there.down = True
    here.say("转人工")
    here.escalate()
    told = here.lines("system")
    for minute in range(12):
        here.say(f"还在吗{minute}")
        here.sync()
    assert there.cases == {}
    assert here.lines("system") == told
    assert here.lines("agent") == []
    assert here.state() is State.WAITING
    there.down = False
    here.sync(2)
    case = there.only()
    said = there.notes(case)[0] + there.from_customer(case)[0]
    assert all(f"还在吗{minute}" in said for minute in range(12))


@on_sqlite
def test_what_only_colleagues_see_reaches_no_customer(waiting, there):
    there.write(there.only(), LI, "这人很烦", internal=True)
    waiting.sync(2)
    assert waiting.lines("agent") == []
    assert waiting.state() is State.WAITING


@on_sqlite
def test_a_line_with_nothing_to_read_holds_up_no_other(waiting, there):
    for text in ("\u202e", "您好"):
        there.write(there.only(), LI, text)
    waiting.sync()
    assert waiting.lines("agent") == ["您好"]


@on_sqlite
def test_a_desk_that_dies_in_between_does_nothing_twice(waiting, there, monkeypatch):
    """It has given the conversation back, and does not live to note what it has read."""
    note_seen, deaths = Book.seen, [1]

    def seen(book: Book, *arguments: Any) -> None:
        if deaths:
            deaths.pop()
            raise RuntimeError("died")
        note_seen(book, *arguments)

    monkeypatch.setattr(Book, "seen", seen)
    case = there.only()
    there.write(case, LI, "地址改好了")
    there.write(case, LI, "/bot 就这样", internal=True)
    waiting.sync(3)
    assert not deaths
    assert waiting.state() is State.BOT
    assert waiting.lines("agent") == ["地址改好了"]
    assert sum("就这样" in line for line in waiting.lines("system")) == 1
    assert there.ended(case)


@on_sqlite
def test_what_the_console_says_is_a_note_there(waiting, there):
    """Somebody of the shop answers in the console after all."""
    with waiting.database.write() as session:
        session.add(
            Agent(
                id="a1",
                login="zhao",
                name="小赵",
                role="agent",
                password_hash="",
                created_at=clock.now(),
            )
        )
    waiting.owners.claim(CID, "a1", waiting.owners.of(CID).version)
    waiting.owners.write(CID, "a1", "我是小赵", "m1")
    waiting.sync(2)
    assert any("我是小赵" in note for note in there.notes(there.only()))
    there.end(there.only())
    waiting.sync(2)
    assert waiting.owners.of(CID).agent == "小赵"
    assert waiting.lines("agent") == ["我是小赵"]


@on_sqlite
def test_a_file_that_cannot_be_passed_on_is_said_to_who_sent_it(waiting, there):
    case = there.only()
    files = [{"id": 1, "filename": "a.jpg", "data_url": "https://shop.example/a.jpg"}]
    there.write(case, LI, "看图", attachments=files)
    waiting.sync(2)
    if there.name == "chatwoot":
        assert waiting.lines("agent") == ["看图\nhttps://shop.example/a.jpg"]
    else:
        assert waiting.lines("agent") == ["看图"]
        assert "附件没有发给顾客" in there.notes(case)[-1]


@on_sqlite
def test_a_desk_that_was_too_slow_does_nothing_more(waiting, there):
    book = waiting.mirror(plain_client()).book
    waiting.say("在吗")
    (link,) = book.due()
    late = book.take(link)
    assert book.take(link) is None
    waiting.sync()
    assert there.from_customer(there.only()) == ["转人工", "在吗"]
    with pytest.raises(LostError):
        book.said(late, late.said_id, 0)


@on_sqlite
def test_an_event_that_comes_while_a_case_is_served_is_not_forgotten(waiting, there):
    book = waiting.mirror(plain_client()).book
    waiting.time.move(seconds=10)
    (link,) = book.due()
    served = book.take(link)
    book.wake(served.external_id)
    book.done(served, waiting.owners.of(CID).version, 3600)
    assert book.due() == [link]


def test_desks_that_share_a_database_make_one_case(here, there):
    here.say("转人工")
    here.escalate()

    async def run() -> None:
        async with plain_client() as client:
            mirrors = [here.mirror(client) for _ in range(4)]
            await asyncio.gather(*(mirror.round() for mirror in mirrors))
            here.say("在吗")
            await asyncio.gather(*(mirror.round() for mirror in mirrors))

    asyncio.run(run())
    here.sync(2)
    assert there.from_customer(there.only()) == ["转人工", "在吗"]


@on_sqlite
def test_a_running_desk_believes_signed_events_only(database, there, tmp_path, monkeypatch):
    for name, value in there.environment().items():
        monkeypatch.setenv(name, value)
    world = World(tmp_path, database.engine.url.render_as_string(hide_password=False))
    world.rasa.server.start()
    try:
        # A look every hour: only an event can bring what is written there in time.
        desk = world.desk(workplace_pause=(3600.0, 3600.0))
        visitor = Visitor(desk)
        visitor.say("你好", "m1")
        with database.write() as session:
            conversation = locked(session, visitor.id)
            changes.escalate(session, conversation, reason="asked", priority="high")
        until(lambda: there.cases)
        case = there.only()
        until(lambda: there.notes(case))
        until(lambda: settled(database))
        there.write(case, LI, "我是小李")
        url = f"{desk}/handoff/hooks/{there.name}"
        headers, body = there.event(case, secret="a guess")
        for wrong in (headers, {}):
            assert (
                httpx.post(
                    url, headers=wrong, content=body, trust_env=False, timeout=PATIENCE
                ).status_code
                == 401
            )
        headers, body = there.event(case)
        assert httpx.post(
            url, headers=headers, content=b"x" + body, trust_env=False, timeout=PATIENCE
        ).is_error
        for _ in range(3):
            assert httpx.post(
                url, headers=headers, content=body, trust_env=False, timeout=PATIENCE
            ).is_success
        until(lambda: ("agent", "我是小李") in visitor.said())
        assert [text for who, text in visitor.said() if who == "agent"] == ["我是小李"]
    finally:
        world.close()
