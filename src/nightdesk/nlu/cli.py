"""``nightdesk evaluate`` and ``nightdesk data …``: measuring understanding, and keeping its data."""

from __future__ import annotations

from pathlib import Path

import typer

FOLDER = Path("data/nlu")
HELD_OUT = Path("tests/data/nlu")

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


if __name__ == "__main__":
    app()
