"""Where a place in China lies that a customer names: a province, city, district, township, or a
landmark of a large city (``landmarks.csv``: stations, airports, quarters; within a kilometre or
so).

Names and hierarchy come from jionlp's dictionary (46,000 names down to the township), coordinates
of districts, cities and provinces from ``places.csv`` (by code of the division, degrees; from cpca
0.5.5, see ``places.LICENSE``). A township is placed at the seat of its district.
"""

from __future__ import annotations

import csv
import io
import math
import re
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind
from pypinyin import lazy_pinyin

from nightdesk.language.script import fold

EARTH_RADIUS_KM = 6371.0088
# Of two places of one name, the one in reach of a branch is meant; see ``Gazetteer.locate``.
REACH_KM = 60.0
_LEVELS = ("province", "city", "district", "township")
# A landmark is smaller than a township, but its place is known better than a township's.
_RANKS = {level: (-rank, rank) for rank, level in enumerate(_LEVELS)} | {"landmark": (-2.5, 3.5)}
_TOWNSHIP = re.compile(r"(街道|地区|镇|乡|街道办事处|开发区|园区)$")
# A name before these words is part of a road's name, not the place: 南京西路 is in Shanghai.
_ROAD = re.compile(r"[东南西北中]?(路|街(?!道)|大道|大街|巷|弄|桥)")

Point = tuple[float, float]


def distance_km(a: Point, b: Point) -> float:
    """The great-circle distance of two points (latitude, longitude in degrees), by haversine."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b[1] - a[1]) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


@dataclass(frozen=True)
class Place:
    """A place: its full name (上海市浦东新区张江镇), its level and its (district's) centre."""

    name: str
    level: str
    lat: float
    lon: float
    above: tuple[str, ...] = ()

    @property
    def point(self) -> Point:
        return self.lat, self.lon


_reading = threading.Lock()


def gazetteer() -> Gazetteer:
    """The places of China; a second or two at the first call, then kept. For any thread."""
    with _reading:
        return _gazetteer()


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    return Gazetteer([*_divisions(), *_landmarks()])


class Gazetteer:
    """Finds the place that a text names, of many of the same name the likely one."""

    def __init__(self, divisions: Iterable[tuple[Place, tuple[str, ...]]]) -> None:
        self._named: dict[str, list[Place]] = defaultdict(list)
        self._spelt: dict[str, list[Place]] = defaultdict(list)
        named = [(name, place) for place, names in divisions for name in set(names)]
        # All at once: name by name it takes three times as long and fills the cache of ``fold``.
        folded = fold.__wrapped__("\n".join(name for name, _ in named)).split("\n")
        for name, (_, place) in zip(folded, named, strict=True):
            if len(name) >= 2:
                self._named[name].append(place)
                if place.level != "township":
                    self._spelt["".join(lazy_pinyin(name)).replace(" ", "")].append(place)
        self._names = list(self._named)
        self._patterns = AhoCorasick(self._names, matchkind=MatchKind.LeftmostLongest)

    def locate(self, text: str, branches: Sequence[Point] = ()) -> list[Place]:
        """The place meant by ``text``: none, one, or several that it may be.

        A place whose province, city or district is named too wins (上海张江); then one within
        ``REACH_KM`` of a branch; then the larger division. A township's name is too often a common
        word to be believed without either, and so is a landmark's.
        """
        mentions = list(self._mentions(fold(text)))
        ranked: dict[tuple[int, bool, float], list[Place]] = defaultdict(list)
        for index, candidates in enumerate(mentions):
            others = [set(m) for i, m in enumerate(mentions) if i != index]
            names = [{place.name for place in other} for other in others]
            for place in candidates:
                support = sum(bool(names_of & set(place.above)) for names_of in names)
                in_reach = any(distance_km(place.point, branch) <= REACH_KM for branch in branches)
                small = place.level in ("township", "landmark")
                if small and not support and not in_reach:
                    continue
                rank = _RANKS[place.level][bool(support)]
                ranked[support, in_reach, rank].append(place)
        if not ranked:
            return []
        best = {place.point: place for place in ranked[max(ranked)]}
        return list(best.values())

    def _mentions(self, folded: str) -> Iterator[list[Place]]:
        for index, start, end in self._patterns.find_matches_as_indexes(folded):
            if not _ROAD.match(folded, end) or (start == 0 and end == len(folded)):
                yield self._named[self._names[index]]
        words = re.findall(r"[a-z]+", re.sub(r"['’]", "", folded))
        while words:
            for length in (3, 2, 1):
                spelling = "".join(words[:length])
                if len(words) >= length and spelling in self._spelt:
                    yield self._spelt[spelling]
                    break
            else:
                length = 1
            words = words[length:]


def _divisions() -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Each division with its full and short names, from the dictionary's indented lines."""
    centres = _centres()
    path: list[Place] = []
    for line in _dictionary():
        name = line.lstrip("\t")
        depth = len(line) - len(name)
        name, code, short = (*name.split("\t"), "", "")[:3]
        del path[depth:]
        centre = centres.get(code) or path[-1].point
        full = name
        above: tuple[str, ...] = ()
        if path:
            parent = path[-1]
            full = parent.name if parent.name == name else parent.name + name
            above = (*parent.above, parent.name)
        path.append(Place(full, _LEVELS[depth], *centre, above))
        yield path[-1], (name, short or _TOWNSHIP.sub("", name))


def _landmarks() -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Each name of each landmark."""
    with (Path(__file__).parent / "landmarks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            province, city, names = row["province"], row["city"], row["names"].split("|")
            above = (province, city if province == city else province + city)
            point = float(row["lat"]), float(row["lon"])
            for name in names:
                called = names[0] if name.isascii() else name
                yield Place(city + called, "landmark", *point, above), (name,)


def _centres() -> dict[str, Point]:
    with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}


def _dictionary() -> Iterator[str]:
    """The lines of jionlp's dictionary, without importing it: that takes seconds and memory."""
    spec = find_spec("jionlp")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jionlp")
    archive = Path(spec.origin).parent / "dictionary" / "china_location.zip"
    too_deep = "\t" * len(_LEVELS)
    with zipfile.ZipFile(archive) as packed, packed.open("china_location.txt") as file:
        for line in io.TextIOWrapper(file, encoding="utf-8"):
            if line.strip() and not line.startswith(too_deep):
                yield line.rstrip("\n")
