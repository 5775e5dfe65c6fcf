"""General questions said of a thing, so that the thing does not decide what is asked.

``玻璃水拧开了还能退吗`` asks about returns, not about screen wash. What the bank records of returns
names few things; the classifiers therefore also learn it with things of many trades put in.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from nightdesk.settings import ROOT

THINGS = ROOT / "data" / "knowledge" / "things.yml"
COPIES = 2  # of each phrasing, each with another thing

_HAN = re.compile(r"[\u3400-\u9fff]")
_FRAMES = {
    "zh": ("{thing}{text}", "{text} {thing}", "我的{thing} {text}", "买的{thing} {text}"),
    "en": ("{thing} {text}", "{text} {thing}", "{text} my {thing}"),
}


@lru_cache(maxsize=1)
def _things(path: Path = THINGS) -> dict[str, tuple[str, ...]]:
    """The things by language."""
    content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {lang: tuple(word.strip() for word in content[lang].split(",")) for lang in _FRAMES}


def said_of_things(texts: Sequence[str], seed: int = 0) -> Iterator[str]:
    """Each of ``texts`` ``COPIES`` times with a thing in it; the same for the same ``seed``."""
    dice = random.Random(seed)
    for text in texts:
        lang = "zh" if _HAN.search(text) else "en"
        for _ in range(COPIES):
            frame = dice.choice(_FRAMES[lang])
            yield frame.format(thing=dice.choice(_things()[lang]), text=text)
