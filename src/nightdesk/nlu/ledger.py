"""The ledger of known failures: which sentences of the evaluation sets are misunderstood today.

A repair must shrink it. It names a sentence by a digest, not by its words: nobody is to write a
training sentence because of one line of a set that is there to measure. One line is
``digest<TAB>variety<TAB>wanted<TAB>understood``; lines beginning with ``#`` say what this is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nightdesk.nlu.annotated import Example
from nightdesk.nlu.evaluation import Answer

HEADER = """\
# Sentences of the sets in this folder that are misunderstood: digest, variety, wanted, understood.
# `nightdesk evaluate FILE --ledger THIS` compares; with `--record` it writes FILE's lines anew.
"""


@dataclass(frozen=True)
class Failure:
    """One misunderstood sentence."""

    digest: str
    variety: str
    wanted: str
    understood: str

    @classmethod
    def of(cls, answer: Answer) -> Failure:
        """The failure that a wrong ``answer`` is."""
        example = answer.example
        return cls(digest(example), example.variety, example.intent, answer.best or "-")

    def __str__(self) -> str:
        return "\t".join((self.digest, self.variety, self.wanted, self.understood))


@dataclass(frozen=True)
class Comparison:
    """Failures that the ledger knows, does not know, and those of it that now pass."""

    known: tuple[Failure, ...]
    new: tuple[Failure, ...]
    repaired: tuple[Failure, ...]

    def lines(self) -> Iterator[str]:
        """What to tell about it."""
        yield f"\nledger: {len(self.known)} known failures, {len(self.new)} new"
        yield from (f"  new       {failure}" for failure in self.new)
        yield from (f"  repaired  {failure}: strike it out" for failure in self.repaired)


def digest(example: Example) -> str:
    """A sentence with its label in twelve hexadecimal digits."""
    text = f"{example.intent}\t{example.text}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read(path: Path) -> list[Failure]:
    """The ledger at ``path``; none where there is no file. Raises ``ValueError`` on a bad line."""
    if not path.is_file():
        return []
    failures = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != 4:
            raise ValueError(f"{path.name}:{number}: {len(fields)} fields instead of 4")
        failures.append(Failure(*fields))
    return failures


def write(path: Path, failures: Iterable[Failure]) -> None:
    """Put ``failures`` into the ledger at ``path``, in an order that makes small differences."""
    lines = sorted(failures, key=lambda failure: (failure.wanted, failure.digest))
    path.write_text(HEADER + "".join(f"{failure}\n" for failure in lines), encoding="utf-8")


def compare(ledger: Iterable[Failure], answers: Sequence[Answer]) -> Comparison:
    """How ``answers`` stand to the lines of ``ledger`` about the same sentences."""
    wrong = {digest(a.example): Failure.of(a) for a in answers if not a.right}
    asked = {digest(answer.example) for answer in answers}
    about = {failure.digest: failure for failure in ledger if failure.digest in asked}
    return Comparison(
        tuple(failure for key, failure in wrong.items() if key in about),
        tuple(failure for key, failure in wrong.items() if key not in about),
        tuple(failure for key, failure in about.items() if key not in wrong),
    )


def recorded(ledger: Iterable[Failure], answers: Sequence[Answer]) -> list[Failure]:
    """``ledger`` with its lines about the sentences of ``answers`` replaced by what fails now."""
    asked = {digest(answer.example) for answer in answers}
    others = [failure for failure in ledger if failure.digest not in asked]
    return others + [Failure.of(answer) for answer in answers if not answer.right]
