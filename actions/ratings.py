"""The customer's rating after something was done: asked once, optional, kept for the NPS."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from actions.backends.client import BackendError
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from nightdesk import logs
from nightdesk.language.rating import parse_rating

SCORE = "rating_score"
REASON = "rating_reason"
ASK_REASON_BELOW = 7
"""NPS: 0–6 are detractors (Reichheld, 2003)."""
MAX_REASON = 1000
_REASON = 5
"""The fewest characters of a reason that was taken for a no."""
_GIVES_UP = re.compile(
    r"算了|不[说講讲写填]|没有|没啥|没什么|不用|不想|别问"
    r"|\b(?:nothing|no thanks|never ?mind|skip|rather not)\b",
    re.I,
)
_NUMBER = re.compile(r"(?<![\d.])(10|\d)(?![\d.])")

log = logs.get(__name__)


class RatingTask(Task):
    """``data``: ``score`` once it is given. Any other wish of the customer ends it."""

    kind = "rating"

    def answered(self) -> bool:
        if self.question == SCORE and (score := _score(self.conversation)) is not None:
            self.data["score"] = score
            return True
        return self.question == REASON and self._take_reason()

    def is_given(self) -> bool:
        """A reason that sounds like a no (``问了半天才问到 太慢``) is one all the same."""
        turn = self.turn
        sounds = turn.intent in ("stop", "cancel_order", "cancel_appointment")
        return self.question == REASON and sounds and not self._declines()

    def advance(self) -> None:
        score, reason = self.data["score"], self.data.get("reason", "")
        self.conversation.note(rating=score)
        _store(self.conversation, score, reason)
        if score < ASK_REASON_BELOW and not reason and self.question != REASON:
            self.conversation.ask(REASON)
            return
        self.state.close()
        self.conversation.say("rating_reason_thanks" if reason else "rating_thanks")

    def ask_again(self) -> None:
        """A rating is never asked for twice."""
        self.state.close()

    def _take_reason(self) -> bool:
        turn = self.turn
        declines = turn.intent in ("deny", "stop") and self._declines()
        if declines or turn.tapped or turn.intent in ("place_order", "request_human"):
            return False
        self.data["reason"] = turn.text[:MAX_REASON]
        return True

    def _declines(self) -> bool:
        """Whether the words are too few for a reason, or give it up."""
        text = self.turn.text
        return self.turn.tapped or len(text) < _REASON or bool(_GIVES_UP.search(text))


class RateService(ClerkAction):
    """The customer gives a rating, asked for or not."""

    action = "action_rate_service"

    def respond(self, conversation: Conversation) -> None:
        score = _score(conversation)
        if score is None:
            conversation.say("rating_no_score")
            return
        conversation.state.rated = True
        task = RatingTask(conversation, conversation.state.begin(RatingTask.kind, score=score))
        task.advance()
        conversation.asked = True


def ask_for_rating(conversation: Conversation) -> None:
    """Asks for a rating, once a session, when something was done and nothing is open."""
    state = conversation.state
    if not state.done or state.rated or state.task is not None:
        return
    state.rated = True
    state.begin(RatingTask.kind)
    conversation.ask(SCORE)


def _score(conversation: Conversation) -> int | None:
    """The score in the turn on the scale of 0 to 10."""
    turn = conversation.turn
    entity = turn.first("rating")
    rating = parse_rating(entity.text if entity else turn.text.strip())
    if rating is not None:
        points = rating.score * 10 / Decimal(rating.out_of)
        return int(points.quantize(Decimal(1), ROUND_HALF_UP))
    bare = _NUMBER.search(turn.text)
    return int(bare[1]) if bare else None


def _store(conversation: Conversation, score: int, reason: str) -> None:
    """A rating that cannot be stored is no reason to trouble the customer."""
    key = conversation.key("rating", conversation.state.tasks_begun, score, reason)
    try:
        conversation.services.desk.rate(conversation.id, score, reason, key)
    except BackendError as error:
        log.error("rating_not_stored", score=score, error=str(error))
