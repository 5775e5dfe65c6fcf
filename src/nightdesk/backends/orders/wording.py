"""What of a customer's phrase names the product: without courtesy, quantity and car model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nightdesk.language.script import fold

_JOINERS = re.compile(r"[\s\-_·・.,，。、!！?？~～'’\"“”()（）\[\]【】/]+")
_NUMBER = r"(?:[0-9]+|[一二两俩三四五六七八九十百半几]+)"
_MEASURE = r"[个只件台套条桶瓶支块张把对盒箱袋包双副根箇啲]"
# Folded (simplified), longest first where one begins with another.
_BEFORE = re.compile(
    r"(?:请问一下|请问|麻烦|帮我|给我|同我|我想要|我想买|我想订|我想问|我要买|我要订|我要|我想|想要|想买"
    r"|你们家|你们|你哋|咱家|有没有|有冇|有无|还有|有|来|要|买|订|整|换|拿|搞"
    r"|那种|那个|这种|这个|嗰个|呢个|嗰只|侬|啥|什么|一下|点|些|的"
    rf"|{_NUMBER}{_MEASURE}"
    r"|(?:do you have|have you got|i want|i need|i'd like|how much (?:is|are)|price of|please|any"
    r"|some|the|an|a|one|two|[0-9]+(?= (?!inch|in\b|mm|cm|k?w\b|[lvta]h?\b)[a-z]))(?= ))\s*"
)
_AFTER = re.compile(
    r"\s*(?:多少钱|几多钱|怎么卖|咋卖|几钿|什么价|啥价|价格|还有货|有货|有卖|卖不卖|有没有|有冇|有吗"
    rf"|{_NUMBER}{_MEASURE}|吗|呢|么|不|吧|啊|呀|啦|嘛|咩|伐|的|please|in stock)$"
)
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])\s*(?:的?那种|的?那个|的|嘅)\s*(?=[\u4e00-\u9fff])")


def spaced(text: str) -> str:
    """``text`` folded, with one space for each run of spaces, hyphens and punctuation."""
    return _JOINERS.sub(" ", fold(text)).strip()


@dataclass(frozen=True)
class Phrase:
    """A text as it is compared: ``spaced``, and ``key`` without the spaces."""

    spaced: str
    key: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Phrase:
        parted = spaced(text)
        places = tuple(i for i, character in enumerate(parted) if character != " ")
        return cls(parted, parted.replace(" ", ""), places)

    def cuts_a_word(self, first: int, last: int) -> bool:
        """Whether ``key[first:last]`` begins or ends inside a Latin word or a number."""
        start, end = self.places[first], self.places[last - 1] + 1
        text = self.spaced
        return _one_word(text[start - 1 : start + 1] if start else "") or _one_word(
            text[end - 1 : end + 1]
        )


def _one_word(pair: str) -> bool:
    if len(pair) != 2 or not pair.isascii():
        return False
    return (pair.isalpha()) or (pair.isdigit())


def core(text: str) -> str:
    """``text`` without what surrounds a product's name: ``"那个雨刮有货吗"`` → ``"雨刮"``."""
    rest = spaced(text)
    while True:
        shorter = _AFTER.sub("", _BEFORE.sub("", rest, count=1) if _BEFORE.match(rest) else rest)
        if shorter == rest or len(shorter.strip()) < 2:
            return rest
        rest = shorter.strip()


def joined(named: str) -> str:
    """``named`` without the particles between its words: ``静音的轮胎`` → ``静音轮胎``."""
    return _BETWEEN.sub("", named)


class Models:
    """The models that the catalogue's products fit, found in a phrase."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_key = {key: name for name in names if (key := spaced(name).replace(" ", ""))}
        longest_first = sorted(self._by_key, key=len, reverse=True)
        # A space may stand wherever the merchant or the customer put one.
        alternatives = "|".join(r"\s?".join(map(re.escape, key)) for key in longest_first)
        self._pattern = re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])的?\s*")

    def split(self, text: str) -> tuple[str, frozenset[str]]:
        """``text`` without the models it names, and these; all of it when nothing else is left."""
        text = spaced(text)
        if not self._by_key:
            return text, frozenset()
        named = frozenset(
            self._by_key[re.sub(r"\s|的$|的\s", "", match.group()).replace(" ", "")]
            for match in self._pattern.finditer(text)
        )
        rest = self._pattern.sub("", text).strip()
        return (rest, named) if rest else (text, frozenset())
