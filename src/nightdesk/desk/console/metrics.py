"""How the hand-off does: what the recorded changes of owners and the people's lines say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff.model import AgentRating, Evaluation, Transition
from nightdesk.desk.handoff.states import Cause, State
from nightdesk.desk.model import Message

AGAIN_WITHIN = timedelta(days=1)
"""Who needs a person again so soon was not helped."""
_ENDS = (Cause.HANDED_BACK, Cause.ENDED, Cause.UNSERVED, Cause.WITHDRAWN)


@dataclass
class Episode:
    """From the call for a person, or from when one stepped in, to its end. Times are aware."""

    conversation_id: str
    begun: datetime
    reason: str | None = None
    escalated: bool = False
    claimed: datetime | None = None
    replied: datetime | None = None
    ended: datetime | None = None
    end: Cause | None = None

    @property
    def person_ended(self) -> bool:
        return self.claimed is not None and self.end in (Cause.HANDED_BACK, Cause.ENDED)


@dataclass(frozen=True)
class Step:
    """A recorded change of the owner."""

    conversation_id: str
    cause: Cause
    from_state: State
    at: datetime
    reason: str | None = None


def episodes(steps: Iterable[Step], replies: Sequence[tuple[str, datetime]]) -> list[Episode]:
    """The episodes that begin within ``steps`` (in order).

    ``replies``: the conversation and moment of each line of a person's, in order.
    """
    done: list[Episode] = []
    running: dict[str, Episode] = {}
    for step in steps:
        one = running.get(step.conversation_id)
        if step.cause is Cause.ESCALATED:
            one = Episode(step.conversation_id, step.at, step.reason, escalated=True)
            running[step.conversation_id] = one
            done.append(one)
        elif step.cause is Cause.CLAIMED and step.from_state is State.BOT:
            one = Episode(step.conversation_id, step.at, step.reason, claimed=step.at)
            running[step.conversation_id] = one
            done.append(one)
        elif one is not None and step.cause is Cause.CLAIMED:
            one.claimed = step.at
        elif one is not None and step.cause in _ENDS:
            one.ended, one.end = step.at, step.cause
            del running[step.conversation_id]
    _add_replies(done, replies)
    return done


def _add_replies(done: list[Episode], replies: Sequence[tuple[str, datetime]]) -> None:
    written: dict[str, list[datetime]] = defaultdict(list)
    for conversation_id, at in replies:
        written[conversation_id].append(at)
    for one in done:
        if one.claimed is not None:
            begun, ended = one.claimed, one.ended
            within = (
                at
                for at in written[one.conversation_id]
                if at >= begun and (ended is None or at <= ended)
            )
            one.replied = next(within, None)


def summary(done: Sequence[Episode], scores: Sequence[int] = ()) -> dict[str, Any]:
    """The figures of docs/console-api.md; durations in seconds, None where there is nothing."""
    called = [one for one in done if one.escalated]
    served = [one for one in done if one.claimed]
    return {
        "escalated": len(called),
        "served": len(served),
        "unserved": _ended(done, Cause.UNSERVED),
        "withdrawn": _ended(done, Cause.WITHDRAWN),
        "handed_back": _ended(done, Cause.HANDED_BACK),
        "solved": sum(one.person_ended and _solved(one, done) for one in served),
        "waiting_s": _spread(one.claimed - one.begun for one in called if one.claimed),
        "first_reply_s": _spread(one.replied - one.begun for one in served if one.replied),
        "handling_s": _spread(
            one.ended - one.claimed for one in served if one.claimed and one.ended
        ),
        "reasons": dict(Counter(one.reason or "unknown" for one in called).most_common()),
        "precision_by_reason": _precision(called),
        "rating_mean": round(sum(scores) / len(scores), 2) if scores else None,
    }


def _ended(done: Sequence[Episode], cause: Cause) -> int:
    return sum(one.end is cause for one in done)


def _solved(one: Episode, done: Sequence[Episode]) -> bool:
    """A person wrote to the customer, who needed nobody again within a day."""
    assert one.ended is not None
    ended = one.ended
    return one.replied is not None and not any(
        other.conversation_id == one.conversation_id
        and ended <= other.begun <= ended + AGAIN_WITHIN
        for other in done
    )


def _precision(called: Sequence[Episode]) -> dict[str, float | None]:
    """For each reason: of those that a person took and ended, or that the customer took back, the
    share in which the person had something to say. None while nothing can be told."""
    needed: dict[str, list[bool]] = {}
    for one in called:
        judged = needed.setdefault(one.reason or "unknown", [])
        if one.end is Cause.WITHDRAWN or one.person_ended:
            judged.append(one.replied is not None)
    return {
        reason: round(sum(judged) / len(judged), 3) if judged else None
        for reason, judged in needed.items()
    }


def _spread(durations: Iterable[timedelta]) -> dict[str, float | None]:
    """The median and the nearest-rank 90th percentile."""
    seconds = sorted(one.total_seconds() for one in durations)
    if not seconds:
        return {"median": None, "p90": None}
    p90 = seconds[-(-9 * len(seconds) // 10) - 1]
    return {"median": round(median(seconds), 1), "p90": round(p90, 1)}


def read(database: Database, days: int) -> dict[str, Any]:
    """The figures of the last ``days`` days."""
    since = clock.now() - timedelta(days=days)
    steps = select(Transition).where(Transition.at >= since).order_by(Transition.id)
    moved = select(Transition.conversation_id).where(Transition.at >= since)
    replies = (
        select(Message.conversation_id, Message.at)
        .where(Message.conversation_id.in_(moved), Message.sender == "agent", Message.at >= since)
        .order_by(Message.id)
    )
    with database.read() as session:
        done = episodes(
            (_step(row) for row in session.scalars(steps)),
            [(row.conversation_id, row.at) for row in session.execute(replies)],
        )
        scores = list(session.scalars(select(AgentRating.score).where(AgentRating.at >= since)))
        asked = select(func.count()).select_from(Evaluation).where(Evaluation.at >= since)
        evaluated = session.execute(asked).scalar_one()
    return {"days": days, "evaluated": evaluated, **summary(done, scores)}


def _step(row: Any) -> Step:
    return Step(
        row.conversation_id,
        Cause(row.cause),
        State(row.from_state),
        row.at,
        (row.details or {}).get("reason"),
    )
