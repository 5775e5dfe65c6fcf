"""An index of product names that finds what customers call them.

A product is looked for in four ways, and scored 0 to 1 by the best of them:

* its own words: the whole of the phrase is a name, an alias or several of them (1.0), or a part is;
* the tail of a name, which in Chinese and English is what the thing is (``机油``): 0.9 for each;
* its pinyin, typed in letters;
* likeness to eye and ear (``nightdesk.language.similar``), for the names that share the rarest
  syllables or letter groups with the phrase.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from rapidfuzz import fuzz

from nightdesk.backends.orders.wording import Models, Phrase, core, joined
from nightdesk.language.described import Descriptions
from nightdesk.language.similar import similarity, similarity_within, spelled
from nightdesk.language.sounds import syllable_keys

LEAST = 0.5
_TAIL = 0.9
_PINYIN_TAIL = 0.85
_WORDS = 0.85
_LIKE = 0.95
_OTHER_MODEL = 0.9
_CANDIDATES = 80
_TAILS = 400
# Terms below this share of the best one's common groups are not looked at.
_WORTH = 0.25

_LATIN = re.compile(r"[a-z0-9 ]+")
_GRADE = re.compile(r"(?<=[\u4e00-\u9fff])[a-z0-9. ]+寸?$|(?<=[a-z]) [a-z]*[0-9][a-z0-9 ]*$")
_PLURAL = re.compile(r"(?<=[a-z]{3})(?<!s)s\b")


@dataclass(frozen=True)
class Listing:
    """A product as the index sees it: what it is called, the models that it fits, and what else is
    said of it (category, descriptions)."""

    sku: str
    names: tuple[str, ...]
    models: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A product found, and how sure that it is what was asked for (1: its own name)."""

    sku: str
    score: float


class ProductIndex:
    """Immutable, and safe to share between threads."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings = list(listings)
        self._models = Models(model for listing in self._listings for model in listing.models)
        owners: dict[str, array[int]] = defaultdict(lambda: array("i"))
        forms: dict[str, str] = {}
        names: set[str] = set()
        for number, listing in enumerate(self._listings):
            mine: dict[str, None] = {}
            for form, is_name in chain.from_iterable(map(_forms, (*listing.names, listing.sku))):
                key = form.replace(" ", "")
                forms.setdefault(key, form)
                mine[key] = None
                if is_name:
                    names.add(key)
            for key in mine:
                owners[key].append(number)
        self._names = frozenset(names)
        self._owners = dict(owners)
        self._keys = list(forms)
        self._forms = list(forms.values())
        self._words = AhoCorasick(self._keys, matchkind=MatchKind.Standard) if forms else None
        codes = {Phrase.of(listing.sku).key for listing in self._listings}
        letters = [_letters(key) for key in self._keys]
        named = [i for i, key in enumerate(self._keys) if key not in codes]
        self._tails = _Tails((self._keys[i], i) for i in named)
        self._pinyin = _Tails((letters[i], i) for i in named if not self._keys[i].isascii())
        self._grams = _Grams(zip(self._keys, letters, strict=True))
        self._described = Descriptions([(one.names, one.remarks) for one in self._listings])

    def __len__(self) -> int:
        return len(self._listings)

    def search(self, query: str, limit: int = 10) -> list[Match]:
        """The products that ``query`` may mean, best first, none below ``LEAST``."""
        scores, models = self._scores(query)
        for number in scores:
            fits = self._listings[number].models
            if models and fits and not models & set(fits):
                scores[number] *= _OTHER_MODEL
        ranked = sorted(scores.items(), key=lambda item: (-round(item[1], 3), item[0]))
        return [
            Match(self._listings[number].sku, round(score, 3))
            for number, score in ranked[:limit]
            if score >= LEAST
        ]

    def described(self, query: str, limit: int = 10) -> list[Match]:
        """The products that ``query`` may describe without naming them, best first."""
        found = self._described.search(query)[:limit]
        return [Match(self._listings[number].sku, round(score, 3)) for number, score in found]

    def _scores(self, query: str) -> tuple[dict[int, float], frozenset[str]]:
        whole = Phrase.of(query)
        if whole.key in self._owners:
            return self._found(whole), frozenset()
        rest, models = self._models.split(core(query))
        named = core(rest)
        if Phrase.of(named).key not in self._owners:
            named = joined(named)
        phrase = Phrase.of(_PLURAL.sub("", named) if _LATIN.fullmatch(named) else named)
        return (self._found(phrase) if phrase.key else {}), models

    def _found(self, phrase: Phrase) -> dict[int, float]:
        best: dict[int, float] = defaultdict(float)

        def offer(term: int, score: float) -> None:
            key = self._keys[term]
            if key not in self._names:
                score = min(score, _TAIL)
            for number in self._owners[key]:
                best[number] = max(best[number], score)

        for number, score in self._by_words(phrase):
            best[number] = max(best[number], score)
        latin = _LATIN.fullmatch(phrase.key)
        for term in self._tails.of(phrase.key):
            if not latin or self._forms[term].endswith(" " + phrase.spaced):
                offer(term, _TAIL)
        if latin and len(phrase.key) > 2:
            for term in self._pinyin.of(phrase.key):
                offer(term, _PINYIN_TAIL)
        # One character is like too much; it is a whole name or a tail, or nothing.
        for term in self._grams.nearest(phrase.key, _CANDIDATES) if len(phrase.key) > 1 else ():
            offer(term, _likeness(phrase.key, self._keys[term]))
            if latin and _words_among(phrase.spaced, self._forms[term]):
                offer(term, _WORDS)
        return best

    def _by_words(self, phrase: Phrase) -> Iterator[tuple[int, float]]:
        """Each product whose words stand in the phrase, by how much of it they cover."""
        if self._words is None:
            return
        covered: dict[int, set[int]] = defaultdict(set)
        certain: set[int] = set()
        for term, first, last in self._words.find_matches_as_indexes(phrase.key, overlapping=True):
            if (last - first > 1 or len(phrase.key) == 1) and not phrase.cuts_a_word(first, last):
                key = self._keys[term]
                for number in self._owners[key]:
                    covered[number].update(range(first, last))
                if key in self._names:
                    certain.update(self._owners[key])
        end = len(phrase.key) - 1
        for number, places in covered.items():
            score = 0.6 + 0.4 * len(places) / len(phrase.key)
            if end not in places:
                score -= 0.1
            yield number, score if number in certain else min(score, _TAIL)


def _likeness(asked: str, term: str) -> float:
    if _LATIN.fullmatch(asked) and not _LATIN.fullmatch(term):
        return _LIKE * fuzz.ratio(asked, spelled(term)) / 100
    score = similarity(asked, term)
    if len(asked) > len(term) > 1 and not term.isascii():
        share = len(term) / len(asked)
        score = max(score, similarity_within(term, asked) * (0.6 + 0.4 * share))
    elif asked in term:
        score = max(score, 0.55 + 0.3 * len(asked) / len(term))
    return _LIKE * score


def _words_among(asked: str, form: str) -> bool:
    """Whether the English words asked for, two or more, are all words of a name."""
    words = set(asked.split())
    return len(words) > 1 and words <= set(form.split())


def _forms(name: str) -> Iterator[tuple[str, bool]]:
    """How a name is compared, and whether it names the product alone: the name as it is, in the
    singular, and without its grade; and the grade (``5W-30``), which is a part of it."""
    form = Phrase.of(name).spaced
    for variant in dict.fromkeys((form, _GRADE.sub("", form))):
        if variant:
            yield variant, True
            if _LATIN.fullmatch(variant):
                yield _PLURAL.sub("", variant), True
    grade = _GRADE.search(form)
    if grade and len(grade.group().strip()) > 1:
        yield grade.group().strip(), False


def _letters(key: str) -> str:
    """The pinyin of a key, character by character, which is quick and the same for all keys."""
    return key if key.isascii() else "".join([spelled(character) for character in key])


class _Tails:
    """Terms in the order of their last characters, so that those with one tail lie together."""

    def __init__(self, terms: Iterable[tuple[str, int]]) -> None:
        self._backwards = sorted((text[::-1], term) for text, term in terms)

    def of(self, tail: str) -> Iterator[int]:
        """The terms that end with ``tail``."""
        backwards = tail[::-1]
        start = bisect_left(self._backwards, (backwards, -1))
        for place in range(start, min(start + _TAILS, len(self._backwards))):
            reverse, term = self._backwards[place]
            if not reverse.startswith(backwards):
                return
            yield term


class _Grams:
    """Terms by their syllables, pairs of syllables and groups of three letters."""

    def __init__(self, terms: Iterable[tuple[str, str]]) -> None:
        postings: dict[str, array[int]] = defaultdict(lambda: array("i"))
        sizes: list[int] = []
        for number, (key, letters) in enumerate(terms):
            grams = _grams(key, letters)
            sizes.append(len(grams))
            for gram in grams:
                postings[gram].append(number)
        self._size = len(sizes)
        self._postings = {gram: np.array(ids, np.int32) for gram, ids in postings.items()}
        self._norm = np.sqrt(np.maximum(1, np.array(sizes, np.float64)))

    def nearest(self, key: str, count: int) -> Sequence[int]:
        """The terms that share most with ``key``, rare groups counting more."""
        found = [self._postings[gram] for gram in _grams(key, key) if gram in self._postings]
        if not found:
            return ()
        weights = [np.log1p(self._size / len(ids)) for ids in found]
        totals = np.bincount(
            np.concatenate(found),
            weights=np.repeat(weights, [len(ids) for ids in found]),
            minlength=self._size,
        )
        totals = totals / self._norm
        touched = np.flatnonzero(totals > _WORTH * totals.max())
        if len(touched) > count:
            touched = touched[np.argpartition(totals[touched], -count)[-count:]]
        return [int(number) for number in touched]


def _grams(key: str, letters: str) -> set[str]:
    sounds = syllable_keys(key)
    grams = {letters[i : i + 3] for i in range(len(letters) - 2)} if letters.isascii() else set()
    if not key.isascii():
        grams.update(sounds)
        grams.update([sounds[i : i + 2] for i in range(len(sounds) - 1)])
    return grams
