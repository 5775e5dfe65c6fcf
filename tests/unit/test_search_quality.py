"""How well the search finds what customers call the demo merchant's products."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nightdesk import settings
from nightdesk.backends.orders.index import Listing, ProductIndex

NAMES = Path(__file__).parent / "data" / "product_names.tsv"
# From this score on the assistant takes a product without asking again.
CERTAIN = 0.75


@dataclass(frozen=True)
class Asked:
    kind: str
    text: str
    skus: frozenset[str]


def asked() -> Iterator[Asked]:
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, text, skus = line.split("\t")
            yield Asked(kind, text, frozenset(skus.split("|")) - {"-"})


def cell(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@pytest.fixture(scope="module")
def index() -> ProductIndex:
    path = settings.ROOT / "merchants" / "qiming" / "products.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return ProductIndex(
            Listing(
                row["sku"],
                (row["name_zh"], row["name_en"], *cell(row["aliases"])),
                cell(row["fits"]),
            )
            for row in csv.DictReader(file)
        )


def test_noisy_names_find_their_product(index: ProductIndex) -> None:
    first: dict[str, list[bool]] = defaultdict(list)
    third: dict[str, list[bool]] = defaultdict(list)
    for case in asked():
        if len(case.skus) != 1:
            continue
        skus = [match.sku for match in index.search(case.text, 3)]
        found = set(skus) >= case.skus
        first[case.kind].append(skus[:1] == list(case.skus))
        third[case.kind].append(found)
        if not first[case.kind][-1]:
            print(f"{'third' if found else 'missed'}: {case.kind} {case.text} {skus}")
    for kind, hits in first.items():
        at_3 = sum(third[kind]) / len(hits)
        print(f"{kind:12} {len(hits):3} recall@1 {sum(hits) / len(hits):.3f} @3 {at_3:.3f}")
    everything = [hit for hits in first.values() for hit in hits]
    within_three = [hit for hits in third.values() for hit in hits]
    print(f"all          {len(everything)} {sum(everything)} {sum(within_three)}")
    assert sum(everything) / len(everything) >= 0.9
    assert sum(within_three) / len(within_three) >= 0.95


def test_ambiguous_names_find_each_kind_alike(index: ProductIndex) -> None:
    cases = [case for case in asked() if len(case.skus) > 1]
    assert len(cases) > 5
    for case in cases:
        matches = index.search(case.text, 5)
        meant = matches[: len(case.skus)]
        assert {match.sku for match in meant} == case.skus, case.text
        assert len({match.score for match in meant}) == 1, case.text


def test_what_the_shop_has_not_is_never_sure(index: ProductIndex) -> None:
    cases = [case for case in asked() if not case.skus]
    assert len(cases) > 10
    best = {case.text: [match.score for match in index.search(case.text, 1)] for case in cases}
    print(best)
    assert all(score < CERTAIN for scores in best.values() for score in scores), best
