"""The cached tracker store is Rasa's SQL store, only quicker: checked against it step by step."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from nightdesk.bot.tracker import CachedTrackerStore

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "order"],
        "slots": {"product": {"type": "text", "mappings": [{"type": "custom"}]}},
        "responses": {"utter_hello": [{"text": "您好"}]},
    }
)
T = TypeVar("T")


def do(waiting: Awaitable[T]) -> T:
    async def wait() -> T:
        return await waiting

    return asyncio.run(wait())


def cached(path: Path, **more: Any) -> CachedTrackerStore:
    return CachedTrackerStore(domain=DOMAIN, db=str(path), **more)


def stock(path: Path) -> SQLTrackerStore:
    return SQLTrackerStore(domain=DOMAIN, db=str(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracker.sqlite"


def turn(text: str = "来两桶机油") -> list[Event]:
    return [
        UserUttered(text, {"name": "order", "confidence": 1.0}),
        ActionExecuted("utter_hello"),
        SlotSet("product", text),
        BotUttered("好的"),
        ActionExecuted("action_listen"),
    ]


def converse(store: SQLTrackerStore, events: list[Event], sender: str = "c-1") -> None:
    """One message: read, change, save, as Rasa's processor does."""
    tracker = do(store.get_or_create_tracker(sender))
    for event in events:
        tracker.update(event, DOMAIN)
    do(store.save(tracker))


def seen(tracker: DialogueStateTracker | None) -> Any:
    """A tracker as it can be compared."""
    return tracker and json.dumps(tracker.current_state(EventVerbosity.ALL), sort_keys=True)


def assert_same(store: CachedTrackerStore, path: Path, sender: str = "c-1") -> None:
    assert seen(do(store.retrieve(sender))) == seen(do(stock(path).retrieve(sender)))


def test_after_every_message_it_gives_what_rasas_store_reads(path: Path) -> None:
    store = cached(path)
    sessions = [ActionExecuted("action_session_start"), SessionStarted()]
    for events in (
        sessions,
        [ActionExecuted("action_listen")],
        turn(),
        turn("再来一套脚垫"),
        [Restarted()],
        turn("E7 的"),
        [*sessions, SlotSet("product", "旧的"), ActionExecuted("action_listen")],
        turn("新的一天"),
    ):
        converse(store, events)
        assert_same(store, path)


def test_the_rows_are_those_that_rasas_store_writes(tmp_path: Path) -> None:
    events = [event for text in ("一", "二") for event in turn(text)]
    stores = (cached(tmp_path / "a"), stock(tmp_path / "b"))
    rows = []
    for store in stores:
        for begin in (0, 5):
            converse(store, events[begin : begin + 5])
        with store.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT sender_id, type_name, intent_name, action_name, data"
                " FROM events ORDER BY id"
            ).fetchall()
        # The first action_listen is the store's own and carries its own time.
        rows.append([tuple(row) for row in found[1:]])
    assert len(rows[0]) == 10
    assert rows[0] == rows[1]


def test_a_known_conversation_is_not_read_again(path: Path) -> None:
    store = cached(path)
    converse(store, turn())
    assert do(store.retrieve("c-1")) is do(store.retrieve("c-1"))


def test_events_of_a_message_that_failed_are_forgotten(path: Path) -> None:
    store = cached(path)
    converse(store, turn())
    tracker = do(store.retrieve("c-1"))
    assert tracker is not None
    tracker.update(UserUttered("失败的一句"), DOMAIN)  # and no save
    assert_same(store, path)
    converse(store, turn("下一句"))
    assert_same(store, path)


def test_reading_while_a_message_is_worked_on_does_not_disturb_it(path: Path) -> None:
    store = cached(path)
    converse(store, turn())
    at_work = do(store.retrieve("c-1"))
    assert at_work is not None
    at_work.update(UserUttered("正在处理"), DOMAIN)
    assert_same(store, path)
    at_work.update(ActionExecuted("action_listen"), DOMAIN)
    do(store.save(at_work))
    assert seen(do(stock(path).retrieve("c-1"))) == seen(at_work)
    assert_same(store, path)


def test_what_another_process_wrote_is_seen(path: Path) -> None:
    store = cached(path)
    converse(store, turn())
    converse(stock(path), turn("别处的一句"))
    assert_same(store, path)
    converse(store, turn("这里的一句"))
    assert_same(store, path)


def test_conversations_beyond_the_limit_are_read_from_the_database(path: Path) -> None:
    store = cached(path, kept_conversations=2)
    for sender in ("a", "b", "c"):
        converse(store, turn(), sender)
    for sender in ("a", "b", "c"):
        assert_same(store, path, sender)


def test_a_new_domain_makes_trackers_anew(path: Path) -> None:
    store = cached(path)
    converse(store, turn())
    before = do(store.retrieve("c-1"))
    store.domain = DOMAIN
    assert do(store.retrieve("c-1")) is not before
    assert_same(store, path)
