"""How right the model is: from what was wanted and what was understood to figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from nightdesk.nlu.annotated import Example, Span

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Answer:
    """What was understood of one example; ``ranking`` is without the fallback."""

    example: Example
    ranking: tuple[tuple[str, float], ...]
    acted: bool
    spans: tuple[Span, ...] = ()

    @property
    def best(self) -> str:
        """The likeliest intent, or the empty string."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def confidence(self) -> float:
        """Of the likeliest intent."""
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def right(self) -> bool:
        """Whether the likeliest intent is the wanted one."""
        return self.best == self.example.intent

    @property
    def offered(self) -> bool:
        """Whether the wanted intent is among the first three."""
        return self.example.intent in [name for name, _ in self.ranking[:3]]


@dataclass(frozen=True)
class Share:
    """``hits`` of ``of``, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """E. B. Wilson, 1927: the interval that holds at the edges and for few cases."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.959964, self.of, self.value
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = max(0.0, centre - half), min(1.0, centre + half)
        return (0.0 if p == 0 else low), (1.0 if p == 1 else high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%}  ({self.hits}/{self.of}, {low:.1%}–{high:.1%})"


def accuracy(answers: Iterable[Answer]) -> Share:
    """How often the likeliest intent is right."""
    right = [answer.right for answer in answers]
    return Share(sum(right), len(right))


def by(answers: Sequence[Answer], key: Callable[[Answer], str]) -> dict[str, Share]:
    """Accuracy of each group, the worst first."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[key(answer)].append(answer)
    shares = {name: accuracy(group) for name, group in groups.items()}
    return dict(sorted(shares.items(), key=lambda item: item[1].value))


def confusions(answers: Iterable[Answer]) -> list[tuple[tuple[str, str], int]]:
    """``(wanted, understood)`` with how often, the most frequent first."""
    pairs = Counter((a.example.intent, a.best) for a in answers if not a.right)
    return pairs.most_common()


def recall_and_precision(answers: Iterable[Answer], intent: str) -> tuple[Share, Share]:
    """Of one intent, thresholds aside."""
    answers = list(answers)
    hits = sum(a.right for a in answers if a.example.intent == intent)
    wanted = sum(a.example.intent == intent for a in answers)
    understood = sum(a.best == intent for a in answers)
    return Share(hits, wanted), Share(hits, understood)


def calibration_error(answers: Sequence[Answer], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al., 2015) over ``bins`` equal widths of confidence."""
    groups: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[min(int(answer.confidence * bins), bins - 1)].append(answer)
    gaps = (
        len(group) * abs(accuracy(group).value - sum(a.confidence for a in group) / len(group))
        for group in groups.values()
    )
    return sum(gaps) / len(answers) if answers else 0.0


def coverage(
    answers: Sequence[Answer], thresholds: Sequence[float] = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
) -> list[tuple[float, Share, Share]]:
    """``(threshold, how often it acts, how right it is then)``."""
    rows = []
    for threshold in thresholds:
        acted = [answer for answer in answers if answer.confidence >= threshold]
        rows.append((threshold, Share(len(acted), len(answers)), accuracy(acted)))
    return rows


@dataclass(frozen=True)
class F1:
    """Exact spans and types: found and right, missed, invented."""

    right: int
    missed: int
    invented: int

    @property
    def value(self) -> float:
        """The harmonic mean of precision and recall; 1 where there is nothing to find."""
        whole = 2 * self.right + self.missed + self.invented
        return 2 * self.right / whole if whole else 1.0


def entities(answers: Iterable[Answer]) -> dict[str, F1]:
    """F1 by type, and under ``all``."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for answer in answers:
        wanted, found = set(answer.example.spans), set(answer.spans)
        for at, spans in enumerate((wanted & found, wanted - found, found - wanted)):
            for span in spans:
                counts[span.entity][at] += 1
                counts["all"][at] += 1
    return {entity: F1(*count) for entity, count in sorted(counts.items())}
