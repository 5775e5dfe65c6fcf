"""A desk over each of the two databases, in which people take conversations: the fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.model import Transition
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.model import Conversation
from nightdesk.desk.transcript import locked
from tests.integration.desk_world import Visitor, World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    """Over each of the two databases, with Rasa up."""
    with World(tmp_path, database.engine.url.render_as_string(hide_password=False)) as world:
        world.rasa.server.start()
        yield world


@pytest.fixture
def visitor(world: World) -> Visitor:
    """A customer of a shop in which 小李 and 小王 serve."""
    visitor = Visitor(world.desk())
    world.people("小李", "小王")
    return visitor


@pytest.fixture
def owners(database: Database) -> Owners:
    return Owners(database)


def wait_for_a_person(database: Database, conversation_id: str, **how: Any) -> None:
    """As an escalation does."""
    with database.write() as session:
        wanted = {"reason": "asked", "priority": "normal", **how}
        changes.escalate(session, locked(session, conversation_id), **wanted)


def causes(database: Database, conversation_id: str) -> list[str]:
    query = select(Transition.cause).where(Transition.conversation_id == conversation_id)
    with database.read() as session:
        return list(session.execute(query.order_by(Transition.id)).scalars())


def open_conversations(database: Database, count: int) -> list[str]:
    ids = [f"w{number:04}" for number in range(count)]
    with database.write() as session:
        session.add_all(
            Conversation(id=one, channel="web", created_at=clock.now(), collected_id=0)
            for one in ids
        )
    return ids
