"""``nightdesk merchant check DIR`` and ``nightdesk merchant load DIR``."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nightdesk import settings
from nightdesk.merchant.problems import MerchantErrors, Problem, Say
from nightdesk.merchant.reader import Merchant, read

app = typer.Typer(help="Check and load a merchant's folder.", no_args_is_help=True)
_MISTAKES = Say("mistakes", "错误")
_WARNINGS = Say("warnings", "提醒")
FOLDER = typer.Argument(help="The merchant's folder.", show_default=False)


@app.command()
def check(folder: Path = FOLDER) -> None:
    """Read FOLDER and show every mistake: file, row, column, what is wrong, what would be right."""
    console = _console()
    merchant = _read(folder, console)
    _summary(
        merchant,
        {
            "products": len(merchant.products),
            "branches": len(merchant.branches),
            "services": len(merchant.services),
            "faq": len(merchant.faqs),
            "faults": len(merchant.faults),
        },
        Say("is in order", "检查通过"),
        console,
    )


@app.command()
def load(folder: Path = FOLDER) -> None:
    """Check FOLDER and load it into the backends: all of it, or nothing when there is a mistake."""
    from nightdesk.database import Database, connect, migrate
    from nightdesk.merchant import stamp, tidy
    from nightdesk.merchant.load import load as load_merchant

    console = _console()
    merchant = _read(folder, console)
    here = settings.load()
    engine = connect(here.database_url)
    migrate(engine)
    rows = load_merchant(merchant, Database(engine))
    stamp.put(here, folder)
    tidy.copy(folder, tidy.place(here))
    _summary(merchant, rows, Say("is loaded", "已载入"), console)


def _console() -> Console:
    """A console as wide as the terminal; a pipe gets lines wide enough to read."""
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=160)


def _read(folder: Path, console: Console) -> Merchant:
    try:
        merchant = read(folder)
    except MerchantErrors as errors:
        _show(errors.warnings, _WARNINGS, "yellow", console)
        _show(errors.problems, _MISTAKES, "red", console)
        console.print(
            f"[red]{_counted(len(errors.problems), _MISTAKES)}; nothing was loaded."
            f" · {len(errors.problems)} 处错误,没有载入任何内容。"
        )
        raise typer.Exit(1) from None
    _show(merchant.warnings, _WARNINGS, "yellow", console)
    return merchant


def _show(problems: tuple[Problem, ...], title: Say, colour: str, console: Console) -> None:
    if not problems:
        return
    counted = f"{_counted(len(problems), title)} · {title.zh}"
    table = Table(title=counted, title_style=f"bold {colour}", show_lines=True)
    for heading in ("file · 文件", "row · 行", "column · 列", "what is wrong · 问题"):
        table.add_column(heading, overflow="fold")
    table.add_column("what would be right · 应为", overflow="fold")
    for problem in problems:
        table.add_row(
            escape(problem.file),
            "" if problem.row is None else str(problem.row),
            escape(problem.column or ""),
            escape(f"{problem.what.en}\n{problem.what.zh}"),
            escape(f"{problem.right.en}\n{problem.right.zh}"),
        )
    console.print(table)


def _counted(number: int, kind: Say) -> str:
    return f"{number} {kind.en if number != 1 else kind.en.removesuffix('s')}"


def _summary(merchant: Merchant, rows: dict[str, int], done: Say, console: Console) -> None:
    table = Table(title=f"{escape(merchant.profile.name_zh)} {done}", title_style="bold green")
    for file in rows:
        table.add_column(file, justify="right")
    table.add_row(*(str(count) for count in rows.values()))
    console.print(table)
