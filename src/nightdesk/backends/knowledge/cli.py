"""``nightdesk knowledge …``: what customers ask and get, and the entries as files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from nightdesk.backends.knowledge.neighbours import Neighbours
    from nightdesk.database import Database

app = typer.Typer(
    help="The knowledge base: coverage, gaps, import and export.", no_args_is_help=True
)
DAYS = typer.Option(30, min=1, max=365, help="Of the last so many days.")


@app.command()
def coverage(days: int = DAYS) -> None:
    """Show which share of the customers' questions was answered, by category."""
    from nightdesk.backends.knowledge import asked, gaps, search

    database = _database()
    with database.read() as session:
        recorded = asked.since(session, days)
        records = {str(entry.id): entry for entry in search.live(session)}
    report = gaps.coverage(records, recorded)
    table = Table("category", "asked", "answered", "share")
    for row in report["by_category"]:
        table.add_row(escape(row["category"]) or "-", *_numbers(row))
    table.add_section()
    table.add_row("all", *_numbers(report))
    _console().print(table)


@app.command("gaps")
def show_gaps(days: int = DAYS, limit: int = typer.Option(20, min=1, max=500)) -> None:
    """Show what customers asked and nobody answered, the most frequent first.

    Lost: conversations in the middle of an order or a booking that came to none afterwards ("?"
    while the shop is not running).
    """
    import asyncio

    from nightdesk.backends.knowledge import asked, bank, gaps, search

    database = _database()
    with database.read() as session:
        recorded = asked.since(session, days)
    ended = asyncio.run(_neighbours().ended(gaps.in_the_middle(recorded)))
    state = search.entries(database, fit_in_background=False).current()
    found = gaps.find(state, recorded, bank.shipped())
    table = Table("asked", "lost", "question", "also asked as", "about", "nearest entry")
    table.show_lines = True
    for gap in found[:limit]:
        view = gaps.view(gap, state, ended)
        lost = "?" if view["lost"] is None else str(view["lost"])
        table.add_row(
            str(view["count"]),
            f"{lost} of {view['open']}" if view["open"] else "-",
            escape(view["question"]),
            escape("\n".join(one["question"] for one in view["examples"][1:])),
            escape(view["topic"]["about"]) if view["topic"] else "-",
            escape(view["nearest"][0]["id"]) if view["nearest"] else "-",
        )
    _console().print(table)


@app.command("import")
def take(
    file: Path = typer.Argument(exists=True, dir_okay=False, help="CSV, .docx, .html or .md."),
    check: bool = typer.Option(False, "--check", help="Only say what would be done."),
    by: str = typer.Option("command line", help="Who does it, for the history."),
) -> None:
    """Take the entries of FILE: all of them, or none when there is a mistake."""
    import asyncio

    from nightdesk.backends.knowledge.exchange import File
    from nightdesk.backends.knowledge.files import MAX_FILE, take_file
    from nightdesk.backends.service import ServiceError

    if file.stat().st_size > MAX_FILE:
        _fail(f"{file.name} is larger than {MAX_FILE // 2**20} MB.")
    table = File.of(file.name, file.read_bytes())
    shelf = asyncio.run(_neighbours().read(table.placeholders())).shelf()
    try:
        done = take_file(_database(), table, shelf, by, check)
    except ServiceError as error:
        _problems(error.details.get("problems", []), "red")
        _fail(error.message)
    _problems(done["warnings"], "yellow")
    counts = (len(done[name]) for name in ("created", "changed", "unchanged"))
    print("{} created, {} changed, {} unchanged".format(*counts), end="")
    print(" (nothing was taken: --check)" if check else "")


@app.command()
def export(file: Path = typer.Argument(help="Its ending says the format.")) -> None:
    """Write all entries to FILE: CSV, .docx, .html or .md."""
    from nightdesk.backends.knowledge import exchange, formats

    kind = file.suffix.lower().removeprefix(".")
    if kind not in formats.FORMATS:
        _fail(f"The ending must be one of: {', '.join(formats.FORMATS)}.")
    with _database().read() as session:
        rows = exchange.table(session)
    file.write_bytes(formats.write(kind, rows))
    print(f"{len(rows) - 1} entries in {file}")


def _database() -> Database:
    from nightdesk import logs, settings
    from nightdesk.database import Database, connect, migrate

    logs.configure("knowledge", "WARNING")
    engine = connect(settings.load().database_url)
    migrate(engine)
    return Database(engine)


def _neighbours() -> Neighbours:
    """The backends of the running shop."""
    from nightdesk import settings
    from nightdesk.backends.knowledge.neighbours import Neighbours
    from nightdesk.merchant.profile import load_profile

    here = settings.load()
    return Neighbours.of(here, load_profile(here.merchant))


def _numbers(row: dict[str, Any]) -> tuple[str, str, str]:
    share = "-" if row["share"] is None else f"{row['share']:.1%}"
    return str(row["asked"]), str(row["answered"]), share


def _problems(problems: list[dict[str, Any]], colour: str) -> None:
    for one in problems:
        place = ", ".join(
            part
            for part in (one["file"], f"row {one['row']}" if one["row"] else "", one["column"])
            if part
        )
        text = f"{place}: {one['what']['en']} → {one['right']['en']}"
        _console().print(f"[{colour}]{escape(text)}[/]", soft_wrap=True)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=160)


def _fail(message: str) -> None:
    print(f"nightdesk: {message}", file=sys.stderr)
    raise typer.Exit(1)
