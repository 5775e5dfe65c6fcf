"""``nightdesk evaluate`` and ``nightdesk data …``: measuring understanding, keeping its data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from nightdesk.nlu.evaluation import Answer

FOLDER = Path("data/nlu")
HELD_OUT = Path("tests/data/nlu")
TOLERATED = 0.03
"""The share of sentences that may newly fail: another training moves one or two of a hundred."""

app = typer.Typer(help="How well the assistant understands, and the sentences it learns from.")
data = typer.Typer(help="The training sentences in data/nlu.", no_args_is_help=True)
app.add_typer(data, name="data")


@data.command("add")
def add(
    files: list[Path] = typer.Argument(..., help="intent<TAB>marked text<TAB>variety, one a line"),
    source: str = typer.Option(..., help="Who wrote them: kept, so that balance can be checked."),
    folder: Path = typer.Option(FOLDER, help="The training data."),
    held_out: Path = typer.Option(HELD_OUT, help="Evaluation sets: none of their lines is taken."),
) -> None:
    """Put sentences into the training data; says which it refused, and why."""
    from nightdesk.nlu.data_examples import read_lenient
    from nightdesk.nlu.data_files import add as put
    from nightdesk.nlu.data_files import texts_of

    total = 0
    for file in files:
        examples, refused = read_lenient(file, source)
        added, left_out = put(folder, examples, texts_of(held_out))
        total += added
        for why in [*refused, *left_out]:
            typer.echo(f"refused: {why}")
    typer.echo(f"added {total}")


@data.command("check")
def check(
    folder: Path = typer.Option(FOLDER, help="The training data."),
    held_out: Path = typer.Option(HELD_OUT, help="Evaluation sets that must not be trained on."),
    contradictions: bool = typer.Option(False, help="Also train on parts and ask about the rest."),
    shown: int = typer.Option(10, help="Findings shown of each kind."),
) -> None:
    """Look for what is wrong with the training data; fails on what must not be."""
    from collections import Counter, defaultdict

    from nightdesk.nlu import data_check as checks
    from nightdesk.nlu.data_files import read_folder, texts_of

    examples = read_folder(folder)
    typer.echo(f"{len(examples)} sentences")
    for name in ("variety", "source"):
        counts = Counter(getattr(example, name) for example in examples)
        typer.echo(f"by {name}: " + ", ".join(f"{key} {n}" for key, n in counts.most_common()))
    found: dict[str, list[checks.Finding]] = defaultdict(list)
    for finding in checks.check(examples, texts_of(held_out)):
        found[finding.kind].append(finding)
    if contradictions:
        found["contradicted"] = list(checks.contradictions(examples))
    for kind, findings in found.items():
        typer.echo(f"\n{kind}: {len(findings)}")
        for finding in findings[:shown]:
            typer.echo(f"  {finding.text}")
    if any(finding.grave for findings in found.values() for finding in findings):
        raise typer.Exit(1)


@app.command()
def evaluate(
    files: list[Path] = typer.Argument(None, help="intent<TAB>marked text<TAB>variety, one a line"),
    knowledge: Path | None = typer.Option(
        None, help="Measure answers instead: entry<TAB>question, one a line; NONE has no answer."
    ),
    faults: bool = typer.Option(False, help="With --knowledge: symptoms, not questions."),
    model: Path | None = typer.Option(None, help="The trained model; by default the fitting one."),
    errors: Path = typer.Option(Path("results/errors.tsv"), help="Where wrong answers are listed."),
    against: str | None = typer.Option(None, help="`stock`: Rasa's own pipeline, same data."),
    at_least: float = typer.Option(0.0, help="Fail below this accuracy (0 to 1)."),
    ledger: Path | None = typer.Option(None, help="Known failures: fail on too many others."),
    record: bool = typer.Option(False, help="Write the ledger anew instead."),
    merchant: Path | None = typer.Option(
        None, help="The shop that FILES are said to; no training."
    ),
) -> None:
    """Measure how well FILES are understood, or the questions of --knowledge answered."""
    if knowledge is not None:
        return _evaluate_knowledge(knowledge, merchant, faults, errors)
    if not files:
        raise typer.BadParameter("FILES or --knowledge FILE", param_hint="FILES")
    if merchant is not None:
        os.environ["NIGHTDESK_MERCHANT"] = str(merchant.resolve())
    from nightdesk.nlu import evaluate as running
    from nightdesk.nlu import evaluation as ev
    from nightdesk.nlu.annotated import read_tsv

    examples = list(read_tsv(files))
    answers, median_ms = running.run(running.parser(model or _fitting()), examples)
    for line in running.report(answers, median_ms):
        typer.echo(line)
    running.write_errors(answers, errors)
    strangers = _compare(ledger, record, answers) if ledger is not None else 0
    if against is not None:
        if against != "stock":
            raise typer.BadParameter("only `stock` is known", param_hint="--against")
        stock = Path("results/models/stock.tar.gz")
        if not stock.is_file():
            typer.echo("\ntraining the stock pipeline …")
            stock = running.train_stock(FOLDER, Path("domain.yml"), stock.parent)
        typer.echo("\n— stock Rasa —")
        for line in running.report(*running.run(running.parser(stock), examples)):
            typer.echo(line)
    if (reached := ev.accuracy(answers).value) < at_least:
        typer.echo(f"accuracy {reached:.4f} is below {at_least}", err=True)
        raise typer.Exit(1)
    if strangers > TOLERATED * len(answers):
        typer.echo(f"{strangers} failures that the ledger does not know", err=True)
        raise typer.Exit(1)


def _compare(path: Path, record: bool, answers: Sequence[Answer]) -> int:
    """Say how ``answers`` stand to the ledger at ``path``; how many failures it does not know."""
    from nightdesk.nlu import ledger

    if record:
        ledger.write(path, ledger.recorded(ledger.read(path), answers))
    comparison = ledger.compare(ledger.read(path), answers)
    for line in comparison.lines():
        typer.echo(line)
    return len(comparison.new)


def _evaluate_knowledge(file: Path, merchant: Path | None, faults: bool, errors: Path) -> None:
    from rich.console import Console

    from nightdesk.backends.knowledge.evaluate import report
    from nightdesk.settings import load

    table = report(file, merchant or load().merchant, faults, errors)
    Console(width=None if Console().is_terminal else 120).print(table)
    typer.echo(f"what went wrong: {errors}")


def _fitting() -> Path:
    from nightdesk.running.model import fitting

    if (found := fitting()) is None:
        raise typer.BadParameter("no model fits the data: `nightdesk train`, or --model FILE")
    return found


if __name__ == "__main__":
    app()
