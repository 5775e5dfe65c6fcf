"""The tickets of a hand-off go with the conversation, also when their backend was down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.tickets import keep_ticket
from nightdesk.desk.model import Kept
from nightdesk.desk.transcript import locked
from tests.integration.desk_world import Visitor, World, until
from tests.integration.ownership_world import world

__all__ = ["world"]

HASTY = {"outbox_backoff": (0.05, 0.2), "outbox_alarm_after": 0.3}


@pytest.fixture
def visitor(world: World) -> Visitor:
    visitor = Visitor(world.desk(**HASTY))
    world.people("小李", "小王")
    return visitor


@pytest.fixture
def owners(database: Database) -> Owners:
    return Owners(database)


def wait_for_a_person(database: Database, conversation_id: str) -> int:
    """As an escalation does, with its ticket; the version."""
    with database.write() as session:
        conversation = locked(session, conversation_id)
        due = clock.now() + timedelta(hours=1)
        owned = changes.escalate(session, conversation, reason="asked", priority="high", due_at=due)
        keep_ticket(session, conversation, owned)
        return owned.version


def statuses(world: World) -> list[tuple[str, str | None]]:
    return [(one["status"], one.get("assignee")) for one in world.tickets.tickets.values()]


def kept(database: Database, **where: Any) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(Kept).filter_by(**where)).scalars())


def test_a_ticket_is_who_has_the_conversations_and_resolved_at_its_end(
    database, world, visitor, owners
):
    version = wait_for_a_person(database, visitor.id)
    owned = owners.claim(visitor.id, "小李", version)
    until(lambda: statuses(world) == [("in_progress", "小李")])
    owned = owners.transfer(visitor.id, "小李", "小王", owned.version)
    until(lambda: statuses(world) == [("in_progress", "小王")])
    owners.hand_back(visitor.id, "小王", owned.version)
    until(lambda: [status for status, _ in statuses(world)] == ["resolved"])
    (ticket,) = world.tickets.tickets.values()
    assert ticket["by"] == "小王"


def test_tickets_that_are_down_hear_of_the_end_when_they_are_back(database, world, visitor, owners):
    world.tickets.down = True
    version = wait_for_a_person(database, visitor.id)
    owned = owners.claim(visitor.id, "小李", version)
    owners.close(visitor.id, "小李", owned.version)
    until(lambda: any(one.attempts > 1 for one in kept(database, service="errand")))
    world.tickets.down = False
    until(lambda: [status for status, _ in statuses(world)] == ["resolved"])
    until(lambda: not kept(database, state="waiting"))
    told = [text for who, text in visitor.said() if who == "bot"]
    assert len(told) == 1, "the customer is told of the ticket, and of no errand"


def test_what_ends_late_does_not_resolve_what_the_customer_asked_for_since(
    database, world, visitor, owners
):
    version = wait_for_a_person(database, visitor.id)
    owned = owners.claim(visitor.id, "小李", version)
    until(lambda: not kept(database, state="waiting"))
    world.tickets.down = True
    late = owners.hand_back(visitor.id, "小李", owned.version)
    wait_for_a_person(database, visitor.id)
    key = f"errand-{visitor.id}-{late.version}"
    until(lambda: kept(database, key=key, state="refused"))
    world.tickets.down = False
    until(lambda: not kept(database, state="waiting"))
    assert [status for status, _ in statuses(world)] == ["in_progress", "open"]


def test_who_waits_no_longer_leaves_no_open_ticket(database, world, visitor, owners):
    wait_for_a_person(database, visitor.id)
    until(lambda: statuses(world) == [("open", None)])
    owners.withdraw(visitor.id)
    until(lambda: statuses(world) == [("resolved", None)])
    (ticket,) = world.tickets.tickets.values()
    assert ticket["by"] == "customer"
