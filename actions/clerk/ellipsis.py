"""Questions that are half said: ``大连那家呢`` asks of another branch what was asked just now."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.backends.client import BackendError
from actions.clerk.conversation import Conversation
from actions.clerk.requests import QUESTIONS, looks_like_question
from actions.clerk.turn import Entity, Turn
from nightdesk import logs

log = logs.get(__name__)

_KINDS = (
    frozenset({"product", "service"}),
    frozenset({"branch", "location", "address"}),
    frozenset({"car_model"}),
    frozenset({"quantity"}),
)
"""Kinds of things that stand for each other in a question."""
_HALF = re.compile(
    r"^(?:那么?|咁|哦|噢|嗯|啊|哎|还有|and|ok(?:ay)?|so|hmm|[\s,，])*"
    r"(?:(?:what|how) about\s+(?P<english>.{2,32}?)|(?P<chinese>.{1,14}?)\s*[呢勒嘞哩咧])"
    r"[\s?？~。.!！]*$",
    re.I,
)
_BESIDE = 3
"""So many characters beside the thing's name say nothing more of it; in English three times so."""
_LONGEST = 200
"""Of a question that is remembered, in characters."""


def remember(conversation: Conversation) -> None:
    """Notes what was asked in this turn, to be asked again of something else."""
    turn, state = conversation.turn, conversation.state
    asks = turn.intent in QUESTIONS or (
        turn.intent == "nlu_fallback" and not state.failed_turns and looks_like_question(turn.text)
    )
    if not turn.tapped and asks:
        state.asked = {
            "intent": turn.intent if turn.intent in QUESTIONS else "ask_faq",
            "text": turn.text[:_LONGEST],
            "entities": [(one.kind, one.start, one.end) for one in turn.entities],
        }


def in_full(conversation: Conversation) -> Turn | None:
    """The question that a half one stands for (``大连那家呢`` after ``三亚那家几点关``); None when
    the turn is none, or something is open that it may answer."""
    turn, state = conversation.turn, conversation.state
    half = None if turn.tapped or state.task or not state.asked else _HALF.match(turn.text)
    named = next((one for one in turn.entities if _alike(one.kind)), None)
    if half is None or named is None:
        return None
    rest = (half["english"] or half["chinese"]).replace(named.text, "", 1)
    if len(rest) > _BESIDE * (1 if half["chinese"] else 3) or looks_like_question(rest):
        return None
    try:
        understood = conversation.services.understanding.parse(_said_of(named, state.asked))
    except BackendError as error:
        log.warning("not_put_in_full", error=str(error))
        return None
    full = Turn.of_message(understood)
    if not full.any(*_alike(named.kind)):
        return None  # put so, the thing is not understood any more
    return replace(
        full,
        intent=state.asked["intent"],
        confidence=turn.confidence,
        message_id=turn.message_id,
        language=turn.language,
        staffed=turn.staffed,
        owner=turn.owner,
    )


def _said_of(thing: Entity, asked: dict[str, Any]) -> str:
    """What was asked, of ``thing`` instead of what it was asked of."""
    text: str = asked["text"]
    for kind, start, end in asked["entities"]:
        if kind in _alike(thing.kind) and end <= len(text):
            return text[:start] + thing.text + text[end:]
    return f"{thing.text} {text}"


def _alike(kind: str) -> frozenset[str]:
    return next((kinds for kinds in _KINDS if kind in kinds), frozenset())
