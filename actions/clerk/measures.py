"""What a customer measures (``六百五十度``, ``size 43``) against what a thing is made for
(``适合500到800度``, ``36到45码``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nightdesk.language.numerals import HAN, parse_number

_NUMBER = rf"(?:[0-9]{{1,5}}(?:\.[0-9]{{1,2}})?|{HAN})"
_UNIT = r"(?P<unit>度|周岁|岁|码|公斤|kg|寸|座)"
_TO = r"\s*(?:至|到|-|–|~|～)\s*"
_BETWEEN = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:度|岁|码)?{_TO}(?P<high>{_NUMBER})\s*{_UNIT}", re.I
)
_UP_TO = re.compile(rf"(?P<high>{_NUMBER})\s*{_UNIT}\s*(?:以内|以下|之内|内)", re.I)
_FROM = re.compile(rf"(?P<low>{_NUMBER})\s*{_UNIT}\s*(?:以上|起|及以上)", re.I)
_ENDS = ("low", "high")
_ONE = re.compile(rf"(?P<value>{_NUMBER})\s*{_UNIT}(?P<half>半)?", re.I)
_ENGLISH = (
    (
        re.compile(r"(?:minus |[-–])(?P<value>[0-9]{1,2}(?:\.[0-9]{1,2})?)(?![0-9])", re.I),
        "度",
        100,
    ),
    (re.compile(r"(?P<value>[0-9]{2,4}) ?(?:degrees?|deg)\b", re.I), "度", 1),
    (
        re.compile(
            r"(?:\bsizes? |\beu ?)(?P<value>[0-9]{2})\b|\b(?P<other>[0-9]{2}) (?:eu|size)\b", re.I
        ),
        "码",
        1,
    ),
    (
        re.compile(
            r"\b(?P<value>[0-9]{1,2})[ -]?(?:years?[ -]old|y/?o\b|yrs?\b)"
            r"|\b(?:he|she|kid|son|daughter|child|boy|girl)(?:'s| is) (?P<other>[0-9]{1,2})\b",
            re.I,
        ),
        "岁",
        1,
    ),
)


@dataclass(frozen=True)
class Measure:
    """``value`` in ``unit``, as the customer ``said`` it."""

    unit: str
    value: Decimal
    said: str


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high`` in ``unit``; open where one is None."""

    unit: str
    low: Decimal | None
    high: Decimal | None

    def covers(self, measure: Measure) -> bool:
        above = self.low is None or measure.value >= self.low
        return above and (self.high is None or measure.value <= self.high)


def measures_of(text: str) -> list[Measure]:
    """What ``text`` measures, ranges left out."""
    found = []
    for match in _ONE.finditer(text):
        value = parse_number(match["value"])
        if value is not None:
            half = Decimal("0.5") if match["half"] else Decimal(0)
            found.append(Measure(_unit(match["unit"]), value + half, match[0]))
    for pattern, unit, scale in _ENGLISH:
        for match in pattern.finditer(text):
            said = next(group for group in match.groups() if group)
            found.append(Measure(unit, Decimal(said) * scale, match[0].strip()))
    return found


def ranges_of(text: str) -> list[Range]:
    """The ranges in a description, in its order."""
    found: list[tuple[int, Range]] = []
    for pattern in (_BETWEEN, _UP_TO, _FROM):
        for match in pattern.finditer(text):
            ends = match.groupdict()
            low, high = (parse_number(ends[end]) if ends.get(end) else None for end in _ENDS)
            found.append((match.start(), Range(_unit(match["unit"]), low, high)))
    return [one for _, one in sorted(found, key=lambda one: one[0])]


def covers(description: str, text: str) -> bool | None:
    """Whether what is described is made for what ``text`` measures; None where one of them says
    nothing about it."""
    verdicts = [
        one.covers(measure)
        for measure in measures_of(text)
        for one in ranges_of(description)
        if one.unit == measure.unit
    ]
    return any(verdicts) if verdicts else None


def _unit(said: str) -> str:
    folded = said.lower()
    return {"周岁": "岁", "kg": "公斤"}.get(folded, folded)
