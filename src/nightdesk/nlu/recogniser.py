"""Entities of a message: the tagger, the certain shapes and the merchant's words, made one.

Where they disagree, one rule decides, in this order:

1. the shop's own order numbers, e-mail addresses, and telephone numbers that cannot be anything
   else are what they are (unless the tagger and the words around it both say a reference number);
2. what the tagger found stands, its borders mended (``borders.mend``);
3. what cannot be missed is added where nothing stands (``unmissable``, ``counted``).

What overlaps something of an earlier rank is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nightdesk.language.email import find_emails
from nightdesk.language.lexicon import Hit, Lexicon
from nightdesk.language.numbers import kind_of
from nightdesk.language.phone import find_phones
from nightdesk.language.tokens import fold_in_place
from nightdesk.nlu.annotated import Span
from nightdesk.nlu.borders import counted, mend, names_beside_phones, order_numbers, unmissable
from nightdesk.nlu.tagger import Tagger
from nightdesk.nlu.values import Shop, value

_NUMBERS = frozenset({"order_no", "appointment_no", "ticket_no", "tracking_no"})


@dataclass(frozen=True)
class Found:
    """A recognised span, how sure the source of it was, and the codes it names if it is known."""

    span: Span
    confidence: float
    codes: tuple[str, ...] = ()


def recognise(
    text: str, tagger: Tagger, lexicon: Lexicon, shop: Shop, intent: str = ""
) -> list[Found]:
    """The entities of ``text`` in order; they do not overlap."""
    hits = lexicon.find(text)
    tagged = [
        (_renamed(span, text, shop), confidence)
        for span, confidence in tagger.tag(text, hits, intent)
    ]
    folded = fold_in_place(text)
    chosen = order_numbers(folded, shop.order_prefix)
    for span in _certain(text, shop):
        if not _is_number(span, text, tagged, shop) and not _overlaps(span, chosen):
            chosen.append(span)
    ranks = ([span for span, _ in tagged], unmissable(folded, hits))
    for rank in ranks:
        for span in rank:
            if not _overlaps(span, chosen):
                chosen.append(span)
        chosen = mend(folded, chosen, hits)
    chosen += [span for span in counted(folded, chosen) if not _overlaps(span, chosen)]
    chosen += names_beside_phones(text, chosen)
    chosen.sort(key=lambda span: span.start)
    return [Found(span, _confidence(span, tagged), _codes(span, hits)) for span in chosen]


def as_rasa(
    found: Sequence[Found], text: str, shop: Shop, now: datetime, extractor: str
) -> list[dict[str, Any]]:
    """Entities as Rasa keeps them, with ``text`` (as typed) and ``codes`` (SKUs or codes) added."""
    return [
        {
            "entity": item.span.entity,
            "start": item.span.start,
            "end": item.span.end,
            "text": text[item.span.start : item.span.end],
            "value": value(item.span.entity, text[item.span.start : item.span.end], shop, now),
            "confidence_entity": round(item.confidence, 4),
            "extractor": extractor,
            **({"codes": list(item.codes)} if item.codes else {}),
        }
        for item in found
    ]


def _renamed(span: Span, text: str, shop: Shop) -> Span:
    """A reference number under the kind that its own shape or the nearest word says."""
    if span.entity not in _NUMBERS:
        return span
    kind = kind_of(text[span.start : span.end], text, shop.order_prefix)
    return Span(span.start, span.end, kind or span.entity)


def _certain(text: str, shop: Shop) -> list[Span]:
    spans = [Span(start, end, "email") for start, end, _ in find_emails(text)]
    for start, end, phone in find_phones(text, shop.region):
        digits = phone.digits.lstrip("+")
        if phone.mobile and (len(digits) >= 11 or digits.startswith("09")):  # 09…: Taiwan
            spans.append(Span(start, end, "phone"))
    return spans


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _confidence(span: Span, tagged: Sequence[tuple[Span, float]]) -> float:
    """The tagger's probability of the span; 1 for what a rule alone found."""
    inside = [p for other, p in tagged if span.start <= other.start < span.end]
    return min(inside, default=1.0)


def _is_number(span: Span, text: str, tagged: Sequence[tuple[Span, float]], shop: Shop) -> bool:
    """Whether tagger and context agree that a telephone number is a reference number."""
    seen = any(
        (other.start, other.end) == (span.start, span.end) and other.entity in _NUMBERS
        for other, _ in tagged
    )
    return seen and kind_of(text[span.start : span.end], text, shop.order_prefix) is not None


def _codes(span: Span, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The codes that the merchant's words inside the span agree on, the best level first."""
    inside = [
        hit
        for hit in hits
        if span.start <= hit.start and hit.end <= span.end and hit.kind == span.entity and hit.codes
    ]
    if not inside:
        return ()
    levels = ("exact", "sound", "part", "head")
    inside.sort(key=lambda hit: (levels.index(hit.level), hit.start - hit.end))
    common = set(inside[0].codes)
    for hit in inside[1:]:
        common = common & set(hit.codes) or common
    return tuple(sorted(common))
