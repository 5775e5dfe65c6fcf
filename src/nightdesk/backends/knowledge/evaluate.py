"""Measures the ranker on questions that it has never seen, beside BM25 in the same run.

``python -m nightdesk.backends.knowledge.evaluate FILE [--merchant DIR] [--faults]``: a line of FILE
is ``id<TAB>question[<TAB>variety]``; the id ``NONE`` marks a question that has no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from nightdesk import settings
from nightdesk.backends.knowledge import bank
from nightdesk.backends.knowledge.features import features
from nightdesk.backends.knowledge.ranker import Item, Ranker
from nightdesk.merchant.reader import Merchant, read

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


class Bm25:
    """Okapi BM25 over each item's phrasings, k1 = 1.2, b = 0.75 (Robertson and Zaragoza, 2009)."""

    def __init__(self, items: Sequence[Item], k1: float = 1.2, b: float = 0.75) -> None:
        self._ids = [item.id for item in items]
        documents = [Counter(t for text in item.phrasings for t in _terms(text)) for item in items]
        lengths = np.array([sum(document.values()) for document in documents])
        self._weights: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        norm = k1 * (1 - b + b * lengths / lengths.mean())
        for term, found in Counter(t for document in documents for t in document).items():
            count = np.array([document[term] for document in documents])
            idf = log(1 + (len(items) - found + 0.5) / (found + 0.5))
            self._weights[term] = idf * count * (k1 + 1) / (count + norm)

    def first(self, question: str, limit: int = 3) -> tuple[str, ...]:
        """The ids of the best items."""
        scores = sum(
            (self._weights[term] for term in set(_terms(question)) if term in self._weights),
            np.zeros(len(self._ids)),
        )
        return tuple(self._ids[place] for place in np.argsort(-scores, kind="stable")[:limit])


def _terms(text: str) -> list[str]:
    """Words, and Chinese characters alone and in pairs."""
    return [
        name for name in features(text) if name[0] == "w" or (name[0] == "h" and len(name) <= 3)
    ]


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


def items(merchant: Merchant, faults: bool) -> list[Item]:
    """What the ranker sees of a merchant's questions, or of the faults."""
    if faults:
        rows = [(f.id, (f.symptom_zh, *f.phrases, f.symptom_en)) for f in merchant.faults]
    else:
        rows = [(f.id, (f.question_zh, *f.alt_questions, f.question_en)) for f in merchant.faqs]
    return [Item(key, tuple(text for text in texts if text)) for key, texts in rows]


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


def main(
    file: Path,
    merchant: Path = typer.Option(settings.ROOT / "merchants" / "qiming", help="The folder."),
    faults: bool = typer.Option(False, help="FILE holds symptoms, not questions."),
    errors: bool = typer.Option(False, help="Show each question that went wrong."),
) -> None:
    """Measure the ranker on FILE."""
    asked = questions(file)
    known = items(read(merchant), faults)
    ranker = Ranker(known, bank.shipped(bank.FAULTS if faults else bank.BANK))
    ranker.fit()
    baseline = Bm25(known)
    outcomes = run(ranker, asked)
    plain = [Outcome(q, baseline.first(q.text), answered=True) for q in asked]
    console = Console()
    table = Table(title=f"{file.name}: {len(asked)} questions, {len(known)} entries")
    table.add_column("")
    for name in ("NightDesk", "BM25"):
        table.add_column(name, justify="right")
    beside = figures(plain)
    for name, (hits, total) in figures(outcomes).items():
        if total:
            cell = _cell(*beside[name]) if name.startswith("right") else "–"
            table.add_row(name, _cell(hits, total), cell)
    console.print(table)
    for outcome in outcomes if errors else ():
        wrong = outcome.answered if outcome.question.answer == NONE else not outcome.right
        if wrong:
            said = "answered" if outcome.answered else "withheld"
            console.print(f"{outcome.question.answer}\t{outcome.first}\t{said}", markup=False)


def _cell(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{100 * hits / total:.1f} %  [{100 * low:.1f}, {100 * high:.1f}]  {hits}/{total}"


if __name__ == "__main__":
    typer.run(main)
