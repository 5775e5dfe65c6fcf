"""The desk beside a Chatwoot or a Zammad: the fixtures of the tests of both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.workplace.mirror import Mirror
from nightdesk.desk.model import Conversation, Message
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.transcript import add_line, locked
from tests.integration.fake_chatwoot import FakeChatwoot
from tests.integration.fake_zammad import FakeZammad
from tests.integration.notify_world import plain_client
from tests.integration.workplaces import Elsewhere

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


def wake(here: Here, there: Any, case: int) -> None:
    here.mirror(plain_client()).book.wake(str(case))


def settled(database: Database) -> bool:
    from nightdesk.desk.handoff.workplace.model import Link

    with database.read() as session:
        link = session.execute(select(Link)).scalar_one()
        return bool(link.attempts == 0 and link.external_id)
