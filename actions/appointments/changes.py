"""An appointment that is made: told, moved, or called off, once it is known whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from actions.appointments import times
from actions.appointments.identity import AppointmentIdentity
from actions.appointments.places import WHICH_BRANCH, WHICH_PLACE
from actions.appointments.task import OTHER_TIME, tell
from actions.appointments.visit import WHICH_TIME, Visit
from actions.backends.catalogue import Service
from actions.backends.client import Refused
from actions.backends.scheduling import Appointment
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from nightdesk import clock

CANCEL, MOVE = "appointment_cancel_confirm", "appointment_move_confirm"
WHEN = "appointment_move_when"
_OPEN_QUESTIONS = (WHEN, WHICH_TIME, OTHER_TIME, WHICH_PLACE, WHICH_BRANCH)
_OWN = frozenset({"query_appointment", "reschedule_appointment", "cancel_appointment", "inform"})
_MAYBE = frozenset({"book_appointment", "affirm", "deny", "nlu_fallback", "out_of_scope"})


class AppointmentTask(Task):
    """``data``: ``wish`` (query, move, cancel), ``identity``, and the new ``visit`` of a move."""

    kind = "appointment_change"

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self.identity = AppointmentIdentity(conversation, data.setdefault("identity", {}))
        self.visit = Visit(conversation, data.setdefault("visit", {"fixed": True}))
        self._verdict: bool | None = None

    def answered(self) -> bool:
        if self.turn.intent not in _OWN | _MAYBE:
            return False
        if self.question == WHICH_TIME and self.turn.intent == "deny":
            self.visit.forget_time()
        self._verdict = self._yes_or_no()
        identified = self.identity.take(self.question == AppointmentIdentity.question)
        if identified and self.question in (AppointmentIdentity.question, "appointment_which_one"):
            return True
        moved = self.data["wish"] == "move" and self.take_time()
        return moved or identified or self._verdict is not None

    def take_time(self) -> bool:
        """Takes a new time or place; whether there was one."""
        told = self.visit.take(self.question in _OPEN_QUESTIONS)
        if told:
            self._verdict = None
        return told

    def _yes_or_no(self) -> bool | None:
        if self.question not in (CANCEL, MOVE, WHICH_TIME):
            return None
        return {"affirm": True, "deny": False}.get(self.turn.intent)

    def advance(self) -> None:
        if self.conversation.asked:
            return
        if self.data["wish"] == "query" and not self.data["identity"]:
            coming = self.identity.ahead()
            if len(coming) > 1:
                self.state.close()
                for one in coming:
                    tell(self.conversation, one, "appointment_is")
                return
        appointment = self.identity.owned()
        if appointment is None:
            if not self.conversation.asked:
                self.state.close()
            return
        if appointment.status != "booked":
            self._finish(appointment, "appointment_cancelled")
        elif self.data["wish"] == "query":
            self._query(appointment)
        elif appointment.start <= clock.now():
            self._finish(appointment, "appointment_already_past")
        elif self.data["wish"] == "cancel":
            self._cancel(appointment)
        else:
            self._move(appointment)

    def ask_again(self) -> None:
        self.advance()

    def _finish(self, appointment: Appointment, response: str) -> None:
        self.state.close()
        tell(self.conversation, appointment, response)

    def _query(self, appointment: Appointment) -> None:
        past = appointment.start <= clock.now()
        self._finish(appointment, "appointment_already_past" if past else "appointment_is")
        if not past:
            self.conversation.offer(
                (self.conversation.wording("button_move"), "/reschedule_appointment"),
                (self.conversation.wording("button_cancel_appointment"), "/cancel_appointment"),
            )

    def _cancel(self, appointment: Appointment) -> None:
        if self._verdict is None:
            self._ask(appointment, CANCEL)
            self.conversation.offer(
                (self.conversation.wording("button_cancel_appointment"), "/affirm"),
                (self.conversation.wording("button_keep_appointment"), "/deny"),
            )
        elif not self._verdict:
            self._finish(appointment, "appointment_stays")
        else:
            number = appointment.appointment_no
            try:
                self.conversation.services.scheduling.cancel(
                    number, self.conversation.key("cancel_appointment", number)
                )
            except Refused as refusal:
                self._too_late(appointment, refusal)
            else:
                self.state.done = True
                self._finish(appointment, "appointment_cancel_done")

    def _move(self, appointment: Appointment) -> None:
        """Settles the new time and place, reads them back, and moves it there."""
        self._begin_visit(appointment)
        if self._verdict is False and self.visit.start is not None:
            self._finish(appointment, "appointment_stays")
            return
        if self._verdict and self.visit.start is not None:
            self._carry_out(appointment)
            return
        moving = (appointment.branch, appointment.start)
        if not self.visit.settle(moving=moving):
            if not self.conversation.asked:
                self._ask(appointment, WHEN)
            return
        assert self.visit.start is not None
        self._ask(
            appointment,
            MOVE,
            new_time=self.visit.say_time(self.visit.start),
            new_branch=self.visit.branch_name(),
        )
        self.conversation.offer(
            (self.conversation.wording("button_confirm"), "/affirm"),
            (self.conversation.wording("button_keep_appointment"), "/deny"),
        )

    def _begin_visit(self, appointment: Appointment) -> None:
        """The service stays; so does the branch, and the time if only the branch is new."""
        visit = self.visit
        if visit.service is None:
            found = self.conversation.services.catalogue.find(appointment.service)
            start = visit.when
            visit.what.set(
                found
                or Service(
                    appointment.service, appointment.service_zh, appointment.service_en, "0", 60
                )
            )
            if start is None and (shifted := times.shifted(self.turn, appointment.start)):
                visit.when = shifted
            if visit.when is None and visit.branch is not None:
                visit.when = times.as_moment(appointment.start)
            elif visit.when is not None and self.turn.all("time"):
                self._on_its_day(appointment)
        if visit.branch is None and not visit.places.open:
            visit.places.set_code(appointment.branch)

    def _on_its_day(self, appointment: Appointment) -> None:
        """``改到五点`` is meant on the day of the appointment."""
        zone, now = self.conversation.services.profile.zone, clock.now()
        if times.SAME_TIME.search(self.turn.text) and self.visit.when is not None:
            hour = appointment.start.astimezone(zone).timetz()
            date = self.visit.when.start.astimezone(zone).date()
            self.visit.when = times.as_moment(datetime.combine(date, hour))
            return
        day = times.as_moment(appointment.start.astimezone(zone))
        if when := times.read_time(self.turn, now, zone, day):
            self.visit.when = when

    def _carry_out(self, appointment: Appointment) -> None:
        start, branch = self.visit.start, self.visit.branch
        assert start is not None
        assert branch is not None
        number = appointment.appointment_no
        key = self.conversation.key("move", self.data["number"], number, start, branch.code)
        try:
            moved = self.conversation.services.scheduling.move(number, start, branch.code, key)
        except Refused as refusal:
            if refusal.code in ("already_past", "cancelled"):
                self._too_late(appointment, refusal)
                return
            self.visit.refused(refusal)
            self._verdict = None
            self._move(appointment)
        else:
            self.state.done = True
            self.state.latest = "appointment"
            self._finish(moved, "appointment_moved")
            link = self.conversation.services.scheduling.calendar_link(number)
            self.conversation.say("appointment_calendar", link=link)

    def _too_late(self, appointment: Appointment, refusal: Refused) -> None:
        """It has begun, or was cancelled meanwhile."""
        if refusal.code not in ("already_past", "cancelled"):
            raise refusal
        past = refusal.code == "already_past"
        self._finish(appointment, "appointment_already_past" if past else "appointment_cancelled")
        self.conversation.offer((self.conversation.wording("button_human"), "/request_human"))

    def _ask(self, appointment: Appointment, question: str, **values: Any) -> None:
        language = self.conversation.language
        self.conversation.ask(
            question,
            service=appointment.service_name(language),
            branch=appointment.branch_name(language),
            time=self.visit.say_time(appointment.start),
            **values,
        )
