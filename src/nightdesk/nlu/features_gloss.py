"""Dialect, Cantonese and English words read as standard Chinese.

``glosses.txt`` says which word stands for which; what the model learnt from one variety then
serves the others, whose words it met too seldom.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from nightdesk.language.script import fold

_FILE = Path(__file__).with_name("glosses.txt")
# Standard words that contain a dialect word and mean themselves.
_THEMSELVES = ("什么", "怎么", "这么", "那么", "多么")
_BLANK = re.compile(r"(?<=[\u3400-\ue0ff]) +(?=[\u3400-\ue0ff])")


def read_glosses(path: Path = _FILE) -> dict[str, str]:
    """``{word: standard word}``; the standard words stand for themselves."""
    glosses: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        standard, _, words = line.partition(":")
        for word in map(str.strip, words.split("|")):
            glosses.setdefault(fold(word), standard.strip())
    for standard in (*set(glosses.values()), *_THEMSELVES):
        glosses.setdefault(fold(standard), standard)
    return glosses


@lru_cache(maxsize=1)
def _matcher() -> tuple[AhoCorasick, list[str]]:
    glosses = read_glosses()
    words = sorted(glosses)
    matcher = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
    return matcher, [glosses[word] for word in words]


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def gloss(folded: str) -> tuple[str, list[str]]:
    """``folded`` with its words read as standard Chinese, and those standard words in order."""
    text = folded.replace("'", " ").replace("’", " ")
    matcher, standards = _matcher()
    parts: list[str] = []
    found: list[str] = []
    last = 0
    for which, start, end in matcher.find_matches_as_indexes(text):
        cuts_word = _is_letter(text[start]) and (
            (start > 0 and _is_letter(text[start - 1]))
            or (end < len(text) and _is_letter(text[end]))
        )
        if not cuts_word:
            parts += [text[last:start], standards[which]]
            found.append(standards[which])
            last = end
    parts.append(text[last:])
    return _BLANK.sub("", "".join(parts)), found
