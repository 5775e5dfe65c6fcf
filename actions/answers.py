"""What the knowledge base is sure of, for every action that was asked something else."""

from __future__ import annotations

import re

from actions.backends.client import BackendError
from actions.backends.knowledge import Entry
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from actions.clerk.requests import looks_like_question
from actions.figures import filled
from nightdesk import logs

MAX_QUESTIONS = 3
_BETWEEN = re.compile(
    r"[？?。；;！!\n]+|另外|还有就是|还有|顺便问下?|顺便|再问一?下?|同埋|仲有"
    r"|\balso\b|\bby the way\b",
    re.I,
)
_CLAUSES = re.compile(r"[，,、]\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_SHORTEST = 3
SPOKEN_OF = 2
"""Of so many products that were shown a question may be that names none."""
SHORT = 24
"""The longest question that may leave out what it is about; in English three times so."""
LIKELY = 0.65
"""The score from which an entry is answered under its own question, though it is not sure."""
GOES_ON = 0.35
"""The score from which the entry that was answered last is what another question is about."""

log = logs.get(__name__)


NOT_HELPED = "not|"
"""What stands before an entry's id where a button says that its answer did not help."""
TRADES = ("order", "appointment")
"""The tasks whose end without a result is a loss."""
_MISSED = re.compile(
    r"答非所问|文不对题|驴唇不对|没(?:有)?(?:解决|答到|回答|说到)|(?:不是|唔係|唔系|弗是)(?:这个|這個|呢个|问|問|说|說|我)"
    r"|问的不是|問的不是|不是一回事|答错|答錯"
    r"|not what i|wrong (?:answer|question)|didn'?t (?:answer|help)|doesn'?t (?:answer|help)"
    r"|not helpful|no help|missed the point",
    re.I,
)


def look_up(
    conversation: Conversation, question: str, asked: bool = True
) -> tuple[list[Entry], bool]:
    """The entries nearest to ``question``, and whether the first one answers it.

    ``asked``: whether these are the customer's words, so that the shop is told of them.
    """
    found = conversation.entries_found
    if question not in found:  # each search is noted for the shop
        kinds = conversation.state.task_kinds
        task = next((kind for kind in kinds if kind in TRADES), kinds[0] if kinds else "")
        knowledge = conversation.services.knowledge
        found[question] = knowledge.search(question, conversation.language, task=task, asked=asked)
    return found[question]


def is_answered(conversation: Conversation) -> bool:
    """Whether the knowledge base is sure of an answer to the whole message."""
    return look_up(conversation, conversation.turn.text)[1]


def answer_for_sure(conversation: Conversation) -> bool:
    """Says what the knowledge base is sure of, one answer a question; whether there was any."""
    answers = _answers_apart(conversation)
    if len(answers) < 2:
        entries, answerable = look_up(conversation, conversation.turn.text)
        answers = entries[:1] if answerable or _goes_on(conversation, entries) else answers
        answers = answers or _in_context(conversation, entries)
    say_answers(conversation, *answers)
    return bool(answers)


def _goes_on(conversation: Conversation, entries: list[Entry]) -> bool:
    """Whether the likeliest of ``entries`` is the one that was answered last, and likely enough for
    a question that goes on about it (``那分三期收手续费吗``)."""
    best = next(iter(entries), None)
    return best is not None and best.id == conversation.state.entry and best.score >= GOES_ON


def _in_context(conversation: Conversation, entries: list[Entry]) -> list[Entry]:
    """The one of the likely ``entries`` that surely answers a short question when it is asked of
    the product that was spoken of last (``戴了度数会降回去不``, of such lenses)."""
    text, state = conversation.turn.text, conversation.state
    short = len(text) <= (3 if text.isascii() else 1) * SHORT
    named = conversation.turn.any("product", "service")
    if named or not (entries and short and state.shown and state.topic == "product"):
        return []
    likely = {one.id for one in entries}
    for sku in state.shown[:SPOKEN_OF]:
        name = conversation.services.orders.product(sku).name(conversation.language)
        found, sure = look_up(conversation, f"{name} {text}", asked=False)
        if sure and found[0].id in likely:
            return found[:1]
    return []


def say_answers(conversation: Conversation, *entries: Entry) -> None:
    """What ``entries`` answer, word for word, with the figures of this moment.

    A figure that cannot be had is said to be unknown, and a person is offered.
    """
    said = [filled(one.answer, one.language, conversation.services) for one in entries]
    conversation.lines.extend(answer.text for answer in said)
    if any(answer.missing for answer in said):
        conversation.say("knowledge_figure_missing")
        _offer_person(conversation)
    if len(entries) == 1:  # of several, a tap could not say which
        conversation.entry = entries[0].id
        conversation.offer_when_idle(
            (conversation.wording("button_not_helped"), tap(NOT_HELPED + entries[0].id))
        )


def complains_of_answer(conversation: Conversation) -> bool:
    """Serves a customer who says, right after an answer, that it missed the point; whether it was
    that."""
    state, turn = conversation.state, conversation.turn
    if state.task is not None or turn.tapped or not _MISSED.search(turn.text):
        return False
    payloads = [str(button["payload"]) for button in state.said.get("buttons", ())]
    start = tap(NOT_HELPED)[:-2]
    entry = next((one[len(start) : -2] for one in payloads if one.startswith(start)), None)
    if entry is None:
        return False
    make_good(conversation, entry)
    return True


def make_good(conversation: Conversation, entry_id: str) -> None:
    """Notes that the answer of an entry did not help, and offers what may be meant, and a person.

    The note is for the shop: when it fails the customer is served all the same.
    """
    key = conversation.key("unhelpful", entry_id, conversation.turn.message_id)
    try:
        likely = conversation.services.knowledge.unhelpful(entry_id, conversation.language, key)
    except BackendError as error:
        log.warning("unhelpful_not_noted", error=str(error))
        likely = []
    if likely:
        listed = "\n".join(f"· {question}" for _, question in likely)
        conversation.say("knowledge_not_helped_near", questions=listed)
        conversation.offer(*((question, tap(one)) for one, question in likely))
    else:
        conversation.say("knowledge_not_helped")
    _offer_person(conversation)


def tap(entry_id: str) -> str:
    """The payload of a button that stands for an entry."""
    return payload("ask_faq", entry=entry_id)


def _offer_person(conversation: Conversation) -> None:
    conversation.offer((conversation.wording("button_human"), "/request_human"))


def questions(text: str) -> list[str]:
    """The questions of a message, each apart."""
    parts = (part.strip(" ，,、") for part in _BETWEEN.split(text))
    apart = [one for part in parts if len(part) >= _SHORTEST for one in _asked_apart(part)]
    return apart[:MAX_QUESTIONS]


def _asked_apart(text: str) -> list[str]:
    """The questions that stand side by side with nothing but a comma or a space between them, each
    with what leads up to it (``下雨天充电 漏电不 打雷呢``)."""
    apart, said = [], ""
    for clause in _CLAUSES.split(text):
        said = f"{said} {clause}".strip()
        if looks_like_question(clause) and len(said) >= _SHORTEST:
            apart.append(said)
            said = ""
    if said and apart:
        apart[-1] += f" {said}"
    return apart or [text]


def _answers_apart(conversation: Conversation) -> list[Entry]:
    """The different entries that answer the questions of the message, one each."""
    apart = questions(conversation.turn.text)
    if len(apart) < 2:
        return []
    found: dict[str, Entry] = {}
    for question in apart:
        entries, answerable = look_up(conversation, question)
        if answerable:
            found.setdefault(entries[0].id, entries[0])
    return list(found.values())
