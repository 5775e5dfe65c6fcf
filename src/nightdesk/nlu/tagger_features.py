"""What the sequence tagger sees of each token: the word, its shape, its neighbours, and hints."""

from __future__ import annotations

from collections.abc import Sequence

from nightdesk.language.lexicon import Hit
from nightdesk.language.places import place_spans
from nightdesk.nlu.patterns import shapes

Spans = Sequence[tuple[int, int]]
_EDGE = "^"
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒屈项祝董梁"
    "杜阮蓝闵季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆翁段侯秋仇温庄"
    "晏柴瞿阎慕连艾容古易廖耿曾关冼甄麦欧阳司徒区丘简练游赖詹"
)


def _shape(token: str, typed: str) -> str:
    if token.isdigit():
        return f"d{min(len(token), 12)}"
    if token.isascii() and token.isalpha():
        case = "A" if typed.isupper() else "Aa" if typed[:1].isupper() else "a"
        return f"{case}{min(len(token), 4)}"
    if "\u4e00" <= token <= "\u9fff":
        return "h"
    return "p" if not token.isalnum() else "l"


def _mark(tags: list[str], places: dict[int, int], ends: dict[int, int], spans: object) -> None:
    """Append ``B:name`` and ``I:name`` to the tags of the tokens that each span covers."""
    for start, end, name in spans:  # type: ignore[attr-defined]
        first, last = places.get(start), ends.get(end)
        if first is None or last is None or last < first:
            continue
        tags[first] += "|B" + name
        for index in range(first + 1, last):
            tags[index] += "|I" + name
        if last > first:
            tags[last] += "|E" + name


def _distances(lexical: Sequence[str]) -> list[str]:
    """For each token outside the lexicon, which kind of word begins within the next four tokens."""
    result = [""] * len(lexical)
    for i, tags in enumerate(lexical):
        if "|B" not in tags:
            continue
        kinds = [tag[1:] for tag in tags.split("|") if tag.startswith("B")]
        for back in range(1, 5):
            j = i - back
            if j < 0 or lexical[j]:
                break
            result[j] = f"a{back}{kinds[0]}"
    return result


def features(
    text: str,
    folded: str,
    spans: Spans,
    hits: Sequence[Hit],
    known: Sequence[Hit],
    intent: str = "",
) -> list[list[str]]:
    """The features of each token, for the CRF.

    Args:
        text: the message as typed.
        folded: ``fold_in_place(text)``.
        spans: ``token_spans(folded)``.
        hits: the merchant's words in the message.
        intent: what the message wants, if that is known already.
        known: words of the training data in the message (``Hit`` with level ``known``).
    """
    n = len(spans)
    places = {start: i for i, (start, _) in enumerate(spans)}
    ends = {end: i for i, (_, end) in enumerate(spans)}
    words = [folded[start:end] for start, end in spans]
    forms = [_shape(words[i], text[start:end]) for i, (start, end) in enumerate(spans)]
    lexical, partial, regular = [""] * n, [""] * n, [""] * n
    _mark(lexical, places, ends, [(h.start, h.end, h.kind) for h in hits if h.level == "exact"])
    _mark(lexical, places, ends, [(h.start, h.end, h.kind) for h in known if h.level == "exact"])
    _mark(
        partial,
        places,
        ends,
        [(h.start, h.end, "k" + h.level[0] + h.kind) for h in known if h.level != "exact"],
    )
    _mark(
        partial,
        places,
        ends,
        [(h.start, h.end, h.level[0] + h.kind) for h in hits if h.level != "exact"],
    )
    _mark(regular, places, ends, shapes(folded))
    _mark(regular, places, ends, place_spans(folded))

    pad = [_EDGE, _EDGE]
    w = [*pad, *words, *pad]
    s = [*pad, *forms, *pad]
    ahead = _distances(lexical)
    x = ["", *lexical, ""]
    p = ["", *partial, ""]
    r = ["", *regular, ""]
    rows = []
    for i in range(n):
        j = i + 2
        a, b, c, d, e = w[j - 2], w[j - 1], w[j], w[j + 1], w[j + 2]
        row = [
            "w" + c,
            "w-" + b,
            "w+" + d,
            "w--" + a,
            "w++" + e,
            f"b-{b} {c}",
            f"b+{c} {d}",
            f"b--{a} {b}",
            f"b++{d} {e}",
            f"t{b} {c} {d}",
            f"t-{a} {b} {c}",
            f"t+{c} {d} {e}",
            "s" + s[j],
            "s-" + s[j - 1],
            "s+" + s[j + 1],
            f"ss{s[j - 1]} {s[j]} {s[j + 1]}",
        ]
        if ahead[i]:
            row.append(ahead[i])
        if len(c) > 3 and c.isascii():
            row += ["<" + c[:3], ">" + c[-3:]]
        if c in _SURNAMES:
            row.append("xing")
        m = i + 1
        here, part, shape = x[m], p[m], r[m]
        if here:
            row.append("x" + here)
            row.append(f"x{here}{x[m + 1]}")
        if x[m - 1]:
            row.append(f"x-{x[m - 1]}")
        if x[m + 1]:
            row.append(f"x+{x[m + 1]}")
        if part:
            row.append("p" + part)
        if p[m + 1]:
            row.append("p+" + p[m + 1])
        if p[m - 1]:
            row.append("p-" + p[m - 1])
        if shape:
            row += ["r" + tag for tag in shape[1:].split("|")]
            row.append(f"R{shape}")
        if r[m + 1]:
            row.append("r+" + r[m + 1])
        if r[m - 1]:
            row.append("r-" + r[m - 1])
        if intent:
            row += [f"i{intent}", f"i{intent} {c}", f"i{intent} {s[j]}"]
            row += [f"i{intent} {tags}" for tags in (here, part, shape) if tags]
        rows.append(row)
    return rows
