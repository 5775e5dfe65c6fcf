"""The training data on disk: ``data/nlu/<capability>/<variety>.yml`` in Rasa's 3.1 format.

Each block holds the sentences of one intent by one writer and carries both as metadata, which
Rasa keeps: balance is counted by variety, and cross-validation leaves out whole writers.
"""

from __future__ import annotations

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from nightdesk.language.script import fold
from nightdesk.nlu.annotated import Example, parse_markdown
from nightdesk.nlu.data_examples import CAPABILITY_OF, INTENTS, DataError, problem, to_markdown

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HEADER = 'version: "3.1"\n\nnlu:\n'


def bare(text: str) -> str:
    """``text`` as duplicates are compared: folded, letters and digits only."""
    return "".join(filter(str.isalnum, fold(text))) or text


def read_file(path: Path) -> Iterator[Example]:
    """The examples of one data file; raises ``DataError`` on one that cannot be used."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}
    for block in document.get("nlu", ()):
        metadata = block.get("metadata") or {}
        for line in str(block["examples"]).splitlines():
            text, spans = parse_markdown(line.removeprefix("-").strip())
            variety, writer = str(metadata.get("variety", "")), str(metadata.get("writer", ""))
            example = Example(text, spans, block["intent"], variety, writer)
            if (why := problem(example)) is not None:
                raise DataError(f"{path.parent.name}/{path.name}: {line!r}: {why}")
            yield example


def read_folder(folder: Path) -> list[Example]:
    """All examples under ``folder`` in the order of their files."""
    files = sorted(folder.rglob("*.yml"))
    return [example for path in files for example in read_file(path)]


def texts_of(folder: Path) -> set[str]:
    """The texts of the evaluation sets in ``folder``, whatever their labels."""
    lines = [
        line.split("\t")
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {parse_markdown(fields[1])[0] for fields in lines if len(fields) > 1}


def render(examples: Iterable[Example]) -> str:
    """One data file: blocks by intent and writer, each sentence once."""
    blocks: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for example in examples:
        blocks[INTENTS.index(example.intent), example.source].append(example)
    parts = [HEADER]
    for (_, writer), block in sorted(blocks.items(), key=lambda item: item[0]):
        parts.append(f"- intent: {block[0].intent}\n")
        parts.append(f"  metadata: {{variety: {block[0].variety}, writer: {writer}}}\n")
        parts.append("  examples: |\n")
        parts += [f"    - {to_markdown(example)}\n" for example in block]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def rewrite(folder: Path) -> None:
    """Write every file of ``folder`` anew in its canonical form."""
    with _locked(folder):
        for path in sorted(folder.rglob("*.yml")):
            path.write_text(render(read_file(path)), encoding="utf-8")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one writer at a time adds to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def add(folder: Path, new: Iterable[Example], refused: Iterable[str] = ()) -> tuple[int, list[str]]:
    """Put ``new`` into ``folder``, leaving out what is there already or in ``refused``.

    ``refused`` are texts of evaluation sets. Returns how many were added and, for each that was
    not, the text and the reason. Files are written whole, so a reader never sees half a file.
    """
    with _locked(folder):
        present = read_folder(folder)
        known = {bare(example.text): example.intent for example in present}
        held_out = {bare(text) for text in refused}
        files: dict[Path, list[Example]] = defaultdict(list)
        for example in present:
            files[_path(folder, example)].append(example)
        added, left_out, changed = 0, [], set()
        for example in new:
            key = bare(example.text)
            if key in held_out:
                left_out.append(f"in an evaluation set: {example.text}")
            elif key in known:
                same = known[key] == example.intent
                why = "already there" if same else f"already there as {known[key]}"
                left_out.append(f"{why}: {example.text}")
            else:
                known[key] = example.intent
                files[_path(folder, example)].append(example)
                changed.add(_path(folder, example))
                added += 1
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".part")
            draft.write_text(render(files[path]), encoding="utf-8")
            draft.replace(path)
    return added, left_out


def _path(folder: Path, example: Example) -> Path:
    return folder / CAPABILITY_OF[example.intent] / f"{example.variety}.yml"
