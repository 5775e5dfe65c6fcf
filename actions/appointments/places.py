"""Where an appointment is: the branch that was named, or the nearest to where the customer is."""

from __future__ import annotations

import re
from typing import Any

from actions.backends.catalogue import Service
from actions.backends.scheduling import Branch, Nearby
from actions.clerk.choosing import ordinal, told_apart
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from nightdesk.language.script import fold

WHICH_PLACE, WHICH_BRANCH = "appointment_which_place", "appointment_which_branch"
FAR_KM = 60.0
"""From here on the distance to the nearest branch is said."""
AT_IT_KM = 0.05
"""A branch this near to the place that was understood is itself the place."""
_HERE = re.compile(
    r"(?:离|距)?我(?:这|这里|这边)?(?:最?近)?|附近|near(?:by|est)?(?: me)?|near me", re.I
)
_SHOP = re.compile(r"\b(?:branch|store|shop)\b|门?店")
_SHORT = 24
_LATIN = re.compile(r"[a-z]{4,}")
MOST = 4
"""As many branches as are offered to choose among."""


class Places:
    """Over the visit's JSON: ``branch``, or ``branches`` and ``places`` to choose among."""

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        self._conversation = conversation
        self._data = data

    @property
    def branch(self) -> Branch | None:
        data = self._data.get("branch")
        return Branch.of_json(data) if data else None

    @property
    def open(self) -> bool:
        """Whether the customer has to choose."""
        return bool(self._data.get("branches") or self._data.get("places"))

    def set(self, branch: Branch) -> None:
        self._clear()
        self._data["branch"] = branch.as_json()
        self._conversation.state.branch = branch.code

    def set_code(self, code: str) -> None:
        """The branch ``code``, if there is one."""
        nearby = self._conversation.services.scheduling.branches(limit=500)
        for branch in nearby.branches:
            if branch.code == code:
                self.set(branch)

    def take_only(self, service: Service) -> None:
        """The branch that does ``service``, where there is only one: it needs no question."""
        if self.branch is None and not self.open:
            able = self._conversation.services.scheduling.branches(service=service.code, limit=2)
            if len(able.branches) == 1:
                self.set(able.branches[0])

    @classmethod
    def is_named(cls, conversation: Conversation) -> bool:
        """Whether the turn names a branch or a place; it is not taken."""
        turn, spoken_of = conversation.turn, conversation.state.branch
        named = turn.any("branch", "location") or cls(conversation, {})._town(turn.text)
        conversation.state.branch = spoken_of
        return named

    def _clear(self) -> None:
        for name in ("branch", "branches", "places"):
            self._data.pop(name, None)

    def take(self, asked: bool) -> bool:
        """Takes a branch or a place from the turn; whether it named one."""
        turn = self._conversation.turn
        options = [Branch.of_json(one) for one in self._data.get("branches", ())]
        index = ordinal(turn.text, len(options)) if options and len(turn.text) < 10 else None
        if index is not None:
            self.set(options[index])
            return True
        apart = told_apart(turn, [one.words() for one in options])
        if apart is not None:
            self.set(options[apart])
            return True
        named = turn.first("branch") or turn.first("location") or turn.first("address")
        if named and turn.tapped and named.kind == "branch":
            self.set_code(str(named.value))
            return True
        if named:
            words = " ".join(
                one.text for one in turn.entities if one.kind in ("location", "branch", "address")
            )
            if named.kind != "branch" or not self._named(named.text):
                self._locate(words, sure=True)
            return True
        if self.branch is None and not self.open and not turn.tapped and self._town(turn.text):
            return True
        if asked and self.branch is None and not turn.tapped:
            words = turn.text
            for entity in turn.entities:
                words = words.replace(entity.text, " ", 1)
            return 1 < len(words.strip()) <= _SHORT and self._locate(words.strip(), sure=False)
        return False

    def _town(self, text: str) -> bool:
        """Takes a town of the shop's, or what only one of its branches is called (``浦东``), that
        stands anywhere in the words."""
        everywhere = self._conversation.services.scheduling.branches(limit=500).branches
        towns = {branch.city for branch in everywhere if branch.city and branch.city in fold(text)}
        if len(towns) == 1:
            return self._locate(towns.pop(), sure=False)
        called = [one for one in everywhere if (stem := _stem(one)) and stem in fold(text)]
        if len(called) == 1:
            self.set(called[0])
            return True
        spoken = _latin_words(text)
        named = [one for one in everywhere if spoken & _latin_words(one.name_en)]
        if len(named) == 1:
            self.set(named[0])
        elif 1 < len(named) <= MOST:
            self._data["branches"] = [branch.as_json() for branch in named]
        return 0 < len(named) <= MOST

    def _named(self, words: str) -> bool:
        """Takes the one branch whose name has these words; whether there is just one."""
        stem = _SHOP.sub("", words.lower()).strip()
        everywhere = self._conversation.services.scheduling.branches(limit=500).branches
        found = [
            one for one in everywhere if stem and stem in f"{one.name_zh} {one.name_en}".lower()
        ]
        if len(found) == 1:
            self.set(found[0])
        return len(found) == 1

    def _locate(self, words: str, sure: bool) -> bool:
        """``sure``: the words name a place, so it is said when it is not known."""
        found = self._conversation.services.scheduling.branches(near=words)
        if found.candidates:
            self._clear()
            self._data["places"] = list(found.candidates[:MOST])
            return True
        if found.place is None or not found.branches:
            if sure and _HERE.sub("", words).strip():
                self._conversation.say("appointment_unknown_place", place=words)
            return False
        several = in_the_same_town(found)
        if len(several) > 1:
            self._clear()
            self._data["branches"] = [branch.as_json() for branch in several[:MOST]]
            return True
        nearest = found.branches[0]
        if nearest.distance is not None and nearest.distance >= FAR_KM:
            self._conversation.say(
                "appointment_far",
                place=words,
                branch=nearest.name(self._conversation.language),
                distance=round(nearest.distance),
            )
        self.set(nearest)
        return True

    def ask(self) -> None:
        """Asks what is open of the place."""
        conversation, language = self._conversation, self._conversation.language
        last = conversation.wording("appointment_or")
        if places := self._data.get("places"):
            conversation.ask(WHICH_PLACE, places=conversation.listing(places, last))
            conversation.offer(*((one, payload("inform", location=one)) for one in places))
        elif branches := [Branch.of_json(one) for one in self._data.get("branches", ())]:
            names = [branch.name(language) for branch in branches]
            conversation.ask(WHICH_BRANCH, branches=conversation.listing(names, last))
            conversation.offer(
                *((one.name(language), payload("inform", branch=one.code)) for one in branches)
            )

    def elsewhere(self, service: Service) -> None:
        """The branch does not do ``service``: says so and takes the nearest one that does."""
        branch, language = self.branch, self._conversation.language
        assert branch is not None
        found = self._conversation.services.scheduling.branches(
            near=branch.name_zh, service=service.code
        )
        others = [one for one in found.branches if one.code != branch.code]
        self._clear()
        if not others:
            self._conversation.say(
                "appointment_nowhere", branch=branch.name(language), service=service.name(language)
            )
            return
        self._conversation.say(
            "appointment_not_there",
            branch=branch.name(language),
            service=service.name(language),
            other=others[0].name(language),
            distance=round(others[0].distance or 0),
        )
        self.set(others[0])


def _latin_words(text: str) -> set[str]:
    """Its longer words, ``Xi'an`` as one."""
    return set(_LATIN.findall(re.sub(r"['’]", "", text.lower())))


def _stem(branch: Branch) -> str:
    """What is left of a branch's name without its town and ``店``."""
    return fold(_SHOP.sub("", branch.name_zh.removeprefix(branch.city))).strip()


def in_the_same_town(found: Nearby) -> list[Branch]:
    """The branches of the town that was named, when no more than the town was."""
    place = found.place
    if place is None:
        return []
    nearest = found.branches[0]
    town = place.level in ("province", "city") or (
        place.level == "branch" and (nearest.distance or 0) > AT_IT_KM
    )
    if not town:
        return []
    return [one for one in found.branches if one.city and one.city in place.name]
