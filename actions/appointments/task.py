"""Booking: what, where, when and for whom; read back, then booked."""

from __future__ import annotations

import re
from typing import Any

from actions.appointments.figures import asks_figures
from actions.appointments.places import WHICH_BRANCH, WHICH_PLACE
from actions.appointments.times import is_exact
from actions.appointments.visit import WHICH_TIME, Visit
from actions.appointments.what import WHICH_SERVICE
from actions.backends.client import BackendError, Refused, Unavailable
from actions.backends.scheduling import Appointment
from actions.clerk.conversation import Conversation
from actions.clerk.requests import QUESTIONS
from actions.clerk.tasks import Task
from actions.orders.contact import Contact
from actions.products.telling import tell_figures
from nightdesk import logs

log = logs.get(__name__)

CONTACT = ("name", "phone")
MISSING, CONFIRM = "appointment_missing", "appointment_confirm"
OTHER_TIME = "appointment_other_time"
_OPEN_QUESTIONS = (MISSING, WHICH_SERVICE, WHICH_PLACE, WHICH_BRANCH, WHICH_TIME, OTHER_TIME)
_TAKES = frozenset(
    {"book_appointment", "reschedule_appointment", "inform", "affirm", "deny", "place_order"}
)
_MAYBE = frozenset({"find_branch", "nlu_fallback", "out_of_scope", "query_appointment"})
"""What an answer to the open question is sometimes taken for."""
_NO_APPOINTMENT = re.compile(
    r"不(?:约|预约|去|做|弄)了|算了|唔约|免了|\bforget it\b|\bnever mind\b|don'?t book", re.I
)
_INSTEAD = re.compile(r"[去换改到]|\binstead\b|\brather\b|\bchange\b", re.I)
_OF_THE_VISIT = ("service", "product", "time", "branch", "location", "address")
MOST_SERVICES = 6


class BookingTask(Task):
    """``data``: ``visit`` (what, where, when) and ``model``, the car that it is for."""

    kind = "appointment"
    lightly_dropped = False

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self.visit = Visit(conversation, data.setdefault("visit", {}))
        self.contact = Contact(conversation, CONTACT)
        self._confirmed = False
        self._progress = False

    def answered(self) -> bool:
        asking = self.question in _OPEN_QUESTIONS
        if not self._is_for_it(asking):
            return False
        if self.turn.intent == "deny" and _NO_APPOINTMENT.search(self.turn.text):
            self.drop()
            return True
        return self.take(asking) or self._take_verdict()

    def _is_for_it(self, asking: bool) -> bool:
        turn = self.turn
        if turn.intent == "place_order":
            return turn.any("service", "time", "branch") and not turn.any("product")
        if turn.intent in _MAYBE:
            if self.question == CONFIRM and turn.any("branch") and _INSTEAD.search(turn.text):
                return True
            return asking and (turn.intent != "find_branch" or self.visit.branch is None)
        return turn.intent in _TAKES

    def take(self, asking: bool) -> bool:
        """Takes what the turn says of the appointment; whether there was any."""
        free = asking and self.turn.intent not in ("affirm", "deny", "book_appointment")
        branch = self.visit.branch
        told = self.visit.take(free)
        bare_place = branch != self.visit.branch and not self.turn.any("branch", "location")
        contact = self.turn.any("phone") and not self.turn.tapped
        picked = told and not self.turn.any(*_OF_THE_VISIT)
        told = self.contact.take((free and not (bare_place or picked)) or contact) or told
        for entity in self.turn.all("car_model")[-1:]:
            self.data["model"] = str(entity.value or entity.text)
            told = True
        self._progress = told
        return told

    def _take_verdict(self) -> bool:
        if self.turn.intent not in ("affirm", "deny"):
            return False
        yes = self.turn.intent == "affirm"
        if self.question == CONFIRM:
            self._confirmed = yes
            if not yes:
                self.conversation.ask("appointment_change")
            return True
        if self.question == WHICH_TIME and not yes:
            self.visit.forget_time()
            self.conversation.ask(OTHER_TIME)
            return True
        return False

    def explains(self) -> bool:
        service = self.visit.service
        if service is None or not asks_figures(self.turn):
            return False
        self._progress = self.take(asking=False)
        tell_figures(self.conversation, service)
        return True

    def overhear(self) -> None:
        visit, turn = self.visit, self.turn
        if turn.intent not in QUESTIONS or turn.tapped:
            return
        if visit.branch is None and not visit.places.open and turn.any("branch", "location"):
            visit.places.take(asked=False)
        if visit.when is None and turn.any("time"):
            visit.take_moment()
        if turn.any("phone"):
            self.contact.take(asked=False)

    def drop(self) -> None:
        """The customer does not want it after all."""
        self.state.close()
        self.conversation.say("appointment_dropped")

    def advance(self) -> None:
        if self.conversation.asked:
            return
        if self.visit.service is not None:
            self.visit.places.take_only(self.visit.service)
        if self._confirmed and self.visit.start is not None:
            self._book()
        elif self.visit.settle(also=self._missing()):
            if self.contact.missing():
                self._ask_missing()
            else:
                self._read_back()
        elif not self.conversation.asked:
            self._ask_missing()

    def ask_again(self) -> None:
        self.advance()

    def _missing(self) -> str:
        """What is still needed, in words."""
        return self.conversation.listing(
            [self.conversation.wording(f"appointment_needs_{name}") for name in self._needed()]
        )

    def _needed(self) -> list[str]:
        return [*self.visit.missing(), *self.contact.missing()]

    def _ask_missing(self) -> None:
        conversation, service = self.conversation, self.visit.service
        asked = self.question == MISSING
        noted = self.noted()
        if noted and noted != self.data.get("noted") and not self.contact.complained:
            conversation.say("appointment_noted", noted=noted)
        self.data["noted"] = noted
        conversation.ask(
            MISSING,
            progress=asked and self._progress,
            brief=len(self._needed()) == 1,
            missing=self._missing(),
        )
        if service is None:
            language = conversation.language
            services = conversation.services.catalogue.all()[:MOST_SERVICES]
            conversation.offer(
                *((one.name(language), f'/inform{{"service":"{one.code}"}}') for one in services)
            )

    def noted(self) -> str:
        """What is known so far, in one line."""
        service, branch, when = self.visit.service, self.visit.branch, self.visit.when
        start = self.visit.start or (when.start if when and is_exact(when) else None)
        known = [
            service.name(self.conversation.language) if service else "",
            self.visit.branch_name() if branch else "",
            self.visit.say_time(start) if start else "",
        ]
        gap = ", " if self.conversation.language == "en" else "，"
        return gap.join(one for one in known if one)

    def _read_back(self) -> None:
        service, branch, start = self.visit.service, self.visit.branch, self.visit.start
        assert service is not None
        assert branch is not None
        assert start is not None
        customer, language = self.state.customer, self.conversation.language
        self.conversation.ask(
            CONFIRM,
            progress=self.question in (CONFIRM, "appointment_change") and self._progress,
            service=service.name(language),
            price=self.visit.price(),
            branch=branch.name(language),
            address=branch.address,
            time=self.visit.say_time(start),
            person=customer.name,
            phone=customer.phone,
        )
        self.conversation.offer(
            (self.conversation.wording("button_confirm_appointment"), "/affirm"),
            (self.conversation.wording("button_change"), "/deny"),
            (self.conversation.wording("button_drop_appointment"), "/stop"),
        )

    def _appointment(self) -> dict[str, Any]:
        """The body of ``POST /appointments``."""
        service, branch, start = self.visit.service, self.visit.branch, self.visit.start
        assert service is not None
        assert branch is not None
        assert start is not None
        customer = self.state.customer
        return {
            "service": service.code,
            "branch": branch.code,
            "start": start.isoformat(),
            "customer": {"name": customer.name, "phone": customer.phone},
            "note": self.data.get("model", ""),
            "conversation_id": self.conversation.id,
        }

    def _book(self) -> None:
        appointment = self._appointment()
        key = self.conversation.key("appointment", self.data["number"], appointment)
        try:
            booked = self.conversation.services.scheduling.book(appointment, key)
        except Refused as refusal:
            log.info("appointment_refused", code=refusal.code)
            self.visit.refused(refusal)
            self._confirmed = False
            self.advance()
        except Unavailable:
            self._keep(appointment, key)
        else:
            self._thank(booked)

    def _thank(self, booked: Appointment) -> None:
        self.state.done = True
        self.state.latest = "appointment"
        self.state.close()
        tell(self.conversation, booked, "appointment_booked")
        link = self.conversation.services.scheduling.calendar_link(booked.appointment_no)
        self.conversation.say("appointment_calendar", link=link)

    def _keep(self, appointment: dict[str, Any], key: str) -> None:
        """The calendar does not answer: the desk keeps the booking and sends it later."""
        try:
            self.conversation.services.desk.keep("scheduling", "/appointments", appointment, key)
        except BackendError:
            log.error("appointment_not_kept")
            self.conversation.say("appointment_not_booked")
            self.state.ask(CONFIRM)
            self.conversation.offer((self.conversation.wording("button_try_again"), "/affirm"))
            return
        self.state.close()
        self.conversation.say("appointment_kept")


def tell(conversation: Conversation, appointment: Appointment, response: str) -> None:
    """Says ``response`` with all that the customer needs to know of ``appointment``."""
    visit = Visit(conversation, {})
    language = conversation.language
    conversation.say(
        response,
        appointment_no=appointment.appointment_no,
        service=appointment.service_name(language),
        branch=appointment.branch_name(language),
        address=appointment.address,
        time=visit.say_time(appointment.start),
    )
