"""Faults of the customer's car, matched against the shop's fault table; nothing is guessed."""

from __future__ import annotations

import re
from typing import Any

from actions.advice import (
    DESCRIPTION,
    advise,
    fault_tap,
    faults_in,
    has_its_words,
    is_about_the_last_one,
    is_clear,
    looks_dangerous,
    offer_others,
    offer_service,
)
from actions.answers import answer_for_sure, look_up
from actions.appointments.actions import take_appointment
from actions.backends.knowledge import Fault
from actions.clerk.action import ClerkAction
from actions.clerk.choosing import ordinal
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.clerk.tasks import Task
from actions.clerk.turn import Turn
from actions.handoff import open_ticket
from actions.orders.actions import picks_shown, take_order
from nightdesk.language.described import shared

CHOICES = 3
ASK_FROM, OPTION = 0.18, 0.1
"""The score from which the best symptom is worth a question, and another one an option in it."""
DIAGNOSTICS = "diagnostics"
"""The service that is offered when no fault matches, where the fault table names it."""
_NAMED = 2.0
"""How much a product's names must share with a symptom that is its own."""
OTHER, TICKET = "other", "ticket"

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
        faults, sure = faults_in(conversation, words)
        likely = [fault for fault in faults if fault.score >= OPTION][:CHOICES]
        if _is_rather_asked(conversation, likely) and answer_for_sure(conversation):
            return
        if sure and is_clear(faults):
            advise(conversation, faults[0])
        elif looks_dangerous(likely):
            advise(conversation, likely[0])
            offer_others(conversation, likely[1:])
        elif len(likely) == 1 and has_its_words(likely[0], words):
            advise(conversation, likely[0])
        elif likely and [likely[0]] == _of_the_thing(conversation, likely):
            advise(conversation, likely[0])
            offer_others(conversation, likely[1:])
        elif likely and likely[0].score >= ASK_FROM and _is_related(likely, words):
            task = _task(conversation, words)
            task.data["faults"] = [fault.as_json() for fault in likely]
            conversation.state.service = _service_of(likely)
            task.ask("fault_which")
        elif picks_shown(conversation):
            take_order(conversation)
        elif not (looks_like_question(words) and answer_for_sure(conversation)):
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
            if any(fault.stop for fault in faults) and self.question != question:
                conversation.lines.insert(0, conversation.wording("fault_perhaps_stop"))
            symptoms = "\n".join(
                f"{index}. {fault.symptom}" for index, fault in enumerate(faults, 1)
            )
            conversation.ask(question, symptoms=symptoms)
            conversation.offer(*((one.symptom, fault_tap(one.id)) for one in faults))
            conversation.offer((conversation.wording("button_fault_other"), fault_tap(OTHER)))
            return
        conversation.ask(question)
        if question == "fault_unknown":
            offer_service(conversation, DIAGNOSTICS)
            conversation.offer((conversation.wording("button_fault_ticket"), fault_tap(TICKET)))

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
        before = self.data["words"]
        self.data["words"] = f"{before} {self.turn.text}".strip()[:DESCRIPTION]
        for words in (self.turn.text, self.data["words"]):
            faults, sure = faults_in(self.conversation, words)
            best = faults[0] if faults else None
            if best and (sure or (among and best.id in among and best.score >= ASK_FROM)):
                self._found = best
                return True
        return True


_ABOUT_IT = frozenset({"report_fault", "inform", "nlu_fallback", "out_of_scope", "complain"})


def _of_the_thing(conversation: Conversation, likely: list[Fault]) -> list[Fault]:
    """Those of the ``likely`` faults whose symptom names the product that the words name."""
    named = conversation.turn.first("product")
    hits = conversation.services.orders.search(named.text)[:1] if named else []
    names = " ".join(word for hit in hits for word in hit.words()[0])
    return [fault for fault in likely if shared(names, fault.symptom) >= _NAMED]


def _is_rather_asked(conversation: Conversation, likely: list[Fault]) -> bool:
    """Whether the words ask something that the knowledge base knows better than the fault table
    knows what they may describe, and none of that is a danger."""
    if any(fault.stop for fault in likely) or not looks_like_question(conversation.turn.text):
        return False
    entries, answerable = look_up(conversation, conversation.turn.text)
    return answerable and all(entries[0].score > fault.score for fault in likely)


def _is_related(likely: list[Fault], words: str) -> bool:
    """Whether there is something to choose from, or the only one has to do with ``words``."""
    return len(likely) > 1 or shared(words, f"{likely[0].symptom} {likely[0].advice}") >= 1


def _service_of(faults: list[Fault]) -> str:
    return next((one.service for one in faults if one.service), DIAGNOSTICS)


def _advise_on(conversation: Conversation, turn: Turn) -> bool:
    """Advises on the fault that a button stands for, when no question about it is open."""
    entry = turn.first("entry")
    known = [Fault.of_json(one) for one in conversation.state.faults]
    found = next((one for one in known if entry and one.id == entry.value), None)
    if found is not None:
        advise(conversation, found)
    return found is not None


def _task(conversation: Conversation, words: str) -> FaultTask:
    """The open fault, or a new one."""
    state = conversation.state
    if state.task is None or state.task["kind"] != FaultTask.kind:
        state.begin(FaultTask.kind)
    assert state.task is not None
    state.task.update(words=words, faults=[])
    return FaultTask(conversation, state.task)
