"""What every action is: it never raises, never blocks another conversation, and always answers."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backends.client import BackendError
from actions.clerk import asides, ellipsis, tasks, wording
from actions.clerk.choosing import without
from actions.clerk.conversation import Conversation
from actions.clerk.facts import facts_of, understood
from actions.clerk.requests import (
    WISHES,
    comes_before,
    looks_like_question,
    order_after_all,
    order_and_booking,
    requests_of,
)
from actions.clerk.services import services
from actions.clerk.state import State
from actions.clerk.turn import Turn
from actions.doubts import set_right
from nightdesk import logs

log = logs.get(__name__)
SEEN = 8
"""As many products as are remembered to have been shown."""
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_CODE = re.compile(r"\S*[@0-9]\S*")
_NO_LANGUAGE = ("email", "person", "order_no", "appointment_no", "ticket_no", "car_model")
_IN_ANY_LANGUAGE = re.compile(r"(?:ok|okay|okok|yes|no|bye|thx|pls|vip|[,.!~\s])+", re.I)
"""Words that a Chinese customer writes too."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")


_BY_NAME: dict[str, type[ClerkAction]] = {}


@dataclass(frozen=True)
class Answer:
    """What comes of a turn: the ``reply`` (``text``, perhaps ``buttons``), Rasa's ``events``, and
    the ``facts`` for the desk."""

    reply: dict[str, Any]
    events: list[EventType]
    facts: dict[str, Any]


class ClerkAction(Action, ABC):
    """An action of one capability.

    A message that answers the open question goes to the open task, whatever intent it was taken
    for. Otherwise ``respond`` answers, and the open question is asked again after it.
    """

    action: ClassVar[str] = ""
    interrupts: ClassVar[bool] = False
    """Whether this action is meant even when the message could answer the open question."""
    understood: ClassVar[bool] = True
    """Whether a turn that ends here was understood."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if cls.action:
            _BY_NAME[cls.action] = cls

    def name(self) -> str:
        return self.action

    @abstractmethod
    def respond(self, conversation: Conversation) -> None:
        """Adds the answer to ``conversation`` and changes its state. May raise ``BackendError``."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """In a thread of its own, so that a slow backend holds up no other conversation."""
        message = tracker.latest_message or {}
        answer = await asyncio.to_thread(
            self.answer, tracker.sender_id, message, tracker.get_slot("state")
        )
        dispatcher.utter_message(**answer.reply)
        if "owner" in (message.get("metadata") or {}):  # the desk asks; a shell would print it
            dispatcher.utter_message(json_message={"turn": answer.facts})
        return answer.events

    def answer(
        self, conversation_id: str, message: dict[str, Any], slot: dict[str, Any] | None
    ) -> Answer:
        """One turn."""
        logs.in_conversation(conversation_id)
        state = State.of_slot(slot)
        turn = Turn.of_message(message)
        state.language = _language(turn, state)
        try:
            conversation = Conversation(conversation_id, turn, state, services())
            self._take_turn(conversation)
        except BackendError as error:
            log.warning("backend_failed", action=self.action, error=str(error))
            return _sorry("talk_backend_down", slot, state.language, self._failure(turn))
        except Exception:
            log.exception("action_failed", action=self.action)
            return _sorry("talk_internal_error", slot, state.language, self._failure(turn))
        reply: dict[str, Any] = {"text": "\n".join(conversation.lines)}
        if conversation.buttons:
            reply["buttons"] = conversation.buttons
        if not conversation.passing:
            state.said = reply
        log.info("answered", action=self.action, intent=turn.intent, confidence=turn.confidence)
        return Answer(
            reply,
            [SlotSet("state", state.as_slot()), SlotSet("language", state.language)],
            facts_of(self.action, turn, state, conversation.noted),
        )

    def _failure(self, turn: Turn) -> dict[str, Any]:
        return {**understood(self.action, turn), "backend_failed": True}

    def _take_turn(self, conversation: Conversation) -> None:
        state = conversation.state
        shown, service = state.shown, state.service
        self._hear(conversation)
        _remember(conversation, shown, service)
        ellipsis.remember(conversation)
        state.seen = list(dict.fromkeys([*state.shown, *state.seen]))[:SEEN]
        tasks.offer_waiting(conversation)
        if conversation.state.task is None:
            conversation.offer(*conversation.idle_buttons)

    def plan(self, conversation: Conversation) -> None:
        """Begins what the turn wants, to be gone on with after what is served now."""
        raise NotImplementedError(self.action)

    def _hear(self, conversation: Conversation) -> None:
        """Serves every request of the message: questions first, what stays open last."""
        for model in conversation.turn.all("car_model"):
            conversation.state.customer.car = str(model.value or model.text)
        if asides.taken(conversation):
            conversation.state.failed_turns = 0
            return
        full = ellipsis.in_full(conversation)
        if full is not None:
            conversation.turn = full
            _BY_NAME[f"action_{full.intent}"]()._hear_one(conversation)
            return
        both = None if conversation.state.task else order_and_booking(conversation.turn)
        if both is not None:
            order, booking = both
            conversation.turn = booking
            _BY_NAME["action_book_appointment"]().plan(conversation)
            conversation.turn = order
            _BY_NAME["action_place_order"]()._hear_one(conversation)
            return
        nearly = order_after_all(conversation.turn)
        if nearly is not None:
            conversation.turn = nearly
        *questions, last = self._requests(conversation)
        whole = conversation.turn
        shown = conversation.state.shown
        for turn in questions:
            conversation.turn = turn
            try:
                if tasks.explained(conversation):
                    continue
                _BY_NAME[f"action_{turn.intent}"]().respond(conversation)
            except BackendError as error:
                log.warning("also_failed", intent=turn.intent, error=str(error))
                conversation.say("talk_also_failed")
        if last.intent in WISHES and comes_before(last, questions, whole):
            conversation.state.shown = shown  # 来一个 顺便问下脚蹼: one of what was shown before
        conversation.turn = last
        as_taken = last is whole and nearly is None
        action = self if as_taken else _BY_NAME[f"action_{last.intent}"]()
        action._hear_one(conversation)

    @staticmethod
    def _requests(conversation: Conversation) -> list[Turn]:
        turn = conversation.turn
        try:
            found = requests_of(turn, lambda text: conversation.services.understanding.parse(text))
        except BackendError as error:
            log.warning("parts_not_understood", error=str(error))
            return [turn]
        known = [one for one in found if one is turn or f"action_{one.intent}" in _BY_NAME]
        return known or [turn]

    def _hear_one(self, conversation: Conversation) -> None:
        if tasks.explained(conversation):
            conversation.state.failed_turns = 0
            tasks.ask_again(conversation)
            return
        if tasks.served(conversation, self.interrupts):
            conversation.state.failed_turns = 0
            return
        if self.understood:
            conversation.state.failed_turns = 0
            tasks.give_up(conversation)
        if (aside := tasks.open_task(conversation)) is not None:
            aside.overhear()
        if not set_right(conversation):
            self.respond(conversation)
        tasks.ask_again(conversation)
        if not conversation.lines:
            raise RuntimeError(f"{self.action} said nothing")


def _remember(conversation: Conversation, shown: list[str], service: str) -> None:
    """Notes what this turn was about: ``shown`` and ``service`` were spoken of before it."""
    state, turn = conversation.state, conversation.turn
    named = None if turn.tapped else turn.first("product")
    if state.shown != shown:
        state.topic, state.named = "product", ""
    elif named is not None and "order" not in state.task_kinds:
        state.topic, state.named = "product", named.text
    if state.advised:
        state.advised = {**state.advised, "age": state.advised["age"] + 1}
    if conversation.entry or looks_like_question(turn.text):
        state.entry = conversation.entry
    if state.service != service or (turn.any("service") and state.service):
        state.topic = "service"


def _language(turn: Turn, state: State) -> str:
    """The customer's language; a message without words (a number, an address for mail, a name, a
    button) does not change it."""
    said_in_any = bool(state.said) and bool(_IN_ANY_LANGUAGE.fullmatch(turn.text.strip()))
    if turn.tapped or not turn.language or said_in_any:
        return state.language
    if turn.language == "zh":
        said = without(turn, "address", *_NO_LANGUAGE) if state.said else turn.text
        return "zh" if _CHINESE.search(said) else state.language
    words = _CODE.sub(" ", without(turn, *_NO_LANGUAGE))
    return "en" if _LETTERS.search(words) else state.language


def _sorry(name: str, slot: dict[str, Any] | None, language: str, facts: dict[str, Any]) -> Answer:
    """An honest sentence and an unchanged state, so that the same message can be sent again."""
    text = wording.say(name, language)
    buttons = [{"title": wording.say("button_human", language), "payload": "/request_human"}]
    events = [SlotSet("state", slot)] if slot else []
    return Answer({"text": text, "buttons": buttons}, events, facts)
