"""The queue of those who wait for a person: order, places, and how long it is likely to take."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk.handoff.model import Ownership, Transition
from nightdesk.desk.handoff.states import Cause, State

PRIORITIES = ("urgent", "high", "normal", "low")
LEAST_SERVED, MOST_SERVED = 3, 10
LATELY = timedelta(hours=24)
"""The expected wait is said from so many that were served so lately, or not at all."""

_urgency: Any = case(
    *((Ownership.priority == name, place) for place, name in enumerate(PRIORITIES)),
    else_=len(PRIORITIES),
)
_due: Any = func.coalesce(Ownership.due_at, Ownership.since)
ORDER = (_urgency, _due, Ownership.conversation_id)
"""How the waiting are served: urgent first, then who was promised the earliest."""


def ahead_of(
    session: Session, priority: str | None, due: datetime, conversation_id: str | None = None
) -> int:
    """How many of the waiting are served before one of ``priority`` that is due at ``due``.

    ``conversation_id``: of one that is in the queue itself; else one that comes now is meant.
    """
    urgency = PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)
    same = _due <= due
    if conversation_id is not None:
        own = Ownership.conversation_id < conversation_id
        same = or_(_due < due, and_(_due == due, own))
    before = or_(_urgency < urgency, and_(_urgency == urgency, same))
    query = select(func.count()).where(Ownership.state == State.WAITING.value, before)
    return int(session.execute(query).scalar_one())


def expected_minutes(session: Session, ahead: int) -> int | None:
    """Minutes until somebody comes to who has ``ahead`` before them; None when nobody can tell.

    Each of those served lately waited so long for each place in the queue; the median of it,
    times the places that are left.
    """
    served = (
        select(Transition.details)
        .where(
            Transition.cause == Cause.CLAIMED.value,
            Transition.from_state == State.WAITING.value,
            Transition.at > clock.now() - LATELY,
        )
        .order_by(Transition.id.desc())
        .limit(MOST_SERVED)
    )
    each: list[float] = [
        details["seconds"] / (details.get("ahead", 0) + 1)
        for details in session.execute(served).scalars()
    ]
    if len(each) < LEAST_SERVED:
        return None
    return max(1, math.ceil(median(each) * (ahead + 1) / 60))


def overdue(limit: float) -> Any:
    """Selects (conversation, version) of those who have waited for more than ``limit`` seconds."""
    return (
        select(Ownership.conversation_id, Ownership.version)
        .where(
            Ownership.state == State.WAITING.value,
            Ownership.since < clock.now() - timedelta(seconds=limit),
        )
        .order_by(Ownership.since)
    )
