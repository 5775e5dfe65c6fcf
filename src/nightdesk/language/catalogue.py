"""The merchant's folder as a ``Lexicon`` that follows the files."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nightdesk.language.lexicon import Lexicon, Term

FILES = ("products.csv", "services.csv", "branches.csv")
_CHECK_EVERY_S = 1.0


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header, as a spreadsheet may have exported it."""
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: (value or "").strip() for key, value in row.items() if key}


def _cell(value: str) -> list[str]:
    return [part.strip() for part in value.split("|") if part.strip()]


def terms(folder: Path) -> Iterator[Term]:
    """Every word of the folder's products, services and branches, and the models they fit."""
    for kind, name, key in (
        ("product", "products.csv", "sku"),
        ("service", "services.csv", "code"),
        ("branch", "branches.csv", "code"),
    ):
        for row in _rows(folder / name):
            code = row.get(key, "")
            words = [row.get("name_zh", ""), row.get("name_en", ""), *_cell(row.get("aliases", ""))]
            if kind == "product":
                words.append(code)
                for model in _cell(row.get("fits", "")):
                    yield Term(model, "car_model", model)
            for word in words:
                if word:
                    yield Term(word, kind, code)


class Catalogue:
    """The lexicon of a merchant's folder, read again when a file of it has changed.

    A folder that cannot be read just now (a file half written) leaves the last lexicon in force.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp = self._stamps()
        self._lexicon = Lexicon(terms(folder))
        self._checked = clock()

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon in force; looks at the files at most once a second."""
        if self._clock() - self._checked >= _CHECK_EVERY_S:
            with self._lock:
                self._checked = self._clock()
                stamp = self._stamps()
                if stamp != self._stamp:
                    try:
                        self._lexicon = Lexicon(terms(self._folder))
                        self._stamp = stamp
                    except (OSError, UnicodeDecodeError, csv.Error):
                        pass  # tried again at the next check, because the stamp stays old
        return self._lexicon

    def _stamps(self) -> tuple[tuple[int, int], ...]:
        stamps = []
        for name in FILES:
            try:
                stat = (self._folder / name).stat()
                stamps.append((stat.st_mtime_ns, stat.st_size))
            except OSError:
                stamps.append((0, 0))
        return tuple(stamps)
