"""Notices reach every place once, whatever the place does; and hold up nothing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff.model import Notification, Ownership, Turn
from nightdesk.desk.handoff.notices import Box
from tests.integration.desk_world import Server, Visitor, World, until
from tests.integration.notify_world import Clock, Places, Shop, notice, plain_client

PLATFORMS = ("wecom", "dingtalk", "feishu", "webhook")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what no database can change."""


@pytest.fixture
def time_of_desk(monkeypatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


@pytest.fixture
def places(time_of_desk: Clock) -> Iterator[Places]:
    places = Places(time_of_desk)
    places.server.start()
    try:
        yield places
    finally:
        places.release.set()
        places.server.stop()


@pytest.fixture
def shop(database: Database, places: Places) -> Shop:
    return Shop(database, places.environment())


def rows(database: Database, **where: Any) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(Notification).filter_by(**where)).scalars())


def test_every_place_takes_a_signed_notice_once(shop, places):
    shop.keep(1)
    shop.send_due()
    shop.send_due()
    assert {name: len(taken) for name, taken in places.taken.items()} == dict.fromkeys(PLATFORMS, 1)
    text = places.taken["wecom"][0]["markdown"]["content"]
    assert "顾客要求人工 · asked for a person" in text
    assert "https://shop.example/console/#/desk/c1" in text
    assert places.taken["webhook"][0]["conversation_id"] == "c1"


@on_sqlite
def test_no_place_is_told_a_whole_phone_number(shop, places):
    shop.keep(1)
    shop.send_due()
    for name in PLATFORMS:
        assert "13800130001" not in str(places.taken[name])
        assert "01" in str(places.taken[name])


@on_sqlite
@pytest.mark.parametrize("mood", ["500", "refused", "busy", "later", "page"])
@pytest.mark.parametrize("name", PLATFORMS[:3])
def test_what_is_not_taken_is_tried_again_and_told_once(shop, places, time_of_desk, name, mood):
    places.moods[name].append(mood)
    shop.keep(1)
    shop.send_due()
    assert places.taken[name] == []
    assert [row.state for row in rows(shop.database, target=name)] == ["waiting"]
    time_of_desk.move(minutes=10)
    shop.send_due()
    assert len(places.taken[name]) == 1
    assert all(len(places.taken[other]) == 1 for other in PLATFORMS)


def test_the_same_thing_is_told_once_and_the_next_time_again(shop, places):
    shop.keep(1)
    shop.keep(1)
    with shop.database.write() as session:
        now = clock.now()
        session.add(Ownership(conversation_id="c1", state="waiting", version=1, since=now))
    shop.keep(1)
    shop.send_due()
    assert [len(places.taken[name]) for name in PLATFORMS] == [2, 2, 2, 2]


@on_sqlite
def test_what_becomes_graver_is_told_again(shop, places):
    shop.keep(1)
    shop.keep(1, priority="urgent", reason="safety")
    shop.keep(1, priority="urgent", reason="safety")
    shop.send_due()
    assert [notice["reason"] for notice in places.taken["webhook"]] == ["asked", "safety"]


def test_a_notice_stands_or_falls_with_what_it_tells_of(shop):
    def fail_after_keeping() -> None:
        with shop.database.write() as session:
            shop.notices.keep(session, notice(1))
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        fail_after_keeping()
    assert rows(shop.database) == []


def test_a_notice_that_cannot_be_kept_stops_nothing(shop):
    with shop.database.write() as session:
        shop.notices.keep(session, notice(1, summary=[object()]))
        shop.notices.keep(session, notice(1000))
        session.add(Ownership(conversation_id="c1", state="waiting", version=1, since=clock.now()))
    assert rows(shop.database) == []
    with shop.database.read() as session:
        assert session.get(Ownership, "c1") is not None


def test_a_place_that_is_down_for_an_hour_is_told_everything_once(database, places, time_of_desk):
    """Its port is closed, and the other places do not notice."""
    reserved = Server(None)
    reserved.stop()
    down = {"NIGHTDESK_NOTIFY_WECOM": f"{reserved.url}/wecom?key=key-of-the-robot"}
    shop = Shop(database, {**places.environment("webhook"), **down})
    for number in range(0, 60, 5):
        shop.keep(*range(number, number + 5))
        shop.send_due()
        time_of_desk.move(minutes=5)
    assert len(places.taken["webhook"]) == 60
    assert {row.state for row in rows(database, target="wecom")} == {"waiting"}
    up = Shop(database, places.environment("wecom"))
    for _ in range(10):
        time_of_desk.move(minutes=1)
        up.send_due()
    assert places.told("wecom") == 60
    assert max(Counter(places.keys("wecom")).values()) == 1
    assert len(places.taken["wecom"]) < 10


def test_a_platforms_limit_is_kept_and_nothing_is_lost(shop, places, time_of_desk):
    """More at a time than it takes: what the limit holds back goes together."""
    for number in range(0, 60, 2):
        shop.keep(number, number + 1)
        shop.send_due()
        time_of_desk.move(seconds=1)
    for _ in range(5):
        time_of_desk.move(seconds=30)
        shop.send_due()
    for name in PLATFORMS:
        assert places.told(name) == 60, name
        assert max(Counter(places.keys(name)).values()) == 1, name
    for name in ("wecom", "dingtalk"):
        times = places.times[name]
        windows = [sum(at <= other < at + timedelta(seconds=60) for other in times) for at in times]
        assert max(windows) == 20
        assert places.tries[name] == len(times)


@on_sqlite
def test_many_that_wait_go_in_one_message_and_a_few_singly(shop, places, time_of_desk):
    shop.keep(1, 2, 3)
    shop.send_due()
    assert len(places.taken["wecom"]) == 3
    shop.keep(*range(10, 22))
    shop.send_due()
    assert len(places.taken["wecom"]) == 4
    assert len(places.taken["webhook"]) == 15


@on_sqlite
def test_a_pause_that_is_asked_for_is_given(shop, places, time_of_desk):
    places.moods["wecom"].append("later")
    shop.keep(1)
    shop.send_due()
    shop.keep(2)
    time_of_desk.move(seconds=110)
    shop.send_due()
    assert places.tries["wecom"] <= 2
    time_of_desk.move(seconds=11)
    shop.send_due()
    assert Counter(places.keys("wecom")) == Counter({"c1": 1, "c2": 1})


def test_after_a_day_it_is_given_up_with_its_reason(shop, places, time_of_desk):
    places.moods["wecom"].extend(["refused"] * 1000)
    shop.keep(1)
    for _ in range(60):
        shop.send_due()
        time_of_desk.move(minutes=30)
    tries = places.tries["wecom"]
    assert 20 < tries < 60
    given_up = rows(shop.database, target="wecom")[0]
    assert given_up.state == "failed"
    assert "40058" in given_up.error
    shop.send_due()
    assert places.tries["wecom"] == tries


def test_desks_on_one_database_never_tell_a_thing_twice(shop, places):
    shop.keep(*range(40))

    def desk() -> None:
        shop.send_due()

    desks = [threading.Thread(target=desk) for _ in range(4)]
    for thread in desks:
        thread.start()
    for thread in desks:
        thread.join()
    for name in PLATFORMS:
        assert places.told(name) == 40, name
        assert max(Counter(places.keys(name)).values()) == 1, name


def test_what_a_dead_desk_had_taken_is_sent_by_another(shop, places, time_of_desk):
    shop.keep(1)
    assert Box(shop.database).take("webhook", (), False)
    shop.send_due()
    assert places.taken["webhook"] == []
    time_of_desk.move(seconds=61)
    shop.send_due()
    assert len(places.taken["webhook"]) == 1


def test_a_desk_that_was_too_slow_changes_nothing_any_more(shop, places, time_of_desk):
    shop.keep(1)
    box = Box(shop.database)
    late = box.take("webhook", (), False)
    time_of_desk.move(seconds=61)
    shop.send_due()
    box.failed(late, "too late", lambda _item: clock.now())
    assert [row.state for row in rows(shop.database, target="webhook")] == ["sent"]


@on_sqlite
def test_a_slow_place_holds_up_no_other(shop, places):
    places.moods["wecom"].append("slow")
    shop.keep(1, 2)

    async def run() -> None:
        client = plain_client()
        sender, _places = shop.sender(client)
        await sender.start()
        await asyncio.to_thread(
            until, lambda: all(len(places.taken[name]) == 2 for name in PLATFORMS[1:])
        )
        assert places.taken["wecom"] == []
        places.release.set()
        await asyncio.to_thread(until, lambda: len(places.taken["wecom"]) == 2)
        await sender.stop()

    asyncio.run(run())


@on_sqlite
def test_the_summary_is_read_from_the_conversation(shop, places):
    asked = shop.say(1, "customer", "我要退货，手机 13800138000")
    with shop.database.write() as session:
        session.add(
            Turn(
                message_id=asked,
                conversation_id="c1",
                facts={
                    "understood": False,
                    "task": {"kind": "return"},
                    "customer": {"name": "张伟", "phone": "13800138000"},
                },
            )
        )
    shop.say(1, "bot", "没太明白您的意思。")
    shop.keep(1, summary=())
    shop.send_due()
    who, wants, tried = places.taken["webhook"][0]["summary"]
    assert "张伟" in who
    assert "退换货" in wants
    assert "我要退货" in wants
    assert "1 次没听懂" in tried
    assert "没太明白" in tried
    assert "13800138000" not in str(places.taken)


@on_sqlite
def test_a_conversation_without_a_word_has_a_summary(shop, places):
    shop.keep(1, summary=())
    shop.send_due()
    assert len(places.taken["webhook"][0]["summary"]) == 3


def test_the_running_desk_sends_what_is_kept(tmp_path, sqlite_databases, monkeypatch):
    with sqlite_databases.fresh() as database:
        places = Places(Clock())
        places.server.start()
        for name, value in places.environment("webhook").items():
            monkeypatch.setenv(name, value)
        world = World(tmp_path, database.engine.url.render_as_string(hide_password=False))
        world.rasa.server.start()
        try:
            visitor = Visitor(world.desk())
            visitor.say("你好", "m1")
            shop = Shop(database, places.environment("webhook"))
            with database.write() as session:
                shop.notices.keep(session, notice_of(visitor.id))
            taken = until(lambda: places.taken["webhook"])
            assert taken[0]["conversation_id"] == visitor.id
            assert "你好" in taken[0]["summary"][1]
        finally:
            world.close()
            places.server.stop()


def notice_of(conversation_id: str) -> Any:
    import dataclasses

    return dataclasses.replace(notice(0), conversation_id=conversation_id, summary=())
