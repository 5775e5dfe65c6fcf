"""The merchant's words: what the shop sells, does, where it is, and what it fits.

A ``Lexicon`` finds them in a message at four levels of trust:

* ``exact``: a name or an alias, in any script and case, spaced or hyphened (``5w30``, ``5W-30``);
* ``head``: what several goods have in common at the end of their names (``镜片``, ``filter``);
* ``part``: another piece of a name that can stand for it (``雨刮`` of ``无骨雨刮器``);
* ``sound``: characters that sound like a name, the southern mergers included (``铺东店``).

All terms of a level are matched at once (Aho–Corasick, leftmost-longest), so that a catalogue of
twenty thousand costs what one of twenty does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from ahocorasick_rs import AhoCorasick, MatchKind

from nightdesk.language.sounds import syllable_key, syllable_keys
from nightdesk.language.tokens import fold_in_place

_JOINERS = frozenset(" -_·・.'’")
_LATIN = re.compile(r"[a-z0-9à-öø-ɏ]")
_SYLLABLE = re.compile(
    r"(?<=[\u4e00-\u9fff])[a-z]{2,6}(?![a-z0-9])|(?<![a-z0-9])[a-z]{2,6}(?=[\u4e00-\u9fff])"
)
_EMPTY = frozenset(
    [
        "full",
        "half",
        "basic",
        "with",
        "from",
        "front",
        "rear",
        "left",
        "right",
        "wireless",
        "portable",
    ]
)
SHARED = 2
"""So many goods share a word before it stands for goods of their sort."""
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Term:
    """A word of the merchant's: ``kind`` is an entity of the taxonomy, ``code`` a SKU or code."""

    text: str
    kind: str
    code: str = ""


@dataclass(frozen=True)
class Hit:
    """``text[start:end]`` names one of ``codes``; ``level`` is ``exact``, ``head``, ``part`` or
    ``sound``."""

    start: int
    end: int
    kind: str
    codes: tuple[str, ...]
    level: str


@dataclass(frozen=True)
class Squashed:
    """A folded text without joiners, and the place of each remaining character in the text."""

    folded: str
    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Squashed:
        folded = fold_in_place(text)
        places = tuple(i for i, c in enumerate(folded) if c not in _JOINERS)
        return cls(folded, "".join([folded[i] for i in places]), places)

    def end(self, index: int) -> int:
        """Where the character at ``index`` ends in the text: a spelled syllable is several "
        "letters."""
        end = self.places[index] + 1
        if "\ue000" <= self.text[index] <= "\uf8ff":
            limit = self.places[index + 1] if index + 1 < len(self.places) else len(self.folded)
            while end < limit and self.folded[end].isalpha():
                end += 1
        return end


class _Level:
    """The terms of one level behind one automaton."""

    def __init__(self, name: str, entries: dict[str, dict[str, set[str]]]) -> None:
        self.name = name
        self._keys = list(entries)
        self._kinds = [
            tuple((kind, tuple(sorted(codes))) for kind, codes in entries[key].items())
            for key in self._keys
        ]
        self._automaton = (
            AhoCorasick(self._keys, matchkind=MatchKind.LeftmostLongest) if entries else None
        )

    def find(self, keys: str, squashed: Squashed) -> list[Hit]:
        if self._automaton is None:
            return []
        hits = []
        for index, first, last in self._automaton.find_matches_as_indexes(keys):
            start, end = squashed.places[first], squashed.end(last - 1)
            if _cuts_a_word(squashed.folded, start, end):
                continue
            hits += [Hit(start, end, kind, codes, self.name) for kind, codes in self._kinds[index]]
        return hits


class Lexicon:
    """Matches a merchant's terms in texts; immutable, and safe to share between threads."""

    def __init__(self, terms: Iterable[Term]) -> None:
        exact: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        part: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        head: dict[str, set[str]] = defaultdict(set)
        sound: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for term in terms:
            key = Squashed.of(term.text).text
            if not key or (len(key) == 1 and not key.isascii()):
                continue
            for form in chain([key], _plurals(term.text)):
                exact[form][term.kind].add(term.code)
            if len(key) > 1 and _HAN_RUN.fullmatch(key):
                sound[syllable_keys(key)][term.kind].add(term.code)
            if term.kind in {"product", "service"}:
                for piece in _pieces(term.text):
                    part[piece][term.kind].add(term.code)
            if term.kind == "product":
                for piece in _heads(term.text):
                    head[piece].add(term.code)
        self._exact = _Level("exact", exact)
        heads = {k: {"product": v} for k, v in head.items() if len(v) >= SHARED and k not in exact}
        self._head = _Level("head", heads)
        self._part = _Level("part", {k: v for k, v in part.items() if k not in exact})
        self._sound = _Level("sound", sound)
        self.size = len(exact)

    def find(self, text: str) -> list[Hit]:
        """Every hit in ``text``, in order of level (exact, head, part, sound), then of place.

        Hits of one level do not overlap, except that a word may be of several kinds.
        """
        squashed = Squashed.of(text)
        hits = self._exact.find(squashed.text, squashed)
        taken = {(hit.start, hit.end) for hit in hits}
        hits += self._head.find(squashed.text, squashed)
        hits += self._part.find(squashed.text, squashed)
        spelled = _spelled(squashed)
        sounds = self._sound.find(syllable_keys(spelled.text), spelled)
        return hits + [hit for hit in sounds if (hit.start, hit.end) not in taken]


def _spelled(squashed: Squashed) -> Squashed:
    """The text with a syllable in pinyin beside a Chinese character as one character of its "
    "sound."""
    if squashed.text.isascii() or not _SYLLABLE.search(squashed.text):
        return squashed
    text, places, last = "", [], 0
    for match in _SYLLABLE.finditer(squashed.text):
        key = syllable_key(match[0])
        if key is None:
            continue
        text += squashed.text[last : match.start()] + key
        places += [*squashed.places[last : match.start()], squashed.places[match.start()]]
        last = match.end()
    return Squashed(
        squashed.folded, text + squashed.text[last:], (*places, *squashed.places[last:])
    )


def _cuts_a_word(folded: str, start: int, end: int) -> bool:
    """Whether a span begins or ends inside a Latin word or a number."""

    def same(left: str, right: str) -> bool:
        if not (_LATIN.match(left) and _LATIN.match(right)):
            return False
        return left.isdigit() == right.isdigit()

    before = start > 0 and same(folded[start - 1], folded[start])
    return before or (end < len(folded) and same(folded[end - 1], folded[end]))


def _plurals(text: str) -> list[str]:
    """English forms with another ending: ``wiper blade`` also as ``wiperblades``."""
    folded = fold_in_place(text).strip()
    if not re.fullmatch(r"[a-z0-9 /&'.-]*[a-z]{3}", folded):
        return []
    key = Squashed.of(text).text
    if key.endswith("s") and not key.endswith("ss"):
        return [key[:-1]]
    if key.endswith(("ch", "sh", "x", "ss")):
        return [key + "es"]
    return [key[:-1] + "ies", key + "s"] if key.endswith("y") else [key + "s"]


def _heads(text: str) -> list[str]:
    """What may be the noun of a name: the ends of its last characters, or its last Latin word."""
    folded = fold_in_place(text).strip()
    if run := re.search(r"[\u4e00-\u9fff]{3,}$", folded):
        return [run[0][-size:] for size in range(2, len(run[0]))]
    words = re.findall(r"[a-z]+", folded) if folded.isascii() else []
    last = words[-1] if len(words) > 1 else ""
    return [last] if len(last) > 3 and folded.endswith(last) and last not in _EMPTY else []


def _pieces(text: str) -> list[str]:
    """Heads and tails of a name: of its characters in Chinese, of its words in English."""
    folded = fold_in_place(text)
    pieces = set()
    for run in _HAN_RUN.findall(folded):
        for size in range(2, len(run) + 1):
            pieces |= {run[-size:], run[:size]}
    words = re.findall(r"[a-z]+", folded)
    for size in range(1, len(words)):
        pieces |= {
            piece
            for piece in ("".join(words[-size:]), "".join(words[:size]))
            if len(piece) > 3 and piece not in _EMPTY
        }
    key = Squashed.of(text).text
    return [piece for piece in pieces if piece != key]
