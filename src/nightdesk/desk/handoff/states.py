"""Who answers a conversation: the states, and which change may follow which.

``bot → waiting → human → bot``, and ``closed`` from anywhere. A person may take a conversation that
does not wait (a call-back, or one that goes wrong under their eyes). A customer who writes again
after the end begins with the bot.
"""

from __future__ import annotations

from enum import Enum


class State(str, Enum):
    """Who has the conversation. The values stand in the database and in the chat contract."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Cause(str, Enum):
    """Why the state changed: what each recorded transition says."""

    ESCALATED = "escalated"
    CLAIMED = "claimed"
    TRANSFERRED = "transferred"
    HANDED_BACK = "handed_back"
    WITHDRAWN = "withdrawn"
    """The customer went back to the bot while waiting."""
    UNSERVED = "unserved"
    """Nobody came in time: a call-back is promised instead."""
    ENDED = "ended"
    RETURNED = "returned"
    """The customer wrote again after the end."""


_TARGETS: dict[Cause, tuple[frozenset[State], State]] = {
    Cause.ESCALATED: (frozenset({State.BOT}), State.WAITING),
    Cause.CLAIMED: (frozenset({State.BOT, State.WAITING}), State.HUMAN),
    Cause.TRANSFERRED: (frozenset({State.HUMAN}), State.HUMAN),
    Cause.HANDED_BACK: (frozenset({State.HUMAN}), State.BOT),
    Cause.WITHDRAWN: (frozenset({State.WAITING}), State.BOT),
    Cause.UNSERVED: (frozenset({State.WAITING}), State.BOT),
    Cause.ENDED: (frozenset({State.BOT, State.WAITING, State.HUMAN}), State.CLOSED),
    Cause.RETURNED: (frozenset({State.CLOSED}), State.BOT),
}


class ImpossibleError(Exception):
    """The conversation is not in a state from which this can happen."""


def after(state: State, cause: Cause) -> State:
    """The state that ``cause`` leads to from ``state``.

    Raises:
        ImpossibleError: it cannot happen there.
    """
    sources, target = _TARGETS[cause]
    if state not in sources:
        raise ImpossibleError(f"{cause.value} cannot follow {state.value}")
    return target
