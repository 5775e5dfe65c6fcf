"""Provinces, cities and districts of China, and large places abroad, as a gazetteer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from nightdesk.language.tokens import fold_in_place


def _names(tree: dict[str, Any], depth: int) -> Iterator[tuple[str, int]]:
    for key, node in tree.items():
        if key.startswith("_") or not isinstance(node, dict):
            continue
        alias = node.get("_alias") or []
        for name in {key, *([alias] if isinstance(alias, str) else alias)}:
            if len(name) > 1:
                yield name, depth
        if depth < 2:
            yield from _names(node, depth + 1)


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[AhoCorasick, list[str]]:
    from jionlp.dictionary.dictionary_loader import china_location_loader, world_location_loader

    names: dict[str, str] = {}
    for name, depth in _names(china_location_loader(detail=False), 0):
        names.setdefault(fold_in_place(name), ("province", "city", "district")[depth])
    for countries in world_location_loader().values():
        for country, facts in countries.items():
            for name in (country, facts.get("capital"), *facts.get("main_city", ())):
                if name and len(name) > 1:
                    names.setdefault(fold_in_place(name), "abroad")
    return AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest), list(names.values())


def place_spans(folded: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, level)`` of each place named in a folded text; they do not overlap.

    ``level``: province, city, district (of China) or abroad.
    """
    automaton, levels = _gazetteer()
    for index, start, end in automaton.find_matches_as_indexes(folded):
        yield start, end, levels[index]
