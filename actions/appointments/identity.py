"""Whose appointment it is: this session's, or its number and the phone's last four digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.after_sales.identity import Proof
from actions.backends.scheduling import Appointment
from actions.clerk import wording
from actions.clerk.payloads import payload
from nightdesk import clock
from nightdesk.language.numbers import canonical

_NUMBER = re.compile(r"(?<![A-Z0-9])AP[A-Z0-9]{10}(?![A-Z0-9])")


class AppointmentIdentity(Proof[Appointment]):
    """The appointments of this session that lie ahead come first, the next one before others."""

    entity = "appointment_no"
    question = "appointment_identify"
    no_match = "appointment_no_match"
    locked = "appointment_locked"

    def take(self, asked: bool) -> bool:
        """As of an order; the number is also known by its form."""
        said = super().take(asked)
        found = _NUMBER.search(self._conversation.turn.text.upper())
        if found and "number" not in self._data:
            self._data["number"] = canonical(found[0])
            return True
        return said

    def ahead(self) -> list[Appointment]:
        """This session's appointments that are still to come, the next one first."""
        own = self._conversation.services.scheduling.of_conversation(self._conversation.id)
        coming = [one for one in own if one.status == "booked" and one.start > clock.now()]
        return sorted(coming, key=lambda one: one.start)

    def _own(self) -> Sequence[Appointment]:
        own = self._conversation.services.scheduling.of_conversation(self._conversation.id)
        ahead = self.ahead()
        return ahead + [one for one in own if one not in ahead]

    def _find(self, number: str, tail: str) -> Appointment:
        return self._conversation.services.scheduling.find(number, tail)

    def _number(self, owned: Appointment) -> str:
        return owned.appointment_no

    def _of_own(self, own: Sequence[Appointment]) -> Appointment | None:
        """Asks which one when several lie ahead."""
        ahead = [one for one in own if one.status == "booked" and one.start > clock.now()]
        if len(ahead) < 2:
            return own[0]
        conversation, zone = self._conversation, self._conversation.services.profile.zone
        titles = [
            f"{wording.moment(one.start.astimezone(zone), conversation.language)} "
            f"{one.service_name(conversation.language)}"
            for one in ahead
        ]
        conversation.ask("appointment_which_one", appointments="\n".join(titles))
        conversation.offer(
            *(
                (title, payload("inform", appointment_no=one.appointment_no))
                for title, one in zip(titles, ahead, strict=True)
            )
        )
        return None
