"""A message for the shop's people, built from one notice or from many that wait together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from nightdesk.desk.handoff.notify import words

PREFIX = "NightDesk"
"""Begins every title: the keyword that a group robot may be told to insist on."""
_LONGEST_LINE = 200
_LONGEST_WISH = 60
_GRAVITY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}

Facts = dict[str, Any]
"""A notice as it is kept: kind, conversation_id, reason, priority, summary, link, at."""


@dataclass(frozen=True)
class Block:
    """What is said of one conversation, and where to open it."""

    lines: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Message:
    """``id`` is the same in every attempt. ``more``: the words when ``count`` blocks are left out.

    ``facts`` are the notices themselves, for who reads them by machine.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    link_title: str
    more: Callable[[int], str]
    facts: tuple[Facts, ...]

    def fit(
        self, head: str, block: Callable[[Block], str], most_bytes: int, between: str = "\n\n"
    ) -> str:
        """``head`` and as many blocks as ``most_bytes`` of UTF-8 hold, with a word for the rest."""
        parts = [head]
        for number, item in enumerate(self.blocks):
            left = len(self.blocks) - number
            ending = [self.more(left - 1)] if left > 1 else []
            if _size(between.join([*parts, block(item), *ending])) > most_bytes:
                parts.append(self.more(left))
                break
            parts.append(block(item))
        return between.join(parts)

    def plain(self, most_bytes: int) -> str:
        """As text without marks."""
        return self.fit(
            self.title, lambda block: "\n".join([*block.lines, block.link]).strip(), most_bytes
        )

    def markdown(self, most_bytes: int) -> str:
        """As the little Markdown that group robots know; what customers wrote has no marks."""

        def one(block: Block) -> str:
            lines = [f"> {_unmarked(line)}" for line in block.lines]
            link = [f"[{self.link_title}]({block.link})"] if block.link else []
            return "\n\n".join([*lines, *link])

        return self.fit(f"**{_unmarked(self.title)}**", one, most_bytes)


def compose(kept: Sequence[tuple[str, Facts]], languages: Sequence[str], zone: tzinfo) -> Message:
    """The message for ``kept`` notices (key, facts), in ``languages`` and the shop's time."""
    ordered = sorted(kept, key=lambda item: _GRAVITY.get(item[1].get("priority", ""), 2))
    facts = [item for _key, item in ordered]
    single = len(facts) == 1
    if single:
        title = words.both(words.KINDS.get(facts[0]["kind"], words.OTHER_KIND), languages)
        blocks = [Block(_in_full(facts[0], languages, zone), facts[0].get("link", ""))]
    else:
        title = words.both(words.MANY, languages, count=len(facts))
        blocks = [
            Block((_in_brief(item, languages, zone),), item.get("link", "")) for item in facts
        ]
    grave = facts[0].get("priority") == "urgent"
    mark = f"[{words.named(words.PRIORITIES, 'urgent', languages)}] " if grave else ""
    return Message(
        id=_id([key for key, _item in kept]),
        title=f"{PREFIX} {mark}{title}",
        blocks=tuple(blocks),
        link_title=words.both(words.OPEN, languages),
        more=lambda count: words.both(words.MORE, languages, count=count),
        facts=tuple(facts),
    )


def _in_full(facts: Facts, languages: Sequence[str], zone: tzinfo) -> tuple[str, ...]:
    if facts["kind"] == "test":
        return (words.both(words.TEST, languages),)
    labelled = [
        (words.REASON, words.named(words.REASONS, facts["reason"], languages)),
        (words.PRIORITY, words.named(words.PRIORITIES, facts["priority"], languages)),
        *zip(words.SUMMARY, facts["summary"], strict=False),
        (words.TIME, _moment(facts["at"], zone)),
    ]
    return tuple(
        _cut(f"{words.both(label, languages)}: {text}", _LONGEST_LINE) for label, text in labelled
    )


def _in_brief(facts: Facts, languages: Sequence[str], zone: tzinfo) -> str:
    parts = [
        _moment(facts["at"], zone),
        words.named(words.PRIORITIES, facts["priority"], languages[:1]),
        words.named(words.REASONS, facts["reason"], languages[:1]),
        *(_cut(line, _LONGEST_WISH) for line in facts["summary"][:2]),
    ]
    return " | ".join(parts)


def _moment(at: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(at).astimezone(zone).strftime("%m-%d %H:%M")


def _id(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else hashlib.sha256("\n".join(keys).encode()).hexdigest()[:32]


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _size(text: str) -> int:
    return len(text.encode())


_MARKS = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "#": "＃"}
)


def _unmarked(text: str) -> str:
    """``text`` with the letters that Markdown reads as marks (links, mentions) made harmless."""
    return text.translate(_MARKS)
