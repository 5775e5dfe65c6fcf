"""Faults of the customer's car, matched against the shop's fault table; nothing is guessed."""

from __future__ import annotations

import json
import re
from typing import Any

from actions.appointments.actions import take_appointment
from actions.backends.client import BackendError
from actions.backends.knowledge import Fault
from actions.clerk.action import ClerkAction
from actions.clerk.choosing import ordinal
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from actions.clerk.turn import Turn
from actions.handoff import open_ticket
from actions.orders.actions import picks_shown, take_order
from nightdesk.language.described import shared

CHOICES = 3
ASK_FROM, OPTION = 0.18, 0.1
"""The score from which the best symptom is worth a question, and another one an option in it."""
CLEAR, RIVAL = 0.8, 0.14
"""An answer is not asked about when its score is this high, or the next one's share this small."""
WARN_FROM, WARN_LEAD = 0.3, 1.5
"""The score from which, and how much above the next one, the advice for a danger is given at once
although it may be another fault."""
STOP_FROM = 0.7
"""The score from which danger is warned of although something else was asked."""
FOLLOWED = 2
"""For so many turns what is said may be about the fault that was told of."""
RELATED = 3.0
"""How much words must share with a fault's own to be about it."""
DESCRIPTION = 500
DIAGNOSTICS = "diagnostics"
"""The service that is offered when no fault matches, where the fault table names it."""
OTHER, TICKET = "other", "ticket"

_OTHER_MATTERS = ("product", "time", "phone", "address", "service", "branch", "order_no")
_NOW_WHAT = re.compile(
    r"然后|接下来|接着|现在|而家|咋办|怎么办|点算|点办|咋整|怎么整|下一步|之后呢|还能|能不能|可唔可以|得唔得|可以(?:继续|接着)"
    r"|\b(?:now what|what now|what next|what should i do|then what|what do i do|can i still)\b",
    re.I,
)
_NONE = re.compile(
    r"都不(?:是|像|对)|不是这|其他|别的|都唔系|\bnone\b|\bneither\b|something else", re.I
)
_CALL = re.compile(
    r"同事|工单|回电|打(?:个)?电话|师傅|联系我|記低|记下|\bticket\b|\bcall\b|colleague", re.I
)


class ReportFault(ClerkAction):
    """Advice for the fault that the words describe, or one question to tell apart a few."""

    action = "action_report_fault"

    def respond(self, conversation: Conversation) -> None:
        turn = conversation.turn
        words = "" if turn.tapped else turn.text[:DESCRIPTION]
        if turn.tapped and _advise_on(conversation, turn):
            return
        if not words.strip():
            _task(conversation, "").ask("fault_what")
            return
        if is_about_the_last_one(conversation):
            return
        faults, sure = conversation.services.knowledge.faults(words, conversation.language)
        likely = [fault for fault in faults if fault.score >= OPTION][:CHOICES]
        if sure and _is_clear(faults):
            advise(conversation, faults[0])
        elif _looks_dangerous(likely):
            advise(conversation, likely[0])
            _offer_others(conversation, likely[1:])
        elif len(likely) == 1 and _has_its_words(likely[0], words):
            advise(conversation, likely[0])
        elif likely and likely[0].score >= ASK_FROM and _is_related(likely, words):
            task = _task(conversation, words)
            task.data["faults"] = [fault.as_json() for fault in likely]
            task.ask("fault_which")
        elif picks_shown(conversation):
            take_order(conversation)
        else:
            _task(conversation, words).ask("fault_unknown")


class FaultTask(Task):
    """``data``: ``words`` that describe the fault, ``faults`` that they may mean."""

    kind = "fault"

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self._found: Fault | None = None
        self._ticket = False
        self._visit = False

    @property
    def faults(self) -> list[Fault]:
        return [Fault.of_json(one) for one in self.data.get("faults", ())]

    def answered(self) -> bool:
        if self.turn.intent == "book_appointment":
            self.state.close()
            return False
        if not self.turn.tapped and self.turn.any("time", "phone", "service"):
            self._visit = True
            return True
        if self.turn.intent == "deny" and self.question != "fault_which":
            self.state.close()
            self.conversation.say("talk_stopped")
            return True
        if self.question == "fault_which":
            return self._chosen()
        if self.question == "fault_unknown":
            self._ticket = self._entry() == TICKET or (
                not self.turn.tapped and bool(_CALL.search(self.turn.text))
            )
            return self._ticket or self._described()
        return self.question == "fault_what" and self._described()

    def advance(self) -> None:
        if self._found:
            self.state.close()
            advise(self.conversation, self._found)
        elif self._visit:
            self.state.close()
            self.state.service = self.state.service or _service_of(self.faults)
            take_appointment(self.conversation)
        elif self._ticket:
            self.state.close()
            open_ticket(self.conversation, "fault", "normal", self.data["words"], "fault_ticket")
        else:
            self.ask("fault_unknown")

    def ask_again(self) -> None:
        self.ask(self.question)

    def ask(self, question: str) -> None:
        """Asks ``question`` with a button for each way on."""
        conversation, faults = self.conversation, self.faults
        if question == "fault_which":
            if any(fault.stop for fault in faults):
                conversation.lines.insert(0, conversation.wording("fault_perhaps_stop"))
            symptoms = "\n".join(
                f"{index}. {fault.symptom}" for index, fault in enumerate(faults, 1)
            )
            conversation.ask(question, symptoms=symptoms)
            conversation.offer(*((one.symptom, _tap("report_fault", one.id)) for one in faults))
            conversation.offer((conversation.wording("button_fault_other"), _other()))
            return
        conversation.ask(question)
        if question == "fault_unknown":
            offer_service(conversation, DIAGNOSTICS)
            conversation.offer(
                (conversation.wording("button_fault_ticket"), _tap("report_fault", TICKET))
            )

    def _entry(self) -> str:
        entry = self.turn.first("entry")
        return str(entry.value) if entry else ""

    def _chosen(self) -> bool:
        """Takes a tap, a place in the list, or more words. Whatever they say is not asked again:
        what still matches nothing goes to diagnostics."""
        faults, text = self.faults, self.turn.text
        tapped = [fault for fault in faults if fault.id == self._entry()]
        if tapped:
            self._found = tapped[0]
            return True
        if self._entry() == OTHER or _NONE.search(text) or self.turn.intent == "deny":
            return True
        place = ordinal(text, len(faults))
        if place is not None and len(text) <= len("第二个这样的"):
            self._found = faults[place]
            return True
        if self.turn.intent == "affirm" and len(faults) == 1:
            self._found = faults[0]
            return True
        return self._described(among=[fault.id for fault in faults])

    def _described(self, among: list[str] | None = None) -> bool:
        """Searches again with what was added; whether these words are about the fault."""
        if self.turn.tapped or self.turn.intent not in _ABOUT_IT:
            return False
        knowledge, language = self.conversation.services.knowledge, self.conversation.language
        before = self.data["words"]
        self.data["words"] = f"{before} {self.turn.text}".strip()[:DESCRIPTION]
        for words in (self.turn.text, self.data["words"]):
            faults, sure = knowledge.faults(words, language)
            best = faults[0] if faults else None
            if best and (sure or (among and best.id in among and best.score >= ASK_FROM)):
                self._found = best
                return True
        return True


_ABOUT_IT = frozenset({"report_fault", "inform", "nlu_fallback", "out_of_scope", "complain"})


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
    if fault.service:
        offer_service(conversation, fault.service)
    if fault.stop:
        conversation.offer((conversation.wording("button_human"), "/request_human"))


def _offer_others(conversation: Conversation, faults: list[Fault]) -> None:
    """What else it may be: a danger is told before it is certain, and may be another fault."""
    conversation.state.faults = [one.as_json() for one in faults]
    if faults:
        conversation.say("fault_or_else")
        conversation.offer(*((one.symptom, _tap("report_fault", one.id)) for one in faults))


def is_about_the_last_one(conversation: Conversation) -> bool:
    """Goes on about the fault that was told of just now, when the words are no clear description of
    another one (``停好了 然后呢``); whether they were about it."""
    state, turn = conversation.state, conversation.turn
    last = state.advised
    if not last or turn.tapped or last["age"] > FOLLOWED or state.task is not None:
        return False
    if turn.any(*_OTHER_MATTERS):
        return False
    knowledge, language = conversation.services.knowledge, conversation.language
    fault = Fault.of_json(last["fault"])
    found, sure = knowledge.faults(turn.text[:DESCRIPTION], language)
    if sure and found[0].id != fault.id and _has_its_words(found[0], turn.text):
        return False
    if turn.intent not in ("report_fault", "nlu_fallback") and not _goes_on(turn.text, fault):
        return False
    words = f"{last['words']} {turn.text}".strip()[:DESCRIPTION]
    together, certain = knowledge.faults(words, language)
    if certain and together[0].id != fault.id and turn.intent == "report_fault":
        advise(conversation, together[0])
        return True
    state.advised = {**last, "words": words, "age": 0}
    conversation.say("fault_still", advice=fault.advice)
    if fault.service:
        offer_service(conversation, fault.service)
    if fault.stop:
        conversation.offer((conversation.wording("button_human"), "/request_human"))
    return True


def _goes_on(text: str, fault: Fault) -> bool:
    """Whether ``text`` asks what to do now, or about what the advice says."""
    return bool(_NOW_WHAT.search(text)) or shared(text, fault.advice) >= RELATED


def _has_its_words(fault: Fault, words: str) -> bool:
    said = " ".join([fault.symptom, *fault.causes, fault.advice])
    return fault.score >= CLEAR or shared(words, said) >= RELATED


def _is_related(likely: list[Fault], words: str) -> bool:
    """Whether there is something to choose from, or the only one has to do with ``words``."""
    return len(likely) > 1 or shared(words, f"{likely[0].symptom} {likely[0].advice}") >= 1


def _service_of(faults: list[Fault]) -> str:
    return next((one.service for one in faults if one.service), DIAGNOSTICS)


def warn_of_danger(conversation: Conversation) -> bool:
    """Advises at once when the words, whatever they were taken for, describe a car that must not
    be driven; whether they did."""
    words = conversation.turn.text[:DESCRIPTION]
    faults, sure = conversation.services.knowledge.faults(words, conversation.language)
    danger = sure and faults[0].stop and faults[0].score >= STOP_FROM
    if conversation.turn.likely == "report_fault":
        danger = danger or _looks_dangerous(faults)
    if danger:
        advise(conversation, faults[0])
    return danger


def advise_if_clear(conversation: Conversation) -> bool:
    """Advises on a fault that the words, whatever they were taken for, clearly describe."""
    words = conversation.turn.text[:DESCRIPTION]
    faults, sure = conversation.services.knowledge.faults(words, conversation.language)
    clear = sure and faults[0].score >= CLEAR and _is_clear(faults)
    if clear:
        advise(conversation, faults[0])
    return clear


def _advise_on(conversation: Conversation, turn: Turn) -> bool:
    """Advises on the fault that a button stands for, when no question about it is open."""
    entry = turn.first("entry")
    known = [Fault.of_json(one) for one in conversation.state.faults]
    found = next((one for one in known if entry and one.id == entry.value), None)
    if found is not None:
        advise(conversation, found)
    return found is not None


def _looks_dangerous(likely: list[Fault]) -> bool:
    """Whether a danger is the likeliest by far."""
    if not likely or not likely[0].stop or likely[0].score < WARN_FROM:
        return False
    return len(likely) < 2 or likely[0].score >= WARN_LEAD * likely[1].score


def _is_clear(faults: list[Fault]) -> bool:
    best = faults[0].score
    return best >= CLEAR or len(faults) < 2 or faults[1].score < RIVAL * best


def offer_service(conversation: Conversation, code: str) -> None:
    """A button that begins the booking of the service ``code``; advice never waits for its name."""
    payload = "/book_appointment" + json.dumps({"service": code}, separators=(",", ":"))
    conversation.state.service = code
    try:
        service = conversation.services.catalogue.find(code)
    except BackendError:
        service = None
    if service is None:
        title = conversation.wording("button_fault_check")
    else:
        title = conversation.wording("button_book", service=service.name(conversation.language))
    conversation.offer((title, payload))


def _task(conversation: Conversation, words: str) -> FaultTask:
    """The open fault, or a new one."""
    state = conversation.state
    if state.task is None or state.task["kind"] != FaultTask.kind:
        state.begin(FaultTask.kind)
    assert state.task is not None
    state.task.update(words=words, faults=[])
    return FaultTask(conversation, state.task)


def _other() -> str:
    return _tap("report_fault", OTHER)


def _tap(intent: str, entry: str) -> str:
    return f"/{intent}" + json.dumps({"entry": entry}, separators=(",", ":"))
