"""Annotated sentences: ``来[两箱](quantity)[机油](product)`` and the files that hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SPAN = re.compile(r"\[([^\[\]]+)\](?:\((\w+)\)|(\{[^{}]*\}))")


@dataclass(frozen=True)
class Span:
    """A typed stretch of a text: ``text[start:end]`` is the entity."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True)
class Example:
    """A sentence with its intent, variety (empty if unknown), source and entity spans."""

    text: str
    spans: tuple[Span, ...] = ()
    intent: str = ""
    variety: str = ""
    source: str = ""


def parse_markdown(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The plain text of Rasa's entity markdown, and its spans.

    Raises:
        ValueError: an annotation names no entity.
    """
    text, spans, last = "", [], 0
    for match in _SPAN.finditer(marked):
        text += marked[last : match.start()]
        entity = match[2] or json.loads(match[3]).get("entity")
        if not entity:
            raise ValueError(f"no entity in {match[0]!r}")
        spans.append(Span(len(text), len(text) + len(match[1]), entity))
        text += match[1]
        last = match.end()
    return text + marked[last:], tuple(spans)


def read_tsv(paths: Iterable[Path]) -> Iterator[Example]:
    """The examples of files of ``intent<TAB>marked text<TAB>variety`` lines.

    Raises:
        ValueError: a line has no text.
    """
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) < 2:
                raise ValueError(f"{path}:{number}: no text")
            text, spans = parse_markdown(columns[1])
            variety = columns[2] if len(columns) > 2 else ""
            yield Example(text, spans, columns[0], variety, path.stem)
