"""The header row: which column stands where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nightdesk.language.script import fold
from nightdesk.merchant import cells
from nightdesk.merchant.problems import Findings, Say
from nightdesk.merchant.sheet import Row
from nightdesk.merchant.tables import Table


@dataclass(frozen=True)
class Places:
    """``of``: a column's name to its place in a row; ``width``: up to the last named column.

    ``absent``: columns that should be there; that was reported, and is not again for each row.
    """

    of: dict[str, int]
    width: int
    absent: frozenset[str] = frozenset()


def places(table: Table, row: Row | None, findings: Findings) -> Places | None:
    """Where the columns of ``table`` stand, as far as they do; ``None`` without a header.

    What is wrong with the header is reported.
    """
    if row is None:
        findings.error(
            table.file,
            1,
            None,
            Say("the file is empty", "文件是空的"),
            Say(f"a header row: {','.join(table.names)}", f"第一行写表头:{','.join(table.names)}"),
        )
        return None
    given = [_name(cell) for cell in row.cells]
    found: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    for place, name in enumerate(given):
        if name in found:
            findings.error(
                table.file,
                row.number,
                name,
                Say("the column is there twice", "这一列重复了"),
                Say("keep one of them", "保留一个"),
            )
        elif name in table.names:
            found[name] = place
        elif name:
            unknown.append((place, name))
    _report_unknown(table, row, unknown, found, findings)
    if table.key not in found:
        return None
    width = max((place + 1 for place, name in enumerate(given) if name), default=0)
    return Places(found, width, frozenset(table.names) - frozenset(found))


def _name(cell: str) -> str:
    """A header's cell as it is compared: ``" Name ZH "`` is ``name_zh``."""
    text = fold(cell).strip(" \t\r\n\u00a0\u200b\u2060\ufeff\"'")
    return re.sub(r"[\s-]+", "_", text)


def _report_unknown(
    table: Table,
    row: Row,
    unknown: list[tuple[int, str]],
    found: dict[str, int],
    findings: Findings,
) -> None:
    absent = tuple(name for name in table.names if name not in found)
    meant: set[str] = set()
    for _place, name in unknown:
        best = cells.nearest(name, tuple(column for column in absent if column not in meant))
        if best:
            meant.add(best)
            findings.error(
                table.file,
                row.number,
                name,
                Say(f"unknown column {cells.show(name)}", f"没有这一列:{cells.show(name)}"),
                Say(f"perhaps “{best}”", f"是不是“{best}”?"),
            )
        else:
            findings.warn(
                table.file,
                row.number,
                name,
                Say(
                    f"unknown column {cells.show(name)}, not read",
                    f"未知的列 {cells.show(name)},不会读取",
                ),
                Say(f"columns: {', '.join(table.names)}", f"可用的列:{', '.join(table.names)}"),
            )
    for column in table.columns:
        if column.name not in found and column.name not in meant and not column.may_be_absent:
            findings.error(
                table.file,
                row.number,
                column.name,
                Say("the column is missing", "缺少这一列"),
                Say(f"add the column “{column.name}”", f"请补上“{column.name}”列"),
            )
