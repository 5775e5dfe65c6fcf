"""What a customer's page is told besides messages, by this desk and by another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.ratings import ratings
from nightdesk.desk.handoff.typing import Typing
from tests.integration.desk_world import PATIENCE, Visitor, World
from tests.integration.ownership_world import visitor

__all__ = ["visitor"]

Event = tuple[str, dict[str, Any]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Over SQLite, with Rasa up."""
    with World(tmp_path, f"sqlite:///{tmp_path / 'desk.sqlite'}") as world:
        world.rasa.server.start()
        yield world


@pytest.fixture
def owners(world: World) -> Owners:
    """As another desk process has them: it wakes nobody in this one."""
    return Owners(world.database)


@contextmanager
def pushed(visitor: Visitor) -> Iterator[Iterator[Event]]:
    """The events of a page's stream, each with its name; all that was said before is passed."""
    with visitor.http.stream("GET", "/chat/events", timeout=PATIENCE) as response:

        def events() -> Iterator[Event]:
            name = ""
            for row in response.iter_lines():
                if row.startswith("event: "):
                    name = row[len("event: ") :]
                elif row.startswith("data: "):
                    yield name, json.loads(row[len("data: ") :])

        yield events()


def following(events: Iterator[Event], name: str, within: int = 12) -> dict[str, Any]:
    """The next event called ``name``, which is among the next few."""
    for _ in range(within):
        found, data = next(events)
        if found == name:
            return data
    raise AssertionError(f"no {name}")


def test_a_page_is_told_at_once_who_has_the_conversation_and_when_it_changes(visitor, owners):
    owned = owners.claim(visitor.id, "小李", 0)
    with pushed(visitor) as events:
        assert next(events) == ("status", {"status": "human", "agent": "小李"})
        owners.close(visitor.id, "小李", owned.version)
        assert following(events, "status") == {"status": "closed"}


def test_a_page_is_told_that_the_person_types_and_how_far_they_have_read(world, visitor, owners):
    owners.claim(visitor.id, "小李", 0)
    visitor.say("在吗", "m1")
    newest = visitor.transcript()[-1]["id"]
    with pushed(visitor) as events:
        assert next(events)[0] == "status"
        Typing(world.database).mark(visitor.id, "agent", "小李")
        assert following(events, "typing") == {"from": "agent"}
        assert owners.read(visitor.id, "agent", newest)
        assert following(events, "read") == {"message_id": newest}
    with pushed(visitor) as events:
        assert following(events, "read") == {"message_id": newest}


def test_the_customers_typing_is_known_to_every_desk_while_a_person_is_there(
    world, visitor, owners
):
    typing = Typing(world.database)
    assert visitor.http.post("/chat/typing").status_code == 204
    assert typing.just_now(visitor.id, "customer") is None
    owners.claim(visitor.id, "小李", 0)
    assert visitor.http.post("/chat/typing").status_code == 204
    assert typing.just_now(visitor.id, "customer") is not None


def test_who_has_sent_a_line_is_not_said_to_be_typing_it(world, visitor, owners):
    typing = Typing(world.database)
    owners.claim(visitor.id, "小李", 0)
    typing.mark(visitor.id, "agent", "小李")
    owners.write(visitor.id, "小李", "您好", "a1")
    assert typing.just_now(visitor.id, "agent") is None


def test_without_a_token_nothing_is_told_of_people(visitor):
    stranger = httpx.Client(base_url=visitor.url, trust_env=False, timeout=PATIENCE)
    for path, body in (
        ("typing", None),
        ("read", {"message_id": 1}),
        ("withdraw", None),
        ("rating", {"score": 5}),
    ):
        assert stranger.post(f"/chat/{path}", json=body).status_code == 401, path
    assert stranger.get("/chat/owner").status_code == 401


def test_a_rating_is_of_the_person_who_served_and_within_its_scale(world, visitor, owners):
    rating = {"score": 8, "reason": "很耐心"}
    assert visitor.http.post("/chat/rating", json=rating).status_code == 409
    owned = owners.claim(visitor.id, "小李", 0)
    owners.close(visitor.id, "小李", owned.version)
    assert visitor.http.post("/chat/rating", json={"score": 11}).status_code == 422
    assert visitor.http.post("/chat/rating", json=rating).status_code == 201


def test_each_person_who_served_keeps_the_rating_of_their_own(world, visitor, owners):
    def rate(score: int) -> None:
        assert visitor.http.post("/chat/rating", json={"score": score}).status_code == 201

    owned = owners.claim(visitor.id, "小李", 0)
    owners.write(visitor.id, "小李", "您好", "a1")
    owned = owners.transfer(visitor.id, "小李", "小王", owned.version)
    owners.write(visitor.id, "小王", "给您打九折", "b1")
    owned = owners.hand_back(visitor.id, "小王", owned.version)
    rate(3)
    owned = owners.claim(visitor.id, "小李", owned.version)
    owners.write(visitor.id, "小李", "又是我", "a2")
    owners.close(visitor.id, "小李", owned.version)
    rate(5)
    rate(9)
    with world.database.read() as session:
        given = [(one["agent"], one["score"]) for one in ratings(session, visitor.id)]
    assert given == [("小李", 9), ("小王", 3)]
