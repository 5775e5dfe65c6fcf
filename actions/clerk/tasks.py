"""Open tasks: what the clerk is doing for the customer, one question at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from actions.clerk.conversation import Conversation
from actions.clerk.state import State
from actions.clerk.turn import Turn

RESUME = "talk_resume"
"""The question whether a task that was put aside shall go on."""

_KINDS: dict[str, type[Task]] = {}


class Task(ABC):
    """A task over its JSON in ``state.task``. A subclass names its ``kind`` and is found by it."""

    kind: ClassVar[str]

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        _KINDS[cls.kind] = cls

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        self.conversation = conversation
        self.data = data

    @property
    def state(self) -> State:
        return self.conversation.state

    @property
    def turn(self) -> Turn:
        return self.conversation.turn

    @property
    def question(self) -> str:
        """The name of the question that waits, or nothing."""
        return self.state.question.name if self.state.question else ""

    @abstractmethod
    def answered(self) -> bool:
        """Takes from the turn what answers the open question; whether there was anything."""

    @abstractmethod
    def advance(self) -> None:
        """Says what has changed and asks the next question, or finishes the task."""

    @abstractmethod
    def ask_again(self) -> None:
        """Asks the open question again after something else was answered."""


def open_task(conversation: Conversation) -> Task | None:
    """The task that is open now."""
    data = conversation.state.task
    return _KINDS[data["kind"]](conversation, data) if data else None


def answered(task: Task) -> bool:
    """Whether the turn is for ``task``: it answers its question, or the offer to go on with it."""
    if task.question == RESUME and task.turn.intent == "affirm":
        task.state.question = None
        return True
    if task.question == RESUME and task.turn.intent == "deny":
        task.state.close()
        task.conversation.say("talk_stopped")
        return True
    return task.answered()


def offer_waiting(conversation: Conversation) -> None:
    """Offers to go on with the task that was put aside last, when nothing else is open."""
    state = conversation.state
    if state.task is not None or not state.aside:
        return
    state.task = state.aside.pop(0)
    conversation.ask(RESUME, task=conversation.wording(f"task_{state.task['kind']}"))
    conversation.offer(
        (conversation.wording("button_resume"), "/affirm"),
        (conversation.wording("button_drop"), "/deny"),
    )
