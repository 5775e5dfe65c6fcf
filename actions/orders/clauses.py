"""A message cut into clauses, each with what was recognised in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from actions.clerk.turn import Entity, Turn
from actions.orders.counting import UNIT_EN, is_measure
from nightdesk.language.script import fold

SEPARATOR = re.compile(
    r"[，,。；;、！!？?+＋\n]|\.\s|和|跟|以及|还有|另外|然后|再|同埋|仲有|:\s|\band\b|\bplus\b|\balso\b|\bn\b|&"
    r"|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])",
    re.I,
)
_ELSEWHERE = ("address", "phone", "person", "time", "location", "order_no", "money")
"""Entities whose numbers count nothing."""
_NO_GOODS = re.compile(r"(?:the )?(?:following|items?|things?|products?|goods|orders?|stuff)", re.I)
_PHONE_LABEL = re.compile(r"(?:手机|电话|phone|mobile|cell)(?:号码?|number)?[\s是:：]*", re.I)


@dataclass(frozen=True)
class Clause:
    """``text`` begins at ``start`` of the message; ``others``: whose numbers count nothing."""

    start: int
    text: str
    products: list[Entity]
    quantities: list[Entity]
    models: list[Entity]
    others: list[Entity]


def clauses_in(turn: Turn) -> list[Clause]:
    """The message, cut at separators that stand outside all entities."""
    if turn.tapped:
        return [_clause(turn, 0, len(turn.text), "")]
    cuts = [
        match.start()
        for match in SEPARATOR.finditer(turn.text)
        if not any(
            entity.start < match.end() and match.start() < entity.end for entity in turn.entities
        )
    ]
    borders = [0, *cuts, len(turn.text)]
    clauses = [_clause(turn, start, end, turn.text[start:end]) for start, end in pairwise(borders)]
    return [clause for clause in clauses if clause.text.strip()]


def _clause(turn: Turn, start: int, end: int, text: str) -> Clause:
    def within(kind: str) -> list[Entity]:
        return [entity for entity in turn.all(kind) if turn.tapped or start <= entity.start < end]

    others = [one for kind in _ELSEWHERE for one in within(kind)]
    counts = [one for one in within("quantity") if not is_measure(turn, one)]
    return Clause(start, text, within("product"), counts, within("car_model"), others)


def without_labels(turn: Turn) -> Turn:
    """``turn`` without products that are only the label of a phone number (``手机133…``) or what a
    number counts (``3 bottles``), or that name goods of no kind (``the following``)."""
    phones = [phone.start for phone in turn.all("phone")]
    kept = [
        one
        for one in turn.entities
        if one.kind != "product"
        or (
            not UNIT_EN.fullmatch(one.text)
            and not _NO_GOODS.fullmatch(one.text)
            and not any(_PHONE_LABEL.fullmatch(turn.text, one.start, start) for start in phones)
        )
    ]
    return turn if turn.tapped else replace(turn, entities=tuple(kept))


def words_between(clause: Clause) -> str:
    """The clause without its entities, so that no product's name is read as an instruction."""
    words = clause.text
    for entity in (*clause.products, *clause.quantities, *clause.models, *clause.others):
        words = words.replace(entity.text, " ", 1)
    return fold(words)


def pair(products: list[Entity], quantities: list[Entity]) -> list[tuple[Entity, list[Entity]]]:
    """Each product with its quantities: those before it when the clause begins with a quantity,
    those after it otherwise (``两桶机油`` and ``机油两桶``)."""
    if len(products) == 1:
        return [(products[0], quantities[-1:])]
    leading = bool(quantities) and quantities[0].start < products[0].start
    pairs = []
    for index, product in enumerate(products):
        if leading:
            start = products[index - 1].end if index else 0
            own = [one for one in quantities if start <= one.start < product.start]
        else:
            end = products[index + 1].start if index + 1 < len(products) else None
            own = [
                one
                for one in quantities
                if product.end <= one.start and (end is None or one.start < end)
            ]
        pairs.append((product, own[:1]))
    return pairs
