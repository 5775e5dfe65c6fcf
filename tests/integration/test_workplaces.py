"""The people work in Chatwoot or Zammad: nothing said on either side is lost or doubled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.workplace.book import Book, LostError
from nightdesk.desk.handoff.workplace.mirror import Mirror
from nightdesk.desk.model import Conversation, Message
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.transcript import add_line, locked
from tests.integration.desk_world import PATIENCE, Visitor, World, until
from tests.integration.notify_world import plain_client
from tests.integration.workplaces import LI, WANG, Elsewhere, FakeChatwoot, FakeZammad

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def time_of_desk(monkeypatch) -> Any:
    class Time:
        by = timedelta(0)

        def move(self, **by: float) -> None:
            self.by += timedelta(**by)

        def now(self, zone: Any = timezone.utc) -> datetime:
            return (datetime.now(timezone.utc) + self.by).astimezone(zone)

    moved = Time()
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


@pytest.fixture(params=[FakeChatwoot, FakeZammad])
def there(request) -> Iterator[Any]:
    yield from running(request.param())


def running(elsewhere: Elsewhere) -> Iterator[Any]:
    elsewhere.server.start()
    try:
        yield elsewhere
    finally:
        elsewhere.server.stop()


class Here:
    """The desk's side: the customer, and the desks that keep both sides together."""

    def __init__(self, database: Database, there: Any, time_of_desk: Any) -> None:
        self.database = database
        self.there = there
        self.time = time_of_desk
        self.owners = Owners(database)
        with database.write() as session:
            session.add(Conversation(id=CID, channel="web", created_at=clock.now(), collected_id=0))

    def say(self, text: str, sender: str = "customer") -> int:
        with self.database.write() as session:
            locked(session, CID)
            return int(add_line(session, CID, sender, text=text).id)

    def escalate(self, **given: Any) -> None:
        with self.database.write() as session:
            changes.escalate(
                session, locked(session, CID), **{"reason": "asked", "priority": "high", **given}
            )

    def sync(self, rounds: int = 1) -> None:
        """As many rounds of a desk, a little later each time."""

        async def run() -> None:
            async with plain_client() as client:
                mirror = self.mirror(client)
                for _ in range(rounds):
                    self.time.move(seconds=400)
                    await mirror.round()

        asyncio.run(run())

    def mirror(self, client: httpx.AsyncClient) -> Mirror:
        place = self.there.workplace(client)
        return Mirror(self.database, place, client, Notifier(), ("zh", "en"), Options())

    def lines(self, sender: str) -> list[str]:
        query = select(Message.text).where(Message.conversation_id == CID, Message.sender == sender)
        with self.database.read() as session:
            return list(session.execute(query.order_by(Message.id)).scalars())

    def state(self) -> State:
        return self.owners.of(CID).state


@pytest.fixture
def here(database, there, time_of_desk) -> Here:
    return Here(database, there, time_of_desk)


@pytest.fixture
def waiting(here: Here) -> Here:
    """A customer who waits, with the case made."""
    here.say("我要退货，手机 13800138000")
    here.say("请说订单号。", "bot")
    here.say("转人工")
    here.escalate()
    here.sync()
    return here


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
def test_a_line_with_nothing_to_read_holds_up_no_other(waiting, there):
    for text in ("\u202e", "您好"):
        there.write(there.only(), LI, text)
    waiting.sync()
    assert waiting.lines("agent") == ["您好"]


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


def wake(here: Here, there: Any, case: int) -> None:
    here.mirror(plain_client()).book.wake(str(case))


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
def test_who_needs_nobody_any_more_gets_no_case(here, there):
    here.escalate()
    here.mirror(plain_client()).book.enter_needed()
    here.owners.withdraw(CID)
    here.sync(2)
    assert there.cases == {}


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
def test_the_people_there_cannot_sign_in_here(waiting, there):
    there.write(there.only(), LI, "您好")
    waiting.sync()
    with waiting.database.read() as session:
        person = session.execute(select(Agent)).scalar_one()
    assert person.login == f"{there.name}:7"
    assert person.name == "小李"
    assert not person.active
    assert person.password_hash == ""


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


def settled(database: Database) -> bool:
    from nightdesk.desk.handoff.workplace.model import Link

    with database.read() as session:
        link = session.execute(select(Link)).scalar_one()
        return bool(link.attempts == 0 and link.external_id)
