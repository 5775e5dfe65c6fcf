"""What the customer just wrote, as Rasa understood it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_BORDER = r"[，,。.；;！!？?+\n]+|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])"
PLAUSIBLE = 0.35
"""From this probability on, an intent that is not clear by itself is believed in its context."""


@dataclass(frozen=True)
class Entity:
    """A piece of the message: its kind, its words as typed, its normalised value, its place."""

    kind: str
    text: str
    value: Any
    start: int
    end: int


@dataclass(frozen=True)
class Turn:
    """One message. ``tapped``: it came from a button, so its words are a payload, not language.

    ``staffed``: whether somebody of the shop's people is there, where the desk has said so.
    ``owner``: who has the conversation, in the desk's words; nothing where no desk is in between.
    ``candidates``: the intents, likeliest first, with their ``chances``; ``likely``: the one that
    a message without a clear intent would have if it had to have one, where it is not far-fetched.
    """

    text: str
    intent: str
    confidence: float
    entities: tuple[Entity, ...]
    language: str | None
    message_id: str
    tapped: bool = False
    candidates: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    likely: str = ""
    unreadable: bool = False
    staffed: bool | None = None
    owner: str = ""

    @classmethod
    def of_message(cls, message: dict[str, Any]) -> Turn:
        """The turn in a tracker's ``latest_message``."""
        text = message.get("text") or ""
        tapped = text.startswith("/")
        intent = message.get("intent") or {}
        metadata = message.get("metadata") or {}
        ranking = [one for one in message.get("intent_ranking") or () if one["name"]]
        language = message.get("language") or metadata.get("language")
        return cls(
            text=text,
            intent=intent.get("name") or "nlu_fallback",
            confidence=float(intent.get("confidence") or 0.0),
            entities=_entities(message.get("entities") or (), text, tapped),
            language=language if language in ("zh", "en") else "zh" if language else None,
            message_id=str(metadata.get("message_id") or message.get("message_id") or ""),
            tapped=tapped,
            unreadable=message.get("fallback") == "unreadable",
            staffed=metadata.get("staffed"),
            owner=str(metadata.get("owner") or ""),
            candidates=tuple(ranked["name"] for ranked in ranking),
            chances=tuple(float(ranked.get("confidence") or 0.0) for ranked in ranking),
            likely=_likely(ranking),
        )

    def all(self, kind: str) -> list[Entity]:
        """The entities of ``kind`` in the order of the text."""
        return [entity for entity in self.entities if entity.kind == kind]

    def first(self, kind: str) -> Entity | None:
        found = self.all(kind)
        return found[0] if found else None

    def around(self, words: str) -> str:
        """The clause in which ``words`` stand; nothing when they do not, or were tapped."""
        place = -1 if self.tapped else self.text.find(words)
        if place < 0:
            return ""
        before = re.split(_BORDER, self.text[:place])[-1]
        after = re.split(_BORDER, self.text[place + len(words) :])[0]
        return before + words + after

    def chance(self, intent: str) -> float:
        """How likely ``intent`` was, between 0 and 1."""
        ranked = dict(zip(self.candidates, self.chances, strict=False))
        return ranked.get(intent, 0.0)

    def any(self, *kinds: str) -> bool:
        """Whether the message has an entity of one of ``kinds``."""
        return any(entity.kind in kinds for entity in self.entities)


def _likely(ranking: list[dict[str, Any]]) -> str:
    """The likeliest intent of a ranking that begins with the fallback."""
    others = [one for one in ranking if one["name"] != "nlu_fallback"]
    if not others or len(others) == len(ranking):
        return ""
    return str(others[0]["name"]) if float(others[0].get("confidence") or 0) >= PLAUSIBLE else ""


def _entities(found: Any, text: str, tapped: bool) -> tuple[Entity, ...]:
    entities = []
    for item in found:
        value = item.get("value")
        start, end = int(item.get("start") or 0), int(item.get("end") or 0)
        typed = str(value) if tapped else text[start:end] or str(value)
        entities.append(Entity(item["entity"], typed, value, start, end))
    return tuple(sorted(entities, key=lambda entity: entity.start))
