"""Where an entity begins and ends, and what cannot be missed: the annotation's habits as rules.

Each rule was counted over the annotated corpus before it was written; the figures are how often
annotators do as the rule says, against how often they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nightdesk.language.lexicon import Hit
from nightdesk.language.numerals import spoken_in_place
from nightdesk.language.person import beside, surname
from nightdesk.language.places import place_spans
from nightdesk.nlu.annotated import Span

_COLOUR = (
    r"[红橙黄绿青蓝紫黑白灰粉金银棕咖米]色的?|(?<![\u4e00-\u9fff])[红黄绿蓝紫黑白灰粉](?:的)?|"
    r"\b(?:red|black|white|blue|green|pink|gr[ae]y|yellow|brown|beige|navy|purple|silver|gold)\s"
)
_PLACE = (
    r"(?<![以之然先最])(?:前后|左右|[左右][前后]|左|右|前(?=后))|"
    r"\b(?:(?:front|rear) (?:and|n|&|\+) )?(?:front|rear|left|right)\s"
)
_SIZE = (
    r"(?<![0-9.])[0-9]{1,4}(?:\.[0-9])?\s?"
    r"(?:寸|码的?|inch|in|l|litre|liter|升|ml|毫升|瓦|w|安时|安|ah|a|v|伏|kg|mm|cm)的?\s?"
)
#: Qualifiers that stand before a product inside its span (colour 60:9, place 62:11, size 84:6).
_QUALIFIER = re.compile(rf"(?:{_COLOUR}|{_PLACE}|{_SIZE})$")
#: Words before a time inside its span (next, this, last 40:1; after, before 10:0).
_TIME_LEFT = re.compile(r"\b(?:next|this|last|coming|after|before)\s$|(?:上上|下下|大|[上下这本])$")
#: Words after a time inside its span (前 25:8, 后 39:4, 左右 2:0, 钟 25:0, 半 41:0, am 23:0).
_TIME_RIGHT = re.compile(
    r"(?:(?<=[点點])(?:半|钟|整)|之前|以前|之后|以后|左右|前(?!后)|后(?!面)|\s?[ap]m\b)"
)
#: Stretches that make one product when two pieces of it were found (5W-30 + 机油).
_GLUE = re.compile(r"\s?")
#: A size alone, which the tagger may take for a quantity (``24 inch`` wipers).
_SIZE_ONLY = re.compile(
    r"[0-9]{1,4}(?:\.[0-9])?\s?(?:寸|码|inch|in|瓦|w|安|ah|a|v|伏|mm|cm)", re.ASCII
)
#: The rest of a Latin name or type number that the tagger cut.
_LATIN_REST = re.compile(r"(?<=[a-z0-9])[a-z0-9]+(?:-[a-z0-9]+)*")
#: House numbers after what was found of an address.
_ADDRESS_RIGHT = re.compile(
    r"(?:(?<=[0-9号栋幢座元室楼层-])-?[0-9]{1,5}(?![0-9])[a-z]?(?:号楼?|栋|幢|座|单元|室|楼|层)?)+"
)
#: The building after a house number (``1700号环球中心``, ``18号 上实大厦12楼``).
_BUILDING = re.compile(
    r"\s?[\u4e00-\u9fff]{2,10}?(?:大厦|中心|广场|小区|花园|公寓|大楼|商场|写字楼)"
    r"[0-9a-z]{0,4}(?:号楼?|栋|幢|座|单元|层|楼|室|f)?[0-9]{0,5}(?:室|房|号)?"
)
#: The Chinese words right before, back to a verb of sending or being.
_PHRASE = re.compile(r"(?:(?<![改换写])成|(?![寄送发到在住是址为成给改换写])[\u4e00-\u9fff]){2,8}$")
_HALF = re.compile(r"\bhalf\s$")
#: The last character of a three-character name that the tagger cut (``赵铁军 138…``).
_NAME_REST = re.compile(r"[^\W\d_a-z收的吧啊呀了哈叫签说要和跟](?=[\s,，。0-9]|$)")
_GOODS = frozenset({"product", "service"})
#: A shop's own name for its goods that is no mere number (annotated 1,560:71, on dev 61:0).
_GOOD = re.compile(r"[\u4e00-\u9fff]{2}|[a-z]{3}")
_ONE_OF_IT = re.compile(
    r"[ ,，、]?(?:再|就|先)?(?:搞|来|减|加|要|拿|整|给我|买|订|各)?(一[个条台套])(?!款|亮|劲|"
    r"[^\W\d_]*不)"
)
_CERTAIN: tuple[tuple[str, re.Pattern[str]], ...] = (
    # (19:2)
    ("money", re.compile(
        r"(?:rmb|hk\$|nt\$|us\$|[¥$€£])\s?[0-9][0-9,]{0,9}(?:\.[0-9]{1,2})?(?:k\b)?|"
        r"(?<![0-9.])[0-9]{1,7}(?:\.[0-9]{1,2})?\s?(?:元|块钱|蚊|quid\b|bucks\b|dollars?\b|"
        r"euros?\b|usd\b|rmb\b|yuan\b|kuai\b)")),
    # (days by name 635:7, 今日 and 今晚 123:0, 上个月 35:3 in the first corpus)
    ("time", re.compile(
        r"大?[今明昨后前]天|[上下这本]?(?:周|星期|礼拜)[一二三四五六日末]|听日|寻日|琴日|[今明昨后]日|(?<!不)[今明昨][晚早]|[上下]个月|"
        r"\b(?:next |this |last )?(?:tomorrow|tmrw?|yesterday|tonight|today|(?:mon|tues|wednes|"
        r"thurs|fri|satur|sun)day)\b|"
        r"\b[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap]m\b")),
    # (74:10)
    ("quantity", re.compile(
        r"(?<![0-9.年月第])[0-9]{1,3}(?:箱|套|瓶|盒|包|桶|袋|罐|支)(?!起)|"
        r"(?<![\u4e00-\u9fff])[两三四五六七八九十]{1,2}[箱套瓶盒桶袋罐]|"
        r"\b[0-9]{1,4} ?(?:pcs|pieces|boxes|bottles|cans|sets|pairs|bags|packs)\b")),
)  # fmt: skip


def mend(folded: str, spans: Iterable[Span], hits: Sequence[Hit] = ()) -> list[Span]:
    """``spans`` with the borders that annotators draw; in order, and not overlapping.

    Args:
        folded: the folded text.
        spans: what was found; they do not overlap.
        hits: the merchant's words in the text.
    """
    kinds = _kinds(hits)
    names = sorted({(h.start, h.end) for h in hits if h.kind == "product" and h.level != "sound"})
    mended: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if mended and span.start < mended[-1].end:
            if span.end <= mended[-1].end:
                continue
            span = Span(mended[-1].end, span.end, span.entity)
        known = kinds.get((span.start, span.end), set())
        if len(known) == 1 and span.entity in {"product", "service"}:
            span = Span(span.start, span.end, next(iter(known)))
        previous = mended[-1] if mended else None
        if previous and span.entity == "product" and _joined(folded, previous, span):
            mended[-1] = Span(previous.start, span.end, "product")
            continue
        mended.append(_widened(folded, span, previous.end if previous else 0, names))
    return mended


def _kinds(hits: Sequence[Hit]) -> dict[tuple[int, int], set[str]]:
    """The kinds of the merchant's own words, by place."""
    kinds: dict[tuple[int, int], set[str]] = {}
    for hit in hits:
        if hit.level == "exact":
            kinds.setdefault((hit.start, hit.end), set()).add(hit.kind)
    return kinds


def _joined(folded: str, previous: Span, span: Span) -> bool:
    """Whether two neighbours are one product: two pieces of a name, or its size and the name."""
    if not _GLUE.fullmatch(folded, previous.end, span.start):
        return False
    if previous.entity == "quantity":
        size = _SIZE_ONLY.match(folded, previous.start, span.end)  # 24 inch, or 24 and inch wipers
        return size is not None and previous.end <= size.end() < span.end
    return previous.entity == "product"


def _widened(folded: str, span: Span, floor: int, names: Sequence[tuple[int, int]]) -> Span:
    start, end = span.start, span.end
    if span.entity == "product":
        for name_start, name_end in names:  # a piece of the merchant's name right beside it
            if floor <= name_start < start and _GLUE.fullmatch(folded, min(name_end, start), start):
                start = name_start
            if name_end > end and _GLUE.fullmatch(folded, end, max(name_start, end)):
                end = name_end
        for _ in range(3):
            match = _QUALIFIER.search(folded, max(floor, start - 24), start)
            if match is None or match.start() == start:
                break
            start = match.start()
        if match := _LATIN_REST.match(folded, end):
            end = match.end()
    elif span.entity == "time":
        start += folded.startswith("个", start)  # 约个周末: the measure word is the verb's (10:0)
        if match := _TIME_LEFT.search(folded, max(floor, start - 8), start):
            start = match.start()
        if match := _TIME_RIGHT.match(folded, end):
            end = match.end()
    elif span.entity == "address":
        start = _beginning_of_address(folded, span, floor)
        for rest in (_ADDRESS_RIGHT, _BUILDING):
            if match := rest.match(folded, end):
                end = match.end()
    elif span.entity == "quantity" and (
        match := _HALF.search(folded, max(floor, start - 5), start)
    ):
        start = match.start()
    elif span.entity == "person" and (match := _NAME_REST.match(folded, end)):
        end = match.end() if end - start == 2 and surname(folded[start:end]) else end
    while start < end - 1 and folded[start].isspace():
        start += 1
    return Span(start, end, span.entity)


def _beginning_of_address(folded: str, span: Span, floor: int) -> int:
    """An address that was found from its district on begins at its city or province; one that was
    found from within a word (``区天府大道``), where that word's phrase begins."""
    start, begin = span.start, max(floor, span.start - 24)
    if not any(place == 0 for place, _end, _level in place_spans(folded[start : span.end])):
        phrase = _PHRASE.search(folded, begin, start)
        start = phrase.start() if phrase else start
    for place_start, place_end, _level in reversed(list(place_spans(folded[begin:start]))):
        if folded[begin + place_end : start].strip(" ,，"):
            break
        start = begin + place_start
    return start


def names_beside_phones(text: str, spans: Sequence[Span]) -> list[Span]:
    """Bare names next to telephone numbers (``汤显文 139…``, ``139… 曹颖``)."""
    if any(span.entity == "person" for span in spans):
        return []
    for phone in (span for span in spans if span.entity == "phone"):
        place = beside(text, phone.start, phone.end)
        if place and not any(span.start < place[1] and place[0] < span.end for span in spans):
            return [Span(*place, "person")]
    return []


def unmissable(folded: str, hits: Sequence[Hit]) -> list[Span]:
    """What stands in a message whether or not the tagger saw it: money with its sign, days by name,
    counted containers, the merchant's models (87:1) and longer words."""
    spans = [Span(h.start, h.end, h.kind) for h in hits if _telling(folded, h)]
    for entity, pattern in _CERTAIN:
        spans += [Span(*match.span(), entity) for match in pattern.finditer(folded)]
    return spans


def _telling(folded: str, hit: Hit) -> bool:
    """Whether the merchant's word hardly stands in a text by chance."""
    if hit.level in ("exact", "head") and hit.kind in _GOODS:
        return _GOOD.search(folded, hit.start, hit.end) is not None
    return hit.level in ("exact", "sound") and (
        hit.kind == "car_model" or _is_long(folded[hit.start : hit.end])
    )


def completed(folded: str, spans: Sequence[Span], hits: Sequence[Hit]) -> list[Span]:
    """``spans`` of an annotator with what they cannot have meant to leave out.

    Some writers annotate half of the days that they name; the tagger would learn to guess.
    """
    spans = list(spans)
    for span in unmissable(folded, [hit for hit in hits if hit.level == "exact"]):
        if not any(span.start < other.end and other.start < span.end for other in spans):
            spans.append(span)
    return spans


def order_numbers(folded: str, prefix: str) -> list[Span]:
    """The shop's own order numbers, written, spaced or spoken (26:0)."""
    if not prefix:
        return []
    letters = r"\s?".join(map(re.escape, prefix.lower()))
    number = rf"(?<![a-z]){letters}[- ]?[0-9][0-9-]{{2,20}}"
    return [Span(*m.span(), "order_no") for m in re.finditer(number, spoken_in_place(folded))]


def counted(folded: str, spans: Sequence[Span]) -> list[Span]:
    """``一个`` and its like right behind a product, where they count it (38:3)."""
    return [
        Span(*match.span(1), "quantity")
        for span in spans
        if span.entity == "product" and (match := _ONE_OF_IT.match(folded, span.end))
    ]


def _is_long(word: str) -> bool:
    """Whether a word is long enough that it hardly stands in a text by chance."""
    return len(word) >= (6 if word.isascii() else 3)
