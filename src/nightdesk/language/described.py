"""What a description means among a shop's things: ``车里给娃坐的那种`` is the child safety seat.

For words that name nothing. Each thing is a short text (its names, its category, what is said of
it); a description is compared with it by the words that they share, rare ones counting more
(inverse document frequency; Spärck Jones, 1972). Chinese is compared by single characters and by
pairs of them, English by word stems.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from nightdesk.language.script import fold

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]{3,}|[0-9]+(?:[.][0-9]+)?[a-z]+|[a-z]+[0-9]+")
_STEM = 5
"""Words of English are the same when they begin alike: ``maintained``, ``maintenance``."""
_SILENT = frozenset(
    "的了是我你您他她它们这那哪个些种样有没无不吗呢吧啊呀嘛么就都也还又再很最太把被给让叫在到去来上下里"
    "买卖要想找拿整弄搞做用能可以会得着过和跟与或及从向对为什怎几多少一二两三俩东西家店货"
    "请问帮说看知道好行嗯哦哈点儿子嘅係喺咗冇唔乜嘢佢哋啲侬阿拉伐额恁俺咱中单"
)
_SILENT_PAIRS = frozenset(
    ("电话", "时候", "现在", "今天", "明天", "昨天", "早上", "晚上", "地方", "朋友")
)
_SILENT_WORD = re.compile(
    r"the|and|for|you|your|have|has|had|can|could|would|will|with|that|this|"
    r"those|these|there|them|something|anything|thing|things|stuff|kind|sort|get|"
    r"got|need|want|wanna|buy|like|some|any|one|what|which|who|how|when|where|"
    r"from|about|into|over|are|was|were|not|but|its|it's|our|out|off|all|"
    r"just|also|please|thanks|car|cars|vehicle|use|used|using|goes|put|per"
)
_PAIR, _SINGLE = 1.6, 1.0
"""How much a pair of characters, or a word of English, counts beside a single character."""
LEAST_SHARED = 2
"""A single character in common is chance."""
_REMARK = 0.7
"""How much a word of the description counts beside one of the name."""
_FULL = 2.6
"""How many words that only one thing has make the score 1 - 1/e, whatever the number of things."""


class Descriptions:
    """An index of short texts, immutable and safe to share between threads."""

    def __init__(
        self, things: Sequence[tuple[Iterable[str], Iterable[str]]], every_word: bool = False
    ) -> None:
        """``things``: of each what it is called, and what else is said of it.

        ``every_word``: small words count too, as they do between a few things that are known.
        """
        self._every_word = every_word
        self._size = len(things)
        self._holders: dict[str, dict[int, float]] = defaultdict(dict)
        for number, (names, remarks) in enumerate(things):
            for weight, pieces in ((_REMARK, remarks), (1.0, names)):
                for term in {term for one in pieces for term in self._terms(one)}:
                    self._holders[term][number] = weight

    def search(self, query: str, least: int = LEAST_SHARED) -> list[tuple[int, float]]:
        """``(number, score)`` of the things that ``query`` may describe, best first.

        The score, 0 to 1, grows with the information that both share, and does not with the length
        of the text. ``least``: how many characters must be shared
        that not all of the things have.
        """
        shared: dict[int, float] = defaultdict(float)
        count: Counter[int] = Counter()
        for term in self._terms(query):
            holders = self._holders.get(term, {})
            for number, weight in holders.items():
                shared[number] += weight * self._weight(term, len(holders))
                if len(holders) < self._size or self._size == 1:
                    count[number] += min(len(term), LEAST_SHARED)
        found = [(number, weight) for number, weight in shared.items() if count[number] >= least]
        ranked = sorted(found, key=lambda one: (-one[1], one[0]))
        full = _FULL * math.log(self._size + 1)
        return [(number, 1 - math.exp(-weight / full)) for number, weight in ranked]

    def _terms(self, text: str) -> set[str]:
        terms = _all_terms(text)
        return {_stem(term) for term in terms if self._every_word or not _silent(term)}

    def _weight(self, term: str, holders: int) -> float:
        rare = math.log((self._size + 1) / (holders + 0.5))
        return max(0.0, rare) * (_SINGLE if len(term) == 1 else _PAIR)


def shared(one: str, other: str) -> float:
    """How much two texts have in common: a character of Chinese 1, a pair of them or a word of
    English 1.6; what says nothing by itself does not count."""
    terms = (
        {_stem(term) for term in _all_terms(text) if not _silent(term)} for text in (one, other)
    )
    first, second = terms
    return sum(_SINGLE if len(term) == 1 else _PAIR for term in first & second)


def _all_terms(text: str) -> set[str]:
    """The characters, pairs of characters, and beginnings of words of ``text``."""
    folded = fold(text)
    found: set[str] = set()
    for run in _HAN.findall(folded):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    found.update(_WORD.findall(folded))
    return found


def _stem(word: str) -> str:
    if not word.isascii():
        return word
    singular = word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word
    return singular[:_STEM]


def _silent(term: str) -> bool:
    """Whether it says nothing of what a thing is like."""
    if term.isascii():
        return bool(_SILENT_WORD.fullmatch(term))
    return set(term) <= _SILENT or term in _SILENT_PAIRS
