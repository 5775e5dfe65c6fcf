"""What customers give the persons who served them: one rating each, the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk.handoff.model import Agent, AgentRating, Transition
from nightdesk.desk.handoff.states import Cause
from nightdesk.desk.model import Message
from nightdesk.desk.text import clean


class NobodyError(Exception):
    """No person has served the conversation."""


def rate(session: Session, conversation_id: str, score: int, reason: str) -> None:
    """Keep ``score`` (0 to 10) for the person who served last; another of theirs is replaced.

    Raises:
        NobodyError: there was none.
    """
    agent_id = _served_last(session, conversation_id)
    if agent_id is None:
        raise NobodyError(conversation_id)
    session.execute(
        delete(AgentRating).where(
            AgentRating.conversation_id == conversation_id, AgentRating.agent_id == agent_id
        )
    )
    session.add(
        AgentRating(
            conversation_id=conversation_id,
            agent_id=agent_id,
            score=score,
            reason=clean(reason),
            at=clock.now(),
        )
    )


def ratings(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """``score``, ``reason``, ``at`` and the name of the ``agent`` of each, newest first."""
    query = (
        select(AgentRating, Agent.name)
        .join(Agent, Agent.id == AgentRating.agent_id)
        .where(AgentRating.conversation_id == conversation_id)
        .order_by(AgentRating.id.desc())
    )
    return [
        {
            "score": rating.score,
            "reason": rating.reason,
            "at": rating.at.isoformat(timespec="milliseconds"),
            "agent": name,
        }
        for rating, name in session.execute(query)
    ]


def _served_last(session: Session, conversation_id: str) -> str | None:
    """The person who wrote last, whom the customer is asked about; where none has, who had it."""
    wrote = (
        select(Message.agent_id)
        .where(Message.conversation_id == conversation_id, Message.sender == "agent")
        .order_by(Message.id.desc())
        .limit(1)
    )
    if agent_id := session.execute(wrote).scalar_one_or_none():
        return str(agent_id)
    took = (
        select(Transition.cause, Transition.agent_id, Transition.details)
        .where(
            Transition.conversation_id == conversation_id,
            Transition.cause.in_((Cause.CLAIMED.value, Cause.TRANSFERRED.value)),
        )
        .order_by(Transition.id.desc())
        .limit(1)
    )
    found = session.execute(took).first()
    if found is None:
        return None
    cause, claimed_by, details = found
    return str(details["to"] if cause == Cause.TRANSFERRED.value else claimed_by)
