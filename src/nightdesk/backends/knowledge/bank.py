"""The bank of how people ask: topics that shops have, each with recorded phrasings.

``data/knowledge/bank/*.yml`` holds questions, ``data/knowledge/bank/faults/*.yml`` symptoms. A file
maps a topic to ``about`` (one line) and its phrasings by variety, one phrasing a line; ``general:
true`` marks what is asked of any thing that a shop sells (see ``things``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from nightdesk.language.script import fold
from nightdesk.settings import ROOT

BANK = ROOT / "data" / "knowledge" / "bank"
FAULTS = BANK / "faults"
VARIETIES = ("standard", "colloquial", "dialect", "noisy", "en")


@dataclass(frozen=True, eq=False)
class Topic:
    """Something that customers of many shops ask. ``phrasings``: by variety.

    ``general``: it is asked of any thing, which then says nothing about the question.
    """

    id: str
    about: str
    phrasings: dict[str, tuple[str, ...]]
    general: bool = False

    def all(self) -> tuple[str, ...]:
        """Every phrasing."""
        return tuple(text for texts in self.phrasings.values() for text in texts)


def read(folder: Path, pattern: str = "*.yml") -> tuple[Topic, ...]:
    """The topics of the files in ``folder`` that are named like ``pattern``.

    Raises:
        ValueError: an unknown variety, a topic without phrasings, or one given twice; a phrasing
            of two topics.
    """
    topics: dict[str, Topic] = {}
    owner: dict[str, str] = {}
    for path in sorted(folder.glob(pattern)):
        content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        for name, fields in content.items():
            topic = _topic(path.name, str(name), fields)
            if topic.id in topics:
                raise ValueError(f"{path.name}: the topic {topic.id} is given twice")
            for text in topic.all():
                if (other := owner.setdefault(_bare(text), topic.id)) != topic.id:
                    raise ValueError(f"{path.name}: {text!r} is of {topic.id} and of {other}")
            topics[topic.id] = topic
    return tuple(topics.values())


def _topic(file: str, name: str, fields: dict[str, str]) -> Topic:
    if unknown := set(fields) - {"about", "general", *VARIETIES}:
        raise ValueError(f"{file}: {name} has unknown varieties {sorted(unknown)}")
    phrasings = {
        variety: tuple(line.strip() for line in fields[variety].splitlines() if line.strip())
        for variety in VARIETIES
        if variety in fields
    }
    if not any(phrasings.values()):
        raise ValueError(f"{file}: {name} has no phrasings")
    return Topic(name, str(fields.get("about", "")), phrasings, bool(fields.get("general")))


def _bare(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


@lru_cache(maxsize=2)
def shipped(folder: Path = BANK) -> tuple[Topic, ...]:
    """The topics that the product ships."""
    return read(folder)
