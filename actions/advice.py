"""Advice on a fault of the shop's table: danger first, what may be meant, and what follows it."""

from __future__ import annotations

import re

from actions.answers import is_answered, look_up
from actions.backends.client import BackendError
from actions.backends.knowledge import Fault
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from nightdesk.language import tone
from nightdesk.language.described import shared

CLEAR, RIVAL = 0.8, 0.14
"""An answer is not asked about when its score is this high, or the next one's share this small."""
WARN_FROM, WARN_LEAD = 0.3, 1.5
"""The score from which, and how much above the next one, the advice for a danger is given at once
although it may be another fault."""
STOP_FROM = 0.7
"""The score from which danger is warned of although something else was asked."""
CERTAIN_STOP, CERTAIN_ANSWER = 0.9, 0.95
"""Below the first, a danger that was not asked about yields to an answer of the second."""
FOLLOWED = 2
"""For so many turns what is said may be about the fault that was told of."""
RELATED = 3.0
"""How much words must share with a fault's own to be about it."""
DESCRIPTION = 500

_MAY_I = re.compile(
    r"行不行|行吗|行么|行不$|得不得|得唔得|要得不|中不中|成不|可不可以|可以吗|可以不|没事[吧吗么]|冇事|有事[吗没不]|有关系",
    re.I,
)
"""Whether one may do something."""
_GO_ON = re.compile(
    r"还[能可]以?[用开戴骑充下走]|慢慢开|开回|开到|开过去|对付着|凑合|将就|拖车|再[戴开用充骑下忍坚]|继续[戴开用充骑]"
    r"|\b(?:can i|could i|may i|ok(?:ay)? to|safe to|still (?:drive|use|wear|dive|go|charge)"
    r"|keep (?:driving|using|wearing|going)|drive it|tow)\b",
    re.I,
)
"""Whether one may go on all the same."""
_OTHER_MATTERS = ("product", "time", "phone", "address", "service", "branch", "order_no")
_OF_AN_ORDER = ("phone", "address", "order_no")
"""What ends the talk of a danger although it is asked whether to go on."""
_WANTS_ELSE = ("request_human", "place_order", "book_appointment", "complain")
_NOW_WHAT = re.compile(
    r"然后|是不是|要不要|会不会|用不用|严重|危险|要紧|为啥|为什么|接下来|接着|现在|而家|下一步|之后呢"
    r"|咋办|怎么办|点算|点办|咋整|怎么整|还能|能不能|可唔可以|得唔得|可以(?:继续|接着)"
    r"|\b(?:now what|what now|what next|what should i do|then what|what do i do|can i still"
    r"|is it (?:serious|dangerous|bad)|do i (?:need|have) to)\b",
    re.I,
)
_AND_NOW = re.compile(
    r"(?:现在|而家|然后|接下来|那)(?:我|该|又|得|要)*(?:咋|怎么|点)(?:办|算|整|弄)", re.I
)
"""What to do now, asked in words that are of nothing else."""


def faults_in(conversation: Conversation, words: str) -> tuple[list[Fault], bool]:
    """The faults that ``words`` may describe, and whether it is the first one; a turn that asks
    for the same words again does not search again."""
    found = conversation.faults_found
    if words not in found:
        found[words] = conversation.services.knowledge.faults(words, conversation.language)
    return found[words]


def advise(conversation: Conversation, fault: Fault) -> None:
    """Whether to stop, first of all; what it may be, what to do, and the service that mends it."""
    if fault.stop:
        conversation.note(stop_fault=True)
        conversation.lines.insert(0, conversation.wording("fault_stop"))
    words = "" if conversation.turn.tapped else conversation.turn.text[:DESCRIPTION]
    conversation.state.advised = {"fault": fault.as_json(), "words": words, "age": 0}
    conversation.say("fault_found", symptom=fault.symptom)
    if fault.causes and conversation.language == "zh":
        conversation.say("fault_causes", causes=conversation.listing(fault.causes, "或"))
    conversation.lines.append(fault.advice)
    _offer_help(conversation, fault)


def offer_others(conversation: Conversation, faults: list[Fault]) -> None:
    """What else it may be: a danger is told before it is certain, and may be another fault."""
    conversation.state.faults = [one.as_json() for one in faults]
    if faults:
        conversation.say("fault_or_else")
        conversation.offer(*((one.symptom, fault_tap(one.id)) for one in faults))


def is_about_the_last_one(conversation: Conversation) -> bool:
    """Goes on about the fault that was told of just now, when the words are no clear description of
    another one (``停好了 然后呢``); whether they were about it."""
    turn, fault = conversation.turn, _told_of(conversation)
    if fault is None:
        return False
    words = f"{conversation.state.advised['words']} {turn.text}".strip()[:DESCRIPTION]
    if asks_to_go_on(conversation):
        _say_again(conversation, fault, words)
        return True
    if turn.any(*_OTHER_MATTERS):
        return False
    found, sure = faults_in(conversation, turn.text)
    if sure and found[0].id != fault.id and has_its_words(found[0], turn.text):
        return False
    if turn.intent == "ask_faq" and is_answered(conversation):
        return False
    asks_for_goods = turn.likely in ("ask_stock", "ask_price", "ask_recommendation")
    unclear = turn.intent == "nlu_fallback" and not asks_for_goods
    if turn.intent != "report_fault" and not unclear and not _goes_on(turn.text, fault):
        return False
    together, certain = faults_in(conversation, words)
    if certain and together[0].id != fault.id and turn.intent == "report_fault":
        advise(conversation, together[0])
    else:
        _say_again(conversation, fault, words)
    return True


def _told_of(conversation: Conversation) -> Fault | None:
    """The fault that was told of just now, while the words may still be about it."""
    state = conversation.state
    last = state.advised
    if not last or conversation.turn.tapped or last["age"] > FOLLOWED or state.task is not None:
        return None
    return Fault.of_json(last["fault"])


def asks_to_go_on(conversation: Conversation) -> bool:
    """Whether it is asked, whatever the words were taken for, what to do or if one may go on all
    the same, right after a danger was told of."""
    turn, fault = conversation.turn, _told_of(conversation)
    if fault is None or not fault.stop or turn.intent in _WANTS_ELSE:
        return False
    if _GO_ON.search(turn.text) or _AND_NOW.search(turn.text):
        return not turn.any(*_OF_AN_ORDER)
    return bool(_MAY_I.search(turn.text)) and not turn.any(*_OTHER_MATTERS)


def _say_again(conversation: Conversation, fault: Fault, words: str) -> None:
    """The advice for ``fault`` once more; ``words``: all that was said of it."""
    state = conversation.state
    state.advised = {**state.advised, "words": words, "age": 0}
    conversation.say("fault_still", advice=fault.advice)
    _offer_help(conversation, fault)


def _goes_on(text: str, fault: Fault) -> bool:
    """Whether ``text`` asks what to do now, or about what the advice says."""
    return bool(_NOW_WHAT.search(text)) or shared(text, fault.advice) >= RELATED


def has_its_words(fault: Fault, words: str) -> bool:
    said = " ".join([fault.symptom, *fault.causes, fault.advice])
    return fault.score >= CLEAR or shared(words, said) >= RELATED


def warn_of_danger(conversation: Conversation) -> bool:
    """Advises at once when the words, whatever they were taken for, describe a car that must not
    be driven; whether they did."""
    faults, sure = faults_in(conversation, conversation.turn.text)
    danger = sure and faults[0].stop and faults[0].score >= STOP_FROM
    if conversation.turn.likely == "report_fault":
        danger = danger or looks_dangerous(faults)
    danger = danger and not _is_a_question(conversation, faults[0].score)
    if danger:
        advise(conversation, faults[0])
    return danger


def warn_of_certain_danger(conversation: Conversation) -> bool:
    """The same for a danger that is described beyond doubt, which no other intent outweighs."""
    faults, sure = faults_in(conversation, conversation.turn.text)
    danger = sure and faults[0].stop and faults[0].score >= CERTAIN_STOP
    if danger:
        advise(conversation, faults[0])
    return danger


def _is_a_question(conversation: Conversation, score: float) -> bool:
    """Whether the knowledge base knows the words far better than the fault table knows this danger
    (``迟到了怎么办``)."""
    if score >= CERTAIN_STOP or tone.in_danger(conversation.turn.text):
        return False
    entries, answerable = look_up(conversation, conversation.turn.text)
    return answerable and entries[0].score >= CERTAIN_ANSWER


def advise_if_clear(conversation: Conversation) -> bool:
    """Advises on a fault that the words, whatever they were taken for, clearly describe."""
    faults, sure = faults_in(conversation, conversation.turn.text)
    clear = sure and faults[0].score >= CLEAR and is_clear(faults)
    if clear:
        advise(conversation, faults[0])
    return clear


def looks_dangerous(likely: list[Fault]) -> bool:
    """Whether a danger is the likeliest by far."""
    if not likely or not likely[0].stop or likely[0].score < WARN_FROM:
        return False
    return len(likely) < 2 or likely[0].score >= WARN_LEAD * likely[1].score


def _offer_help(conversation: Conversation, fault: Fault) -> None:
    """The service that mends ``fault``, and a person when it is dangerous."""
    if fault.service:
        offer_service(conversation, fault.service)
    if fault.stop:
        conversation.offer((conversation.wording("button_human"), "/request_human"))


def is_clear(faults: list[Fault]) -> bool:
    best = faults[0].score
    return best >= CLEAR or len(faults) < 2 or faults[1].score < RIVAL * best


def offer_service(conversation: Conversation, code: str) -> None:
    """A button that begins the booking of the service ``code``; advice never waits for its name."""
    conversation.state.service = code
    try:
        service = conversation.services.catalogue.find(code)
    except BackendError:
        service = None
    if service is None:
        title = conversation.wording("button_fault_check")
    else:
        title = conversation.wording("button_book", service=service.name(conversation.language))
    conversation.offer((title, payload("book_appointment", service=code)))


def fault_tap(entry: str) -> str:
    """The payload of a button that stands for a fault, or for an answer to what it is."""
    return payload("report_fault", entry=entry)
