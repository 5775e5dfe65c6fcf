"""Which branch is nearest to a point, or to a place that a customer names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nightdesk.backends.scheduling.catalogue import likeness, words
from nightdesk.backends.scheduling.model import Branch
from nightdesk.backends.scheduling.places import Gazetteer, Place, Point, distance_km
from nightdesk.language.script import fold

# A misspelt branch must be this like one of its names to be meant.
ALIKE = 0.65
_DIVISION = re.compile(r"(新区|区|县|市|省)$")


@dataclass(frozen=True)
class Found:
    """What a name was understood as: one place, or none and those that it may be."""

    place: Place | None
    candidates: tuple[Place, ...] = ()


def nearest(branches: Iterable[Branch], point: Point) -> list[tuple[Branch, float]]:
    """The branches with their distances from ``point`` in km, nearest first."""
    away = [(branch, distance_km(point, (branch.lat, branch.lon))) for branch in branches]
    return sorted(away, key=lambda pair: pair[1])


def understand(near: str, branches: Sequence[Branch], gazetteer: Callable[[], Gazetteer]) -> Found:
    """The place that ``near`` names: a branch or its street, else a place in the gazetteer.

    Places of one name are told apart only if another branch is nearest to each. A town that the
    gazetteer does not know is the middle of the branches there; at last a branch whose name is
    nearly that.
    """
    folded = fold(near).strip()
    if not folded or not branches:
        return Found(None)
    if named := _named(folded, branches):
        return Found(_middle(near, named))
    places = gazetteer().locate(near, [(branch.lat, branch.lon) for branch in branches])
    if places:
        closest = {nearest(branches, place.point)[0][0].code for place in places}
        return Found(places[0]) if len(closest) == 1 else Found(None, tuple(places))
    if there := [branch for branch in branches if _lies_in(folded, branch)]:
        return Found(_middle(near, there))
    best = max(branches, key=lambda branch: likeness(folded, words(branch)))
    alike = likeness(folded, words(best)) >= ALIKE
    return Found(_middle(near, [best]) if alike else None)


def _named(folded: str, branches: Sequence[Branch]) -> list[Branch]:
    """The branches of which ``folded`` holds a whole name, or else which lie in that street."""
    held: dict[str, int] = {}
    for branch in branches:
        for name in map(fold, words(branch)):
            if len(name) >= 2 and name in folded:
                held[branch.code] = max(held.get(branch.code, 0), len(name))
    if held:
        longest = max(held.values())
        return [branch for branch in branches if held.get(branch.code) == longest]
    if len(folded) < 3:
        return []
    return [
        branch
        for branch in branches
        if folded in fold(branch.address_zh) and folded not in _divisions(branch)
    ]


def _divisions(branch: Branch) -> set[str]:
    city, district = fold(branch.city), fold(branch.district)
    stems = {_DIVISION.sub("", name) for name in (city, district)}
    whole = {city, district, *stems}
    return whole | {a + b for a in whole for b in whole} | {f"{city}市", f"{city}市{district}"}


def _lies_in(folded: str, branch: Branch) -> bool:
    divisions = {fold(branch.city), fold(branch.district)}
    divisions |= {_DIVISION.sub("", name) for name in divisions}
    return any(len(name) >= 2 and name in folded for name in divisions)


def _middle(name: str, branches: Sequence[Branch]) -> Place:
    lat = sum(branch.lat for branch in branches) / len(branches)
    lon = sum(branch.lon for branch in branches) / len(branches)
    return Place(branches[0].name_zh if len(branches) == 1 else name, "branch", lat, lon)
