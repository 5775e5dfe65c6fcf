"""How well entities are found: exact span and type, by type, with the time of a message.

``python -m nightdesk.nlu.entity_evaluation FILE.tsv…`` trains on ``data/nlu`` and measures on the
files. ``--folds N`` measures on the training data itself, leaving out whole writers.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from nightdesk import settings
from nightdesk.language.catalogue import Catalogue
from nightdesk.language.lexicon import Lexicon
from nightdesk.nlu.annotated import Example, Span, read_tsv
from nightdesk.nlu.data_files import read_folder
from nightdesk.nlu.recogniser import recognise
from nightdesk.nlu.tagger import Tagger, train
from nightdesk.nlu.values import Shop


@dataclass
class Score:
    """Counts by type; times in milliseconds; errors as ``(example, missed, spurious)``."""

    right: Counter[str] = field(default_factory=Counter)
    spurious: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    errors: list[tuple[Example, set[Span], set[Span]]] = field(default_factory=list)

    def f1(self, entity: str | None = None) -> float:
        """F1 of one type, or micro-averaged over all; 1 where there was nothing to find."""
        right, spurious, missed = (
            counter[entity] if entity else sum(counter.values())
            for counter in (self.right, self.spurious, self.missed)
        )
        total = 2 * right + spurious + missed
        return 2 * right / total if total else 1.0

    def table(self) -> str:
        """The figures, one type a line."""
        lines = [f"{'entity':<16}{'F1':>7}{'n':>7}{'spurious':>10}{'missed':>8}"]
        for entity in sorted({*self.right, *self.spurious, *self.missed}):
            count = self.right[entity] + self.missed[entity]
            lines.append(
                f"{entity:<16}{self.f1(entity):>7.3f}{count:>7}"
                f"{self.spurious[entity]:>10}{self.missed[entity]:>8}"
            )
        count = sum(self.right.values()) + sum(self.missed.values())
        lines.append(
            f"{'all':<16}{self.f1():>7.3f}{count:>7}"
            f"{sum(self.spurious.values()):>10}{sum(self.missed.values()):>8}"
        )
        if self.times:
            slow = sorted(self.times)[int(0.95 * (len(self.times) - 1))]
            lines.append(
                f"a message: {statistics.median(self.times):.2f} ms median, {slow:.2f} ms p95"
            )
        return "\n".join(lines)


def measure(
    examples: Sequence[Example], tagger: Tagger, lexicon: Lexicon, shop: Shop, score: Score
) -> Score:
    """``score`` with the examples counted in. Time is the processor's, not the wall's."""
    for example in examples:
        start = time.process_time()
        found = {item.span for item in recognise(example.text, tagger, lexicon, shop)}
        score.times.append((time.process_time() - start) * 1000)
        gold = set(example.spans)
        score.right.update(span.entity for span in found & gold)
        score.spurious.update(span.entity for span in found - gold)
        score.missed.update(span.entity for span in gold - found)
        if found != gold:
            score.errors.append((example, gold - found, found - gold))
    return score


def folds_by_writer(examples: Sequence[Example], count: int) -> list[list[Example]]:
    """The examples in ``count`` parts of about one size; one writer's are all in one part."""
    sizes = Counter(example.source for example in examples)
    parts: list[list[Example]] = [[] for _ in range(count)]
    place: dict[str, int] = {}
    loads = [0] * count
    for writer, size in sizes.most_common():
        place[writer] = loads.index(min(loads))
        loads[place[writer]] += size
    for example in examples:
        parts[place[example.source]].append(example)
    return parts


def _write_errors(path: Path, score: Score) -> None:
    def shown(example: Example, spans: set[Span]) -> str:
        ordered = sorted(spans, key=lambda span: span.start)
        return " ".join(f"[{example.text[s.start : s.end]}]({s.entity})" for s in ordered)

    lines = [
        "\t".join((example.text, shown(example, missed), shown(example, spurious), example.intent))
        for example, missed, spurious in score.errors
    ]
    path.write_text("\n".join(["text\tmissed\tspurious\tintent", *lines, ""]), encoding="utf-8")


def main(
    files: list[Path] = typer.Argument(None, help="Files to measure on, never trained on."),
    data: Path = typer.Option(settings.ROOT / "data" / "nlu", help="The training data."),
    merchant: Path = typer.Option(None, help="The merchant's folder; the configured one."),
    folds: int = typer.Option(0, help="Cross-validate the training data in so many parts."),
    errors: Path = typer.Option(None, help="Write what went wrong to this file."),
) -> None:
    """Print entity F1 (exact span and type) by type."""
    folder = merchant or settings.load().merchant
    lexicon, shop = Catalogue(folder).lexicon, Shop.from_folder(folder)
    examples = read_folder(data)
    score = Score()
    if folds:
        parts = folds_by_writer(examples, folds)
        for held in parts:
            rest = [example for part in parts if part is not held for example in part]
            measure(held, train(rest, lexicon), lexicon, shop, score)
    else:
        unseen = list(read_tsv(files))
        texts = {example.text for example in unseen}
        started = time.process_time()
        tagger = train([e for e in examples if e.text not in texts], lexicon)
        typer.echo(f"trained in {time.process_time() - started:.0f} s of one core")
        measure(unseen, tagger, lexicon, shop, score)
    typer.echo(score.table())
    if errors:
        _write_errors(errors, score)


if __name__ == "__main__":
    typer.run(main)
