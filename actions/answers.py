"""What the knowledge base is sure of, for every action that was asked something else."""

from __future__ import annotations

import re

from actions.backends.knowledge import Entry
from actions.clerk.conversation import Conversation
from actions.figures import filled

MAX_QUESTIONS = 3
_BETWEEN = re.compile(
    r"[？?。；;！!\n]+|另外|还有就是|还有|顺便问下?|顺便|再问一?下?|同埋|仲有"
    r"|\balso\b|\bby the way\b",
    re.I,
)
_SHORTEST = 3


def answer_for_sure(conversation: Conversation) -> bool:
    """Says what the knowledge base is sure of, one answer a question; whether there was any."""
    text, language = conversation.turn.text, conversation.language
    answers = _answers_apart(conversation)
    if len(answers) < 2:
        entries, answerable = conversation.services.knowledge.search(text, language)
        answers = entries[:1] if answerable else answers
    say_answers(conversation, *answers)
    return bool(answers)


def say_answers(conversation: Conversation, *entries: Entry) -> None:
    """What ``entries`` answer, word for word, with the figures of this moment.

    A figure that cannot be had is said to be unknown, and a person is offered.
    """
    said = [filled(one.answer, one.language, conversation.services) for one in entries]
    conversation.lines.extend(answer.text for answer in said)
    if any(answer.missing for answer in said):
        conversation.say("knowledge_figure_missing")
        conversation.offer((conversation.wording("button_human"), "/request_human"))


def questions(text: str) -> list[str]:
    """The questions of a message, each apart."""
    parts = (part.strip(" ，,、") for part in _BETWEEN.split(text))
    return [part for part in parts if len(part) >= _SHORTEST][:MAX_QUESTIONS]


def _answers_apart(conversation: Conversation) -> list[Entry]:
    """The different entries that answer the questions of the message, one each."""
    apart = questions(conversation.turn.text)
    if len(apart) < 2:
        return []
    found: dict[str, Entry] = {}
    for question in apart:
        entries, answerable = conversation.services.knowledge.search(
            question, conversation.language
        )
        if answerable:
            found.setdefault(entries[0].id, entries[0])
    return list(found.values())
