"""Nobody is there yet: a promise, and the morning that keeps it. Over the real processes, which
live in another time zone than the shop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nightdesk.clock import CLOCK
from tests.harness.customer import Customer, wait_for
from tests.harness.shop import Shop
from tests.harness.talk import PATIENCE_S, Talk
from tests.integration.notify_world import Clock, Places

BEFORE, AN_HOUR_LATER = "2026-11-25T08:40:00+08:00", "2026-11-25T09:40:00+08:00"
OPENING = "2026-11-25T01:00:00.000+00:00"


@pytest.fixture
def places() -> Iterator[Places]:
    """A place to notify whose port is closed until its server is started."""
    places = Places(Clock())
    yield places
    places.server.stop()


@pytest.fixture
def shop(tmp_path: Path, places: Places) -> Iterator[Shop]:
    """Twenty minutes before its people come."""
    environment = {CLOCK: BEFORE, "TZ": "America/New_York", **places.environment("webhook")}
    shop = Shop(tmp_path / "data", environment)
    try:
        shop.open(knowing=False)
        yield shop
    finally:
        shop.close()


def test_before_the_opening_it_is_a_promise_and_after_it_the_queue(
    shop: Shop, places: Places
) -> None:
    talk = Talk(shop, Customer(shop.url))
    talk.say("转人工")
    assert talk.customer.last.status == "bot"
    assert "09:00" in talk.customer.last, talk.text()
    talk.say("13800138000，上午十点以后打")
    assert "13800138000" in talk.customer.last, talk.text()
    talk.settled()
    promised = shop.admin().queue()["callbacks"]
    assert [(one["id"], one["due_at"]) for one in promised] == [(talk.id, OPENING)]
    (ticket,) = shop.tickets_of(talk.customer)
    assert ticket["kind"] == "callback"
    tried = "SELECT attempts FROM desk_notifications WHERE state = 'waiting'"
    with closing(sqlite3.connect(shop.data / "nightdesk.sqlite")) as desk:
        wait_for(lambda: desk.execute(tried).fetchall(), lambda rows: rows > [(0,)], PATIENCE_S)

    shop.close()
    places.server.start()
    shop.environment[CLOCK] = AN_HOUR_LATER
    shop.open(knowing=False)
    told = wait_for(lambda: places.taken["webhook"], bool, PATIENCE_S)
    assert [(one["kind"], one["conversation_id"]) for one in told] == [("callback", talk.id)]
    assert shop.admin().queue()["callbacks"] == promised
    other = Talk(shop)
    other.say("转人工")
    assert other.customer.last.status == "waiting"
    told = wait_for(lambda: places.taken["webhook"], lambda all_: len(all_) > 1, PATIENCE_S)
    assert [(one["kind"], one["conversation_id"]) for one in told[1:]] == [("waiting", other.id)]

    admin = shop.admin()
    talk.claim(admin)
    talk.write(admin, "您好，给您回电了")
    talk.hand_back(admin, "电话里说好，两桶机油下午送到")
    talk.order()
    talk.check_order()
    talk.check(admin)
