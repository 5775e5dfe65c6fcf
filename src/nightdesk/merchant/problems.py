"""What is wrong with a merchant's folder, said so that the merchant can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Say(NamedTuple):
    """One sentence in English and in Chinese."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.en} · {self.zh}"


@dataclass(frozen=True)
class Problem:
    """One mistake or warning.

    ``row`` counts as a spreadsheet does: the header is row 1 (in ``profile.yml``: the line).
    ``column`` is a column's name, or the key in ``profile.yml``.
    """

    file: str
    row: int | None
    column: str | None
    what: Say
    right: Say

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(self.column)
        return f"{', '.join(place)}: {self.what.en} → {self.right.en}"


class MerchantErrors(Exception):
    """A folder cannot be used: every mistake of every file, and the warnings found beside them."""

    def __init__(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Findings:
    """Collects errors and warnings while a folder is read."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def error(self, file: str, row: int | None, column: str | None, what: Say, right: Say) -> None:
        self.errors.append(Problem(file, row, column, what, right))

    def warn(self, file: str, row: int | None, column: str | None, what: Say, right: Say) -> None:
        self.warnings.append(Problem(file, row, column, what, right))

    def raise_errors(self) -> None:
        """Raises:
        MerchantErrors: at least one error was found.
        """
        if self.errors:
            raise MerchantErrors(self.errors, self.warnings)
