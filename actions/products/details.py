"""What the catalogue's own words answer about a product: ``近视能用吗`` → ``近视可换片``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.backends.orders import Product
from actions.clerk.measures import Measure, measures_of, ranges_of
from nightdesk.language.described import shared

_CLAUSES = re.compile(r"[，。；;]|(?<=[a-z]) and (?=[a-z])|[.,](?=\s|$)")
LEAST = 2.0
"""How much a clause must share with a question to answer it: two characters, one rare pair."""
_ONE_WORD = 1.6
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_SAYS_NOTHING = re.compile(r"不?合适|适合|适用|适配|\bsuitable\b", re.I)
_SAME = ((re.compile(r"保修|包修|包换|保固|保用"), "质保"), (re.compile(r"木头|木质"), "木质"))
"""Words that customers and catalogues use for each other."""


@dataclass(frozen=True)
class Detail:
    """What the catalogue says. ``measure``: what it was asked about, where it is a range that
    ``covers`` it or not."""

    text: str
    measure: Measure | None = None
    covers: bool = False


def detail_of(product: Product, question: str, language: str) -> Detail | None:
    """What the description of ``product`` answers to ``question``; None when it says nothing."""
    description = product.description_en if language == "en" else product.description_zh
    clauses = _clauses(description or product.description_zh)
    ranges = [
        (clause, one) for clause in _clauses(product.description_zh) for one in ranges_of(clause)
    ]
    for measure in measures_of(question):
        for clause, one in ranges:
            if one.unit == measure.unit:
                said = clause if language != "en" else description.rstrip(".")
                return Detail(said, measure, one.covers(measure))
    asked = _folded(_without_names(question, product))
    scored = [(shared(asked, _folded(clause)), clause) for clause in clauses]
    best = max(scored, default=(0.0, ""), key=lambda one: one[0])
    least = _ONE_WORD if language == "en" else LEAST
    return Detail(best[1]) if best[0] >= least else None


def weight_of(product: Product, question: str) -> float:
    """How much ``question`` shares with all that is said of ``product``."""
    names, remarks = product.words()
    return shared(_folded(question), _folded(" ".join([*names, *remarks])))


def weight_of_answer(question: str, entry: str) -> float:
    """How much ``question`` shares with the words of another answer."""
    return shared(_folded(question), _folded(entry))


def _without_names(question: str, product: Product) -> str:
    """``question`` without what the product is called: its name answers nothing."""
    words = sorted(product.words()[0], key=len, reverse=True)
    for word in words:
        if len(word) > 1:
            question = re.sub(re.escape(word), " ", question, flags=re.I)
    for word in _LATIN_WORD.findall(product.name_en):
        question = re.sub(rf"\b{word}s?\b", " ", question, flags=re.I)
    return _SAYS_NOTHING.sub(" ", question)


def _clauses(description: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSES.split(description) if clause.strip()]


def _folded(text: str) -> str:
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text
