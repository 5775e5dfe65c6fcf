"""What the assistant says: the ``responses`` of ``domain.yml``, by language, with formatted values.

The same conditions as Rasa's own (`language` is the only slot that they may ask for), read here so
that an action can join several sentences into one message and choose the language of this turn.
"""

from __future__ import annotations

import random
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DOMAIN = Path(__file__).resolve().parents[2] / "domain.yml"


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """The responses of ``domain.yml``: name → variations."""
    with DOMAIN.open(encoding="utf-8") as file:
        loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(file)["responses"]
    return loaded


def _language_of(variation: dict[str, Any]) -> str:
    for condition in variation.get("condition") or ():
        if condition.get("name") == "language":
            return str(condition["value"])
    return "zh"


def say(name: str, language: str, **values: Any) -> str:
    """A variation of the response ``name`` in ``language`` (else Chinese), with ``values``.

    Raises:
        KeyError: no such response, or a value that it needs is missing.
    """
    variations = responses()[name]
    fitting = [one for one in variations if _language_of(one) == language] or variations
    text: str = random.choice(fitting)["text"]
    return text.format(**values)


_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def moment(at: datetime, language: str) -> str:
    """``11月27日（周五）20:30`` / ``Fri 27 Nov, 20:30``; ``at`` in the zone it is told in."""
    weekday = _WEEKDAYS["en" if language == "en" else "zh"][at.weekday()]
    if language == "en":
        return f"{weekday} {at.day} {_MONTHS[at.month - 1]}, {at:%H:%M}"
    return f"{at.month}月{at.day}日（周{weekday}）{at:%H:%M}"


def listing(words: list[str], language: str, last: str = "") -> str:
    """``甲、乙和丙`` / ``a, b and c``; ``last`` replaces the word before the last one."""
    if len(words) < 2:
        return "".join(words)
    if language == "en":
        return f"{', '.join(words[:-1])} {last or 'and'} {words[-1]}"
    return f"{'、'.join(words[:-1])}{last or '和'}{words[-1]}"
