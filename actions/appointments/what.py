"""What an appointment is for: the service that was named, described, or spoken of before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from actions.backends.catalogue import Service
from actions.clerk.choosing import by_price, described, ordinal, told_apart, without
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from actions.clerk.turn import Turn

CERTAIN = 0.8
"""The search score from which a name is taken to mean the service; below it, it is asked."""
CLOSE = 0.02
"""Services whose scores lie this close together are equally meant."""
LIKELY, AHEAD = 0.7, 0.1
"""The score from which words that name a service mean the first, and how far it must lead."""
WHICH_SERVICE = "appointment_which_service"
OPTIONS = 3
_SMALL = re.compile(r"小的|小一点|简单|基础|\bsmall|\bbasic\b|\bsimple", re.I)
_BIG = re.compile(r"大的|大一点|全套|全面|\bbig|\bfull\b|\bcomplete\b", re.I)


class What:
    """Over the visit's JSON: ``service``, or ``services`` to choose among; ``fixed``: it stays.

    ``changed`` is called when it is another service than before.
    """

    def __init__(
        self, conversation: Conversation, data: dict[str, Any], changed: Callable[[], None]
    ) -> None:
        self._conversation = conversation
        self._data = data
        self._changed = changed

    @property
    def service(self) -> Service | None:
        data = self._data.get("service")
        return Service.of_json(data) if data else None

    @property
    def options(self) -> list[Service]:
        """The services among which the customer has to choose."""
        return [Service.of_json(one) for one in self._data.get("services", ())]

    def set(self, service: Service) -> None:
        self._data["service"] = asdict(service)
        self._data.pop("services", None)
        self._changed()

    def take(self, asked: bool) -> bool:
        """Takes a service from the turn; ``asked``: bare words may be one. Whether there was one.

        May raise ``BackendError``.
        """
        turn, catalogue = self._conversation.turn, self._conversation.services.catalogue
        if self._data.get("fixed"):
            return False
        if (chosen := self._chosen()) is not None:
            self.set(chosen)
            return True
        services = turn.all("service")
        named = services or ([] if self.service else turn.all("product")[:1])
        if named and turn.tapped:
            found = catalogue.find(str(named[0].value))
            if found:
                self.set(found)
            return found is not None
        if any(self._name(one.text, False) for one in named):
            return True
        free = asked or turn.intent == "book_appointment" or not turn.any("product")
        loose = self.service is None and not turn.tapped and bool(free or services)
        if loose and self._name(_plain(turn), False):
            return True
        if services and self._likeliest(services[0].text):
            return True
        if loose and not self.options and self._describe():
            return True
        return bool(services) and self._name(services[0].text, True)

    @classmethod
    def fits(cls, conversation: Conversation) -> bool:
        """Whether the words of the turn name or describe one service, or a few."""
        what = cls(conversation, {}, lambda: None)
        return what._name(_plain(conversation.turn), False) or what._describe()

    @classmethod
    def is_named(cls, conversation: Conversation) -> bool:
        """Whether the words of the turn name just one service."""
        what = cls(conversation, {}, lambda: None)
        return what._name(_plain(conversation.turn), False) and what.service is not None

    def take_spoken_of(self) -> None:
        """Takes the service that was spoken of before, unless the customer said which."""
        code, self._conversation.state.service = self._conversation.state.service, ""
        if code and not self.service and not self.options:
            found = self._conversation.services.catalogue.find(code)
            if found:
                self.set(found)

    def _chosen(self) -> Service | None:
        """The option that the turn picks: by its place, by what only it has, or by its size."""
        options, turn = self.options, self._conversation.turn
        if not options:
            return None
        place = ordinal(turn.text, len(options)) if len(turn.text) < 10 else None
        if place is None:
            place = told_apart(turn, [one.words() for one in options])
        if place is not None:
            return options[place]
        wish = by_price(turn.text)
        ranked = sorted(options, key=lambda one: float(one.price))
        if wish == "cheapest" or _SMALL.search(turn.text):
            return ranked[0]
        return ranked[-1] if wish == "dearest" or _BIG.search(turn.text) else None

    def _name(self, words: str, sure: bool) -> bool:
        """``sure``: they name a service, so one that the shop has not is said."""
        hits = self._conversation.services.catalogue.search(words)
        best = [hit for hit in hits if hit.score >= CERTAIN and hits[0].score - hit.score <= CLOSE]
        if len(best) == 1 and best[0].code != (self.service.code if self.service else ""):
            self.set(best[0])
        elif len(best) == 1:
            return True
        elif best or (sure and hits):
            self._choose_among(best or hits)
        elif sure:
            self._conversation.say("appointment_unknown_service", service=words)
        return bool(best) or sure

    def _likeliest(self, words: str) -> bool:
        """Takes the service that words which name one are most like, where it is far ahead."""
        hits = self._conversation.services.catalogue.search(words)
        ahead = len(hits) == 1 or (hits and hits[0].score - hits[1].score >= AHEAD)
        if ahead and hits[0].score >= LIKELY:
            self.set(hits[0])
            return True
        return False

    def _describe(self) -> bool:
        """Takes the service that the words describe (``洗哈空调``), or offers the few that they
        may; whether there was any."""
        services = self._conversation.services.catalogue.all()
        found = described(self._conversation.turn, [one.words() for one in services])
        if len(found) == 1:
            self.set(services[found[0]])
        elif found:
            self._choose_among([services[number] for number in found[:OPTIONS]])
        return bool(found)

    def _choose_among(self, services: list[Service]) -> None:
        self._data["services"] = [asdict(one) for one in services]
        self._data.pop("service", None)
        self._changed()

    def ask(self) -> None:
        """Asks which of the options it is."""
        conversation, language = self._conversation, self._conversation.language
        names = [service.name(language) for service in self.options]
        last = conversation.wording("appointment_or")
        conversation.ask(WHICH_SERVICE, services=conversation.listing(names, last))
        conversation.offer(
            *((one.name(language), payload("inform", service=one.code)) for one in self.options)
        )


_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])(?:[个個下哈]|一[下哈])(?=[\u4e00-\u9fff])")


def _plain(turn: Turn) -> str:
    """The words of ``turn`` that may name a service, without what stands in the middle of its name
    (``喷个漆``, ``换四条轮胎``)."""
    return _BETWEEN.sub("", without(turn, "quantity", "time", "person", "phone"))
