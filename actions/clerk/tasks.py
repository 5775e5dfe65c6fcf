"""Open tasks: what the clerk is doing for the customer, one question at a time."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

from actions.clerk.conversation import Conversation
from actions.clerk.state import State
from actions.clerk.turn import Turn
from actions.clerk.verdicts import as_verdict

RESUME = "talk_resume"
"""The question whether a task that was put aside shall go on."""

_CARRY_ON = frozenset(
    {"affirm", "deny", "inform", "place_order", "modify_order", "book_appointment"}
    | {"reschedule_appointment", "report_fault"}
)

_GIVES_UP = re.compile(
    r"(?:那|哦|噢|唉|嗨|行吧?)?(?:就?算了|不查了|不用查了|不问了|算啦)|never ?mind|forget it", re.I
)

_KINDS: dict[str, type[Task]] = {}


class Task(ABC):
    """A task over its JSON in ``state.task``. A subclass names its ``kind`` and is found by it."""

    kind: ClassVar[str]
    lightly_dropped: ClassVar[bool] = True
    """Whether nothing is lost that the customer has said when it is dropped."""

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

    def is_given(self) -> bool:
        """Whether the turn has the very thing that was asked for, whatever else it says
        (``138…, 让你们管事的打给我``)."""
        return False

    @abstractmethod
    def advance(self) -> None:
        """Says what has changed and asks the next question, or finishes the task."""

    def explains(self) -> bool:
        """Answers a question about what the task is for (``要多久``); whether the turn asks one.
        May raise ``BackendError``."""
        return False

    def overhear(self) -> None:  # noqa: B027 - most tasks have nothing to hear
        """Takes what a message that asks something else tells on the way. May raise
        ``BackendError``."""

    @abstractmethod
    def ask_again(self) -> None:
        """Asks the open question again after something else was answered."""


def open_task(conversation: Conversation) -> Task | None:
    """The task that is open now."""
    data = conversation.state.task
    return _KINDS[data["kind"]](conversation, data) if data else None


def ask_again(conversation: Conversation) -> None:
    """The open task's question in other words, unless this reply has asked one already."""
    task = open_task(conversation)
    if task is not None and conversation.state.question and not conversation.asked:
        task.ask_again()


def served(conversation: Conversation, interrupts: bool) -> bool:
    """Whether the open task took the turn, and went on with it.

    A yes to a read-back is one in whatever words, and a message without a clear intent is read as
    the likeliest one that carries a task on. ``interrupts``: it is for something else, unless it
    is such a yes, or what was asked for.
    """
    task, turn = open_task(conversation), conversation.turn
    if task is None:
        return False
    verdict = as_verdict(turn, task.question)
    if interrupts and verdict is None and not task.is_given():
        return False
    if verdict is not None:
        conversation.turn = verdict
    elif turn.likely in _CARRY_ON:
        conversation.turn = replace(turn, intent=turn.likely)
    taken = _answered(task)
    conversation.turn = turn
    if taken and conversation.state.task is not None:
        task.advance()
    return taken


def explained(conversation: Conversation) -> bool:
    """Whether the turn asks about what the open task is for, and was answered by it."""
    task = open_task(conversation)
    return task is not None and task.explains()


def give_up(conversation: Conversation) -> None:
    """Drops an open question that the customer gives up with a word while asking something else
    (``那算了 千斤顶啥价``); a cart or a booking that is begun is kept."""
    task = open_task(conversation)
    if task is not None and task.lightly_dropped and _GIVES_UP.match(conversation.turn.text):
        conversation.state.close()


def _answered(task: Task) -> bool:
    """Whether the turn is for ``task``: it answers its question, or the offer to go on with it."""
    if task.question == RESUME and task.turn.intent == "affirm":
        task.state.question = None
        return True
    if task.question == RESUME and task.turn.intent == "deny":
        task.state.drop()
        task.conversation.say("talk_stopped")
        return True
    return task.answered()


def offer_waiting(conversation: Conversation) -> None:
    """Offers to go on with the task that was put aside last, when nothing else is open."""
    state = conversation.state
    if state.task is not None or not state.aside:
        return
    state.task = state.aside.pop(0)
    task = open_task(conversation)
    if task is not None and state.task.pop("planned", False):
        conversation.asked = False
        task.advance()
        return
    conversation.ask(RESUME, task=conversation.wording(f"task_{state.task['kind']}"))
    conversation.offer(
        (conversation.wording("button_resume"), "/affirm"),
        (conversation.wording("button_drop"), "/deny"),
    )
