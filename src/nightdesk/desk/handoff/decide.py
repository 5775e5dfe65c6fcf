"""When a person should take over: one judgement over the signals of a conversation.

Pure: the same signals give the same decision. Every threshold is the merchant's
(``escalation`` in ``profile.yml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from nightdesk.merchant.profile import Escalation


class Reason(str, Enum):
    """Why. The values stand in the database, in notices and in the metrics."""

    SAFETY = "safety"
    KEYWORD = "keyword"
    ASKED = "asked"
    ORDER_VALUE = "order_value"
    ANGER = "anger"
    BACKEND = "backend"
    RATING = "rating"
    NOT_UNDERSTOOD = "not_understood"
    LOOP = "loop"
    COMPLEX = "complex"


class Priority(str, Enum):
    """How soon, as tickets have it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True)
class Signals:
    """What is known after a message (and its answer, when there is one).

    ``keyword``: the profile's word that was met. ``anger``: ``tone.anger_over`` the last messages.
    ``failed_in_row``, ``failed_of_six``: turns that were not understood. ``same_reply``,
    ``same_question``: how many times in a row the bot said or asked the same. ``open_tasks``: tasks
    open or put aside. ``stalled``: turns since anything moved. ``order_total``: of the cart that is
    being confirmed or of the order just made. ``backend_down_s``: for how long what the customer
    wants has failed behind the bot. ``rating``: 0 to 10, if one was just given.
    """

    in_danger: bool = False
    stop_fault: bool = False
    keyword: str | None = None
    asked: bool = False
    anger: int = 0
    failed_in_row: int = 0
    failed_of_six: int = 0
    same_reply: int = 0
    same_question: int = 0
    open_tasks: int = 0
    stalled: int = 0
    order_total: Decimal | None = None
    backend_down_s: float = 0.0
    rating: int | None = None


@dataclass(frozen=True)
class Decision:
    """A person should take over."""

    reason: Reason
    priority: Priority


def decide(signals: Signals, shop: Escalation) -> Decision | None:
    """Whether a person should take over, for the gravest of the reasons there are."""
    return next(
        (Decision(reason, priority) for reason, priority, met in _judged(signals, shop) if met),
        None,
    )


def _judged(signals: Signals, shop: Escalation) -> tuple[tuple[Reason, Priority, bool], ...]:
    """Each reason with whether it holds, the gravest first."""
    limit, total, rating = shop.order_amount, signals.order_total, signals.rating
    return (
        (Reason.SAFETY, Priority.URGENT, signals.in_danger or signals.stop_fault),
        (Reason.KEYWORD, Priority.HIGH, signals.keyword is not None),
        (Reason.ASKED, Priority.HIGH, signals.asked),
        (
            Reason.ORDER_VALUE,
            Priority.HIGH,
            limit is not None and total is not None and total >= limit,
        ),
        (Reason.ANGER, Priority.HIGH, signals.anger >= shop.anger),
        (Reason.BACKEND, Priority.HIGH, signals.backend_down_s >= shop.backend_deadline_s),
        (Reason.RATING, Priority.NORMAL, rating is not None and rating <= shop.bad_rating),
        (
            Reason.NOT_UNDERSTOOD,
            Priority.NORMAL,
            signals.failed_in_row >= shop.failed_turns
            or signals.failed_of_six >= shop.failed_of_six,
        ),
        (
            Reason.LOOP,
            Priority.NORMAL,
            signals.same_reply >= shop.same_reply or signals.same_question >= shop.same_question,
        ),
        (
            Reason.COMPLEX,
            Priority.NORMAL,
            signals.open_tasks >= shop.open_tasks or signals.stalled >= shop.stalled_turns,
        ),
    )
