"""Collects what a conversation shows of how it goes: the input of ``decide``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.desk.handoff.decide import Signals
from nightdesk.desk.handoff.model import Turn
from nightdesk.desk.model import Message
from nightdesk.language import tone
from nightdesk.merchant.profile import Escalation

ANGER_OVER = 3
"""How many of the customer's last messages their anger is read from."""
_TURNS = 20

Facts = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """One turn that the bot has answered: ``facts`` from the action server, its ``reply``."""

    facts: Facts
    reply: str
    at: datetime


def of_words(text: str, shop: Escalation) -> Signals:
    """What the words alone say, before anything is understood."""
    lowered = text.lower()
    met = (word for word in shop.keywords if word.lower() in lowered)
    return Signals(in_danger=tone.in_danger(text), keyword=next(met, None))


def of_conversation(
    said: Sequence[str], turns: Sequence[Answered], before: Signals, now: datetime
) -> Signals:
    """The signals after an answer.

    ``said``: the customer's last messages, oldest first; ``turns``: the answered turns, oldest
    first, the last one is this; ``before``: what the words of the last message said by themselves.
    """
    facts = turns[-1].facts if turns else {}
    failed = [turn.facts.get("understood") is False for turn in turns]
    return Signals(
        in_danger=before.in_danger,
        keyword=before.keyword,
        stop_fault=bool(facts.get("stop_fault")),
        asked=bool(facts.get("wants_person")),
        anger=tone.anger_over(said[-ANGER_OVER:]),
        failed_in_row=_trailing(failed),
        failed_of_six=sum(failed[-6:]),
        same_reply=_same([turn.reply for turn in turns]),
        same_question=_number(facts.get("asked")) if facts.get("question") else 0,
        open_tasks=bool(facts.get("task")) + len(_list(facts.get("aside"))),
        stalled=_stalled([turn.facts for turn in turns]),
        order_total=_money(facts.get("order_total")),
        backend_down_s=_down(turns, now),
        rating=facts["rating"] if isinstance(facts.get("rating"), int) else None,
    )


def read(session: Session, conversation_id: str, after: int) -> tuple[list[str], list[Answered]]:
    """The customer's words and the answered turns since the message ``after``, oldest first."""
    lines = session.execute(
        select(Message.id, Message.sender, Message.text, Message.in_reply_to, Message.at)
        .where(Message.conversation_id == conversation_id, Message.id > after)
        .order_by(Message.id.desc())
        .limit(_TURNS * 4)
    ).all()[::-1]
    answered: Any = session.execute(
        select(Turn.message_id, Turn.facts)
        .where(Turn.conversation_id == conversation_id, Turn.message_id > after)
        .order_by(Turn.message_id.desc())
        .limit(_TURNS)
    )
    facts: dict[int, Facts] = {row.message_id: row.facts for row in answered}
    replies: dict[int, list[str]] = {}
    for line in lines:
        if line.sender == "bot" and line.in_reply_to in facts:
            replies.setdefault(line.in_reply_to, []).append(line.text or "")
    customer = [line for line in lines if line.sender == "customer"]
    turns = [
        Answered(facts[line.id], "\n".join(replies.get(line.id, ())), line.at)
        for line in customer
        if line.id in facts
    ]
    return [line.text or "" for line in customer], turns


def _trailing(failed: Sequence[bool]) -> int:
    """How many at the end are true without a break."""
    count = 0
    for one in reversed(failed):
        if not one:
            break
        count += 1
    return count


def _same(replies: Sequence[str]) -> int:
    """How many times in a row the last reply was given."""
    return _trailing([bool(reply) and reply == replies[-1] for reply in replies])


_MOVES = ("task", "cart", "question", "orders", "appointments", "ticket_no", "aside")


def _stalled(facts: Sequence[Facts]) -> int:
    """Turns at the end in which a task was open and nothing about it moved."""
    count = 0
    for earlier, later in zip(reversed(facts[:-1]), reversed(facts), strict=False):
        if not later.get("task") or any(earlier.get(key) != later.get(key) for key in _MOVES):
            break
        count += 1
    return count


def _down(turns: Sequence[Answered], now: datetime) -> float:
    """For how many seconds every turn has failed behind the bot."""
    since: datetime | None = None
    for turn in reversed(turns):
        if not turn.facts.get("backend_failed"):
            break
        since = turn.at
    return (now - since).total_seconds() if since else 0.0


def _money(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
