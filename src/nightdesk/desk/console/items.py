"""Conversations as the queue shows them, many at once: a fixed number of queries for any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console import masking
from nightdesk.desk.handoff import waiting
from nightdesk.desk.handoff.model import Agent, Ownership, Read, Turn
from nightdesk.desk.handoff.states import State
from nightdesk.desk.model import Conversation, Message

Item = dict[str, Any]

LONGEST_TEXT = 120
NEWEST, NEWEST_WITHIN = 50, timedelta(days=1)
_LOOKED_AT = 5000
"""Among so many of the newest lines the conversations of the bot are looked for."""

_WAITING: Any = Ownership.state == State.WAITING.value
_HUMAN: Any = Ownership.state == State.HUMAN.value
_CALLBACK: Any = and_(Ownership.callback.is_(True), Ownership.state == State.BOT.value)
_DUE: Any = func.coalesce(Ownership.due_at, Ownership.since)


def queue(session: Session, me: str, limit: int) -> dict[str, Any]:
    """What waits, what ``me`` and the others have, who is to be called back, and the bot's.

    Each list has ``limit`` items at most; ``counts`` says how many there are.
    """
    mine = and_(_HUMAN, Ownership.agent_id == me)
    others = and_(_HUMAN, Ownership.agent_id != me)
    found = {
        "waiting": _rows(session, limit, _WAITING, *waiting.ORDER),
        "mine": _rows(session, limit, mine, Ownership.since),
        "others": _rows(session, limit, others, Ownership.since),
        "callbacks": _rows(session, limit, _CALLBACK, _DUE),
        "bot": _newest(session),
    }
    items = {
        item["id"]: item
        for item in views(session, [row for rows in found.values() for row in rows])
    }
    lists = {name: [items[row.id] for row in rows] for name, rows in found.items()}
    return {**lists, "counts": _counts(session, me), "now": _time(clock.now())}


def one(session: Session, conversation_id: str) -> Item:
    """A single conversation. Raises ServiceError 404."""
    row = session.execute(_select().where(Conversation.id == conversation_id)).first()
    if row is None:
        raise ServiceError(404, "not_found", "There is no such conversation.")
    return views(session, [row])[0]


def views(session: Session, rows: Sequence[Any]) -> list[Item]:
    """The items of ``rows`` (of ``_select``)."""
    ids = [row.id for row in rows]
    last = _last(session, ids)
    unread = _unread(session, [row.id for row in rows if _concerns_people(row)])
    customers = _customers(session, ids)
    return [
        {
            **head(row),
            "last": last.get(row.id),
            "unread": unread[row.id],  # 0 while it is the bot's alone
            "customer": customers.get(row.id, {}),
        }
        for row in rows
    ]


def heads(session: Session, ids: Sequence[str]) -> list[Item]:
    """The items of ``ids`` without what was said: who has the conversation, and why."""
    return [head(row) for row in session.execute(_select().where(Conversation.id.in_(ids)))]


def head(row: Any) -> Item:
    return {
        "id": row.id,
        "state": row.state or State.BOT.value,
        "version": row.version or 0,
        "channel": row.channel,
        "language": row.language,
        "agent": {"id": row.agent_id, "name": row.name} if row.agent_id else None,
        "reason": row.reason,
        "priority": row.priority,
        "since": _time(row.since or row.created_at),
        "due_at": _time(row.due_at) if row.due_at else None,
        "ticket_no": row.ticket_no,
        "callback": bool(row.callback),
    }


def _concerns_people(row: Any) -> bool:
    return row.callback or row.state in (State.WAITING.value, State.HUMAN.value)


def _select() -> Any:
    return (
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.language,
            Conversation.created_at,
            Ownership.state,
            Ownership.version,
            Ownership.agent_id,
            Ownership.reason,
            Ownership.priority,
            Ownership.since,
            Ownership.due_at,
            Ownership.ticket_no,
            Ownership.callback,
            Agent.name,
        )
        .select_from(Conversation)
        .outerjoin(Ownership, Ownership.conversation_id == Conversation.id)
        .outerjoin(Agent, Agent.id == Ownership.agent_id)
    )


def _rows(session: Session, limit: int, condition: Any, *order: Any) -> list[Any]:
    query = _select().where(condition).order_by(*order, Conversation.id).limit(limit)
    return list(session.execute(query))


def _newest(session: Session) -> list[Any]:
    """Those of the bot in which something was said last, within a day."""
    recent = (
        select(Message.conversation_id, Message.id, Message.at)
        .order_by(Message.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    spoken = (
        select(recent.c.conversation_id, func.max(recent.c.id).label("newest"))
        .where(recent.c.at > clock.now() - NEWEST_WITHIN)
        .group_by(recent.c.conversation_id)
        .subquery()
    )
    query = (
        _select()
        .join(spoken, spoken.c.conversation_id == Conversation.id)
        .where(
            or_(
                Ownership.state.is_(None),
                and_(Ownership.state == State.BOT.value, Ownership.callback.is_(False)),
            )
        )
        .order_by(spoken.c.newest.desc())
        .limit(NEWEST)
    )
    return list(session.execute(query))


def _counts(session: Session, me: str) -> dict[str, int]:
    query = (
        select(Ownership.state, Ownership.agent_id == me, Ownership.callback, func.count())
        .where(or_(_WAITING, _HUMAN, _CALLBACK))
        .group_by(Ownership.state, Ownership.agent_id == me, Ownership.callback)
    )
    counts = Counter({"waiting": 0, "mine": 0, "others": 0, "callbacks": 0})
    for state, own, _callback, count in session.execute(query):
        group = {State.WAITING.value: "waiting", State.BOT.value: "callbacks"}.get(state)
        counts[group or ("mine" if own else "others")] += count
    return dict(counts)


def _last(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What a person, the customer or one of ours, said last in each conversation, masked and cut
    to one short line: the bot's own words tell nobody in the queue what it is about."""
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(ids), Message.sender.in_(("customer", "agent")))
        .group_by(Message.conversation_id)
    )
    columns = (Message.conversation_id, Message.sender, Message.text, Message.at)
    return {
        conversation_id: {"from": sender, "text": _short(text), "at": _time(at)}
        for conversation_id, sender, text, at in session.execute(
            select(*columns).where(Message.id.in_(newest))
        )
    }


def _unread(session: Session, ids: Sequence[str]) -> Counter[str]:
    """How many of the customer's lines nobody has read."""
    read = and_(Read.conversation_id == Message.conversation_id, Read.side == "agent")
    query = (
        select(Message.conversation_id, func.count())
        .outerjoin(Read, read)
        .where(
            Message.conversation_id.in_(ids),
            Message.sender == "customer",
            Message.id > func.coalesce(Read.message_id, 0),
        )
        .group_by(Message.conversation_id)
    )
    return Counter(dict(map(tuple, session.execute(query))))


def _customers(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Who the customer is, as far as the bot was told."""
    newest = (
        select(func.max(Turn.message_id))
        .where(Turn.conversation_id.in_(ids))
        .group_by(Turn.conversation_id)
    )
    query = select(Turn.conversation_id, Turn.facts).where(Turn.message_id.in_(newest))
    known = {}
    for conversation_id, facts in session.execute(query):
        customer = facts.get("customer")
        if isinstance(customer, dict):
            known[conversation_id] = {
                "name": customer.get("name") or None,
                "phone_masked": masking.phone(customer.get("phone")),
            }
    return known


def _short(text: str | None) -> str:
    line = " ".join(masking.masked(text or "").split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _time(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds"))
