"""What, where and when: the part of an appointment that booking and moving have in common."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from actions.appointments import times
from actions.appointments.offers import OFFERS, Offers
from actions.appointments.places import Places
from actions.appointments.what import What
from actions.backends.catalogue import Service
from actions.backends.client import Refused
from actions.backends.scheduling import Branch, Slot, alternatives
from actions.clerk import wording
from actions.clerk.conversation import Conversation
from nightdesk import clock
from nightdesk.language.when import When, parse_when

SEARCH = timedelta(days=7)
WHICH_TIME = "appointment_slots"
FULL = ("slot_taken", "outside_hours", "no_such_start", "in_the_past", "too_far_ahead")


class Visit:
    """Over JSON: ``service``, ``branch``, ``when`` as said, ``start`` once it is held."""

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        self._conversation = conversation
        self._data = data
        self.what = What(conversation, data, self._unsettle)
        self.offers = Offers(conversation, data)
        self.places = Places(conversation, data)
        self._zone = conversation.services.profile.zone

    @property
    def service(self) -> Service | None:
        return self.what.service

    @property
    def branch(self) -> Branch | None:
        return self.places.branch

    @property
    def when(self) -> When | None:
        data = self._data.get("when")
        return times.of_json(data) if data else None

    @when.setter
    def when(self, when: When) -> None:
        self._data["when"] = when.as_json()
        self._unsettle()

    @property
    def start(self) -> datetime | None:
        """The start that is agreed, in the shop's zone."""
        text = self._data.get("start")
        return datetime.fromisoformat(text).astimezone(self._zone) if text else None

    def _unsettle(self) -> None:
        """What was agreed of the time is open again."""
        self._data.pop("start", None)
        self.offers.clear()

    def missing(self) -> list[str]:
        """``service``, ``place``, ``time``: what is not known and not being asked already."""
        known = {
            "service": self.service or self.what.options,
            "place": self.branch or self.places.open,
            "time": self.when,
        }
        return [name for name, value in known.items() if not value]

    def take(self, asked: bool) -> bool:
        """Takes what the turn says; ``asked``: bare words may be an answer. Whether there was any.

        May raise ``BackendError``.
        """
        slot = self.offers.chosen()
        if slot is not None:
            self._choose(slot)
            return True
        service = self.what.take(asked)
        place = self.places.take(asked)
        if place:
            self._unsettle()
        return self._take_time(asked) or service or place

    def _choose(self, slot: Slot) -> None:
        if self.branch is None or slot.branch != self.branch.code:
            self.places.set_code(slot.branch)
        self.when = times.as_moment(slot.start)

    def _take_time(self, asked: bool) -> bool:
        turn = self._conversation.turn
        now = clock.now(self._zone)
        when = times.read_time(turn, now, self._zone, self.when)
        if when is None and asked and not turn.tapped and not turn.any("time"):
            text = turn.text.strip(" 。.!！吧呗")
            when = times.on_the_day(text, self.when, now, self._zone)
            when = when or parse_when(text, now, self._zone)
        if when is not None:
            self.when = when
        return when is not None

    def take_moment(self) -> None:
        """Takes an exact time that is named on the way; a mere day may belong to a question."""
        now = clock.now(self._zone)
        when = times.read_time(self._conversation.turn, now, self._zone)
        if when is not None and times.is_exact(when):
            self.when = when

    def settle(self, also: str = "", moving: tuple[str, datetime] | None = None) -> bool:
        """Whether it is clear what, where and when, the start held; else asks what is open.

        ``also``: what else is asked for in the same breath. ``moving``: branch and start of
        the appointment that is moved, which does not stand in its own way.
        """
        if self.what.options or self.places.open:
            if self.what.options:
                self.what.ask()
            else:
                self.places.ask()
            self._ask_also(also)
            return False
        service, branch, when = self.service, self.branch, self.when
        if service is None or branch is None or when is None:
            return False
        if self.start is not None:
            return True
        if self.offers.slots:
            self._ask_time(also, fresh=False)
            return False
        try:
            if times.is_exact(when):
                self._hold(service, branch, when.start, moving)
                return True
            self._offer_in(service, branch, when)
        except Refused as refusal:
            if refusal.code == "not_at_this_branch":
                self.places.elsewhere(service)
                return self.settle(also, moving)
            self.refused(refusal)
        self._ask_time(also, fresh=True)
        return False

    def _hold(
        self,
        service: Service,
        branch: Branch,
        start: datetime,
        moving: tuple[str, datetime] | None,
    ) -> None:
        scheduling = self._conversation.services.scheduling
        try:
            scheduling.hold(service.code, branch.code, start, self._conversation.id)
        except Refused as refusal:
            own = moving is not None and moving[0] == branch.code
            near = moving is not None and abs(start - moving[1]) < timedelta(
                minutes=service.minutes
            )
            if not (refusal.code == "slot_taken" and own and near):
                raise
        self._data["start"] = start.isoformat()

    def _offer_in(self, service: Service, branch: Branch, when: When) -> None:
        """Offers free starts in ``when``; when there are none, the next ones after it."""
        scheduling, now = self._conversation.services.scheduling, clock.now(self._zone)
        found: list[Slot] = []
        if span := times.window(when, now):
            found = times.spread(
                scheduling.slots(service.code, branch.code, *span, self._conversation.id), OFFERS
            )
        if not found:
            self._conversation.say("appointment_none_then", branch=self.branch_name())
            start = max(when.start, now)
            end = start + SEARCH
            found = scheduling.slots(service.code, branch.code, start, end, self._conversation.id)
        self.offers.make(found, service.code)

    def refused(self, refusal: Refused) -> None:
        """Says why the time cannot be had, and offers what the refusal carries instead.

        Raises ``refusal`` when it is about something else.
        """
        service, branch, when = self.service, self.branch, self.when
        if refusal.code not in FULL or not service or not branch or not when:
            raise refusal
        self._data.pop("start", None)
        self._conversation.say(
            f"appointment_refused_{refusal.code}",
            time=self.say_time(when.start),
            branch=self.branch_name(),
            opens=branch.opens,
            closes=branch.closes,
            service=service.name(self._conversation.language),
            minutes=service.minutes,
        )
        found = alternatives(refusal)
        here = [slot for slot in found if slot.branch == branch.code]
        others = [slot for slot in found if slot.branch != branch.code]
        self.offers.make([*here[: OFFERS - 1], *others[:1], *here[OFFERS - 1 :]], service.code)

    def _ask_time(self, also: str, *, fresh: bool) -> None:
        conversation, branch = self._conversation, self.branch
        code = branch.code if branch else ""
        if not self.offers.slots:
            self._data.pop("when", None)
            conversation.ask("appointment_other_time")
            return
        service = self.service
        question = conversation.state.question
        conversation.ask(
            WHICH_TIME,
            progress=fresh and question is not None and question.name == WHICH_TIME,
            service=service.name(conversation.language) if service else "",
            branch=self.branch_name(),
            times=self.offers.listing(code),
        )
        self._ask_also(also)
        self.offers.buttons(code)

    def _ask_also(self, also: str) -> None:
        if also:
            self._conversation.say("appointment_also", missing=also)

    def forget_time(self) -> None:
        """None of the times will do."""
        self._data.pop("when", None)
        self._unsettle()

    def say_time(self, at: datetime) -> str:
        return wording.moment(at.astimezone(self._zone), self._conversation.language)

    def branch_name(self) -> str:
        return self.branch.name(self._conversation.language) if self.branch else ""

    def price(self) -> str:
        """The catalogue's price in words."""
        service = self.service
        if service is None or not float(service.price):
            return self._conversation.wording("appointment_free")
        return self._conversation.price(service.price)
