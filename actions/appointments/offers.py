"""Free starts as buttons, held for the customer while they choose."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from actions.appointments import times
from actions.backends.client import BackendError
from actions.backends.scheduling import Slot
from actions.clerk import wording
from actions.clerk.choosing import ordinal
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload

OFFERS = 3
"""As many as a conversation can hold (docs/scheduling.md)."""
_LAST = re.compile(r"最后一|最晚|\blast\b|\blatest\b", re.I)
_FIRST = re.compile(r"最早|\bearliest\b", re.I)
_CLAUSES = re.compile(r"[，,。；;！!\n]")
_SHORT = 16


class Offers:
    """``slots`` among which the customer chooses, over the visit's JSON."""

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        self._conversation = conversation
        self._data = data

    @property
    def slots(self) -> list[Slot]:
        zone = self._conversation.services.profile.zone
        slots = [Slot.of_json(one) for one in self._data.get("offers", ())]
        return [replace(slot, start=slot.start.astimezone(zone)) for slot in slots]

    def clear(self) -> None:
        self._data.pop("offers", None)

    def make(self, slots: list[Slot], service: str) -> None:
        """Offers a few of ``slots``, and holds them as far as the backend will."""
        chosen = slots[:OFFERS]
        for slot in chosen:
            try:
                self._conversation.services.scheduling.hold(
                    service, slot.branch, slot.start, self._conversation.id
                )
            except BackendError:
                continue  # an offer that is not held may be gone when it is chosen: then said so
        self._data["offers"] = [slot.as_json() for slot in chosen]

    def listing(self, branch: str) -> str:
        """One line an offer, as the buttons have it."""
        return "\n".join(
            f"{number}. {self._title(slot, branch)}" for number, slot in enumerate(self.slots, 1)
        )

    def buttons(self, branch: str) -> None:
        """A button for each; ``branch``: the code of the one that needs no name."""
        self._conversation.offer(
            *(
                (
                    self._title(slot, branch),
                    payload("inform", time=slot.start.isoformat(), branch=slot.branch),
                )
                for slot in self.slots
            )
        )

    def _title(self, slot: Slot, branch: str) -> str:
        language = self._conversation.language
        at = wording.moment(slot.start, language)
        return at if slot.branch == branch else f"{at} {slot.branch_name(language)}"

    def chosen(self) -> Slot | None:
        """The one that the turn picks: by tap, by its place, by its time, or by a yes to one."""
        slots, turn = self.slots, self._conversation.turn
        if not slots:
            return None
        if turn.any("time"):
            return self._at_time(slots) or self._at_the_end(slots)
        if turn.tapped and turn.intent != "affirm":
            return None
        text = _CLAUSES.split(turn.text.strip())[0][:_SHORT]
        place = ordinal(text, len(slots))
        if place is None and (end := self._at_the_end(slots)):
            return end
        if place is None and turn.intent == "affirm" and len(slots) == 1:
            place = 0
        return None if place is None else slots[place]

    def _at_the_end(self, slots: list[Slot]) -> Slot | None:
        """The earliest or the latest, if it is asked for and no other day or place is named."""
        turn, zone = self._conversation.turn, self._conversation.services.profile.zone
        text = _CLAUSES.split(turn.text.strip())[0][:_SHORT]
        if turn.any("branch", "location") or not (_LAST.search(text) or _FIRST.search(text)):
            return None
        ordered = sorted(slots, key=lambda slot: slot.start)
        if turn.any("time"):
            when = times.read_time(turn, slots[0].start, zone, times.as_moment(slots[0].start))
            ordered = [one for one in ordered if when and when.start <= one.start < when.end]
        if not ordered:
            return None
        return ordered[-1] if _LAST.search(text) else ordered[0]

    def _at_time(self, slots: list[Slot]) -> Slot | None:
        turn, zone = self._conversation.turn, self._conversation.services.profile.zone
        wanted: datetime | None = None
        branch = turn.first("branch")
        if not turn.tapped and turn.any("branch", "location"):
            return None
        for slot in slots:
            before = times.as_moment(slot.start)
            when = times.read_time(turn, slot.start, zone, before)
            wanted = when.start if when and times.is_exact(when) else None
            if wanted == slot.start and (branch is None or branch.value == slot.branch):
                return slot
        return None
