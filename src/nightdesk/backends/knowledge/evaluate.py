"""Measures the ranker on questions that it has never seen, beside BM25 in the same run.

``nightdesk evaluate --knowledge FILE [--merchant DIR] [--faults]``: a line of FILE is
``id<TAB>question[<TAB>variety]``; the id ``NONE`` marks a question that has no answer. ``DIR`` is a
merchant's folder, or its ``faq.csv`` (with ``--faults``: ``faults.csv``) alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from rich.table import Table

from nightdesk.backends.knowledge import bank, judging, search
from nightdesk.backends.knowledge.bm25 import Bm25
from nightdesk.backends.knowledge.ranker import Item, Ranker
from nightdesk.merchant.reader import read, read_one
from nightdesk.merchant.tables import FAQ, FAULTS

NONE = "NONE"


@dataclass(frozen=True)
class Question:
    """A question, the item that answers it (``NONE``: none does) and how it is said."""

    answer: str
    text: str
    variety: str


@dataclass(frozen=True)
class Outcome:
    """What a ranker made of a question: its first three items, and whether it would answer."""

    question: Question
    first: tuple[str, ...]
    answered: bool

    @property
    def right(self) -> bool:
        return self.first[:1] == (self.question.answer,)


def questions(path: Path) -> list[Question]:
    """The questions of a file.

    Raises:
        ValueError: a line is not ``id<TAB>question``.
    """
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) < 2:
            raise ValueError(f"{path.name}, line {number}: expected id<TAB>question")
        found.append(Question(parts[0], parts[1], parts[2] if len(parts) > 2 else ""))
    return found


def items(merchant: Path, faults: bool) -> list[Item]:
    """What the ranker sees of a merchant's questions, or of the faults: of a folder, or one file.

    Raises:
        MerchantErrors: the folder or file is not valid.
    """
    if merchant.is_file():
        table, item = (FAULTS, search.fault_item) if faults else (FAQ, search.entry_item)
        return [item(record) for record in read_one(merchant, table)]
    shop = read(merchant)
    if faults:
        return [search.fault_item(fault) for fault in shop.faults]
    return [search.entry_item(faq) for faq in shop.faqs]


def fitted(known: Sequence[Item], faults: bool) -> Ranker:
    """The ranker that a shop with these questions, or faults, has."""
    topics = bank.shipped(bank.FAULTS if faults else bank.BANK)
    ranker = Ranker(known, topics, judging=judging.FAULTS if faults else judging.QUESTIONS)
    ranker.fit()
    return ranker


def run(ranker: Ranker, asked: Sequence[Question]) -> list[Outcome]:
    """What ``ranker`` makes of each question."""
    outcomes = []
    for question in asked:
        ranking = ranker.rank(question.text, 3)
        first = tuple(hit.id for hit in ranking.hits)
        outcomes.append(Outcome(question, first, ranking.answerable))
    return outcomes


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if not total:
        return 0.0, 1.0
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - spread) / scale, (middle + spread) / scale


def figures(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Hits and totals of the figures that issue 5 names."""
    known = [o for o in outcomes if o.question.answer != NONE]
    unknown = [o for o in outcomes if o.question.answer == NONE]
    return {
        "right entry first": (sum(o.right for o in known), len(known)),
        "right entry among three": (sum(o.question.answer in o.first for o in known), len(known)),
        "answered, and rightly": (sum(o.right and o.answered for o in known), len(known)),
        "withheld, of the answerable": (sum(not o.answered for o in known), len(known)),
        "without an answer: not answered": (sum(not o.answered for o in unknown), len(unknown)),
        "answered wrongly, of all": (
            sum(o.answered and not o.right for o in outcomes),
            len(outcomes),
        ),
    }


def report(file: Path, merchant: Path, faults: bool, errors: Path) -> Table:
    """The figures of the ranker and of BM25 on the questions of ``file``.

    What goes wrong is written to ``errors``: ``id<TAB>question<TAB>first three<TAB>answered``.

    Raises:
        ValueError: a line of ``file`` is not ``id<TAB>question``.
        MerchantErrors: the merchant's folder, or file, is not valid.
    """
    asked = questions(file)
    known = items(merchant, faults)
    outcomes = run(fitted(known, faults), asked)
    beside = figures(run_plain(known, asked))
    table = Table(title=f"{file.name}: {len(asked)} questions, {len(known)} entries")
    for name in ("", "NightDesk", "BM25"):
        table.add_column(name, no_wrap=True)
    for name, (hits, total) in figures(outcomes).items():
        if total:
            plain = _cell(*beside[name]) if name.startswith("right") else "–"
            table.add_row(name, _cell(hits, total), plain)
    write_errors(outcomes, errors)
    return table


def run_plain(known: Sequence[Item], asked: Sequence[Question]) -> list[Outcome]:
    """What BM25 over the items' phrasings, the baseline, makes of each question."""
    baseline = Bm25([item.phrasings for item in known])
    outcomes = []
    for question in asked:
        order = np.argsort(-baseline.scores(question.text), kind="stable")[:3]
        first = tuple(known[place].id for place in order)
        outcomes.append(Outcome(question, first, answered=True))
    return outcomes


def write_errors(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write what was answered wrongly, or not found first, to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for one in outcomes:
            unknown = one.question.answer == NONE
            if one.answered if unknown else not one.right:
                said = "answered" if one.answered else "withheld"
                line = (one.question.answer, one.question.text, ",".join(one.first), said)
                file.write("\t".join(line) + "\n")


def _cell(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{100 * hits / total:.1f} %  [{100 * low:.1f}, {100 * high:.1f}]  {hits}/{total}"
