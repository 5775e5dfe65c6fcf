"""Three lines by which a person knows a conversation before opening it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.desk.handoff.model import Turn
from nightdesk.desk.model import Conversation, Message

_LAST_TURNS = 6
_LONGEST_QUOTE = 80
_TASKS = {
    "order": ("下单", "to order"),
    "change_order": ("改订单", "to change an order"),
    "cancel_order": ("取消订单", "to cancel an order"),
    "return": ("退换货", "to return something"),
    "invoice": ("开发票", "an invoice"),
    "appointment": ("预约", "an appointment"),
    "fault": ("报修", "to report a fault"),
    "complaint": ("投诉", "to complain"),
    "callback": ("回电", "to be called back"),
}
_WORDS = {
    "visitor": ("访客", "a visitor"),
    "quote": ("“{text}”", "“{text}”"),
    "cart": ("购物车：{items}", "cart: {items}"),
    "total": ("合计 {total}", "total {total}"),
    "nothing": ("还没有说", "nothing said yet"),
    "turns": ("机器人答了 {turns} 次", "the bot answered {turns} times"),
    "unclear": ("其中 {count} 次没听懂", "{count} times without understanding"),
    "failed": ("后台系统出过错", "a system behind it failed"),
    "last": ("最后说：“{text}”", "last: “{text}”"),
}


def summarise(session: Session, conversation_id: str, language: str = "zh") -> list[str]:
    """Who it is, what they want, what was tried, in the shop's ``language`` (zh or en).

    Quotes are in the customer's own words. Phone numbers are as the customer gave them.
    """
    say = _Speaker(language)
    turns = _facts(session, conversation_id)
    newest = turns[0] if turns else {}
    return [
        _who(session, conversation_id, newest, say),
        _wants(_last_words(session, conversation_id, "customer"), newest, say),
        _tried(session, conversation_id, turns, say),
    ]


class _Speaker:
    def __init__(self, language: str) -> None:
        self._place = 1 if language == "en" else 0

    def __call__(self, word: str, **values: object) -> str:
        return _WORDS[word][self._place].format(**values)

    def task(self, kind: str) -> str:
        return _TASKS[kind][self._place] if kind in _TASKS else kind


def _facts(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """What the bot noted of its last turns, newest first."""
    last = (
        select(Turn.facts)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.message_id.desc())
        .limit(_LAST_TURNS)
    )
    return [facts for facts in session.execute(last).scalars() if isinstance(facts, dict)]


def _last_words(session: Session, conversation_id: str, sender: str) -> str:
    last = (
        select(Message.text)
        .where(
            Message.conversation_id == conversation_id,
            Message.sender == sender,
            Message.text.is_not(None),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    text = " ".join((session.execute(last).scalar_one_or_none() or "").split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"


def _who(session: Session, conversation_id: str, newest: dict[str, Any], say: _Speaker) -> str:
    conversation: Any = session.get(Conversation, conversation_id)
    customer = newest.get("customer") or {}
    name = customer.get("name") or say("visitor")
    parts = [name, customer.get("phone"), conversation.channel, conversation.language]
    return " ".join(str(part) for part in parts if part)


def _wants(words: str, newest: dict[str, Any], say: _Speaker) -> str:
    parts = []
    if kind := (newest.get("task") or {}).get("kind"):
        parts.append(say.task(str(kind)))
    if cart := newest.get("cart"):
        items = ", ".join(f"{item.get('name')} ×{item.get('quantity')}" for item in cart)
        parts.append(say("cart", items=items))
        if total := newest.get("order_total"):
            parts.append(say("total", total=total))
    parts.append(say("quote", text=words) if words else say("nothing"))
    return "; ".join(parts)


def _tried(
    session: Session, conversation_id: str, turns: list[dict[str, Any]], say: _Speaker
) -> str:
    answered = select(Message.in_reply_to).where(
        Message.conversation_id == conversation_id,
        Message.sender == "bot",
        Message.in_reply_to.is_not(None),
    )
    parts = [say("turns", turns=len(session.execute(answered.distinct()).all()))]
    if unclear := sum(turn.get("understood") is False for turn in turns):
        parts.append(say("unclear", count=unclear))
    if any(turn.get("backend_failed") for turn in turns):
        parts.append(say("failed"))
    if text := _last_words(session, conversation_id, "bot"):
        parts.append(say("last", text=text))
    return "; ".join(parts)
