"""From the text of a CSV file to its rows, with every break of the format reported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from nightdesk.merchant.problems import Findings, Say

MAX_ROWS = 200_000
MAX_CELL = 10_000
MAX_BROKEN = 50
DELIMITERS = ",;\t"
_QUOTES = Say(
    'quote such a cell as "…", and write a quote inside it twice ("")',
    '单元格整个用英文双引号括起来,里面的引号写两个("")',
)


@dataclass(frozen=True)
class Row:
    """A row that is not blank. ``number``: as the spreadsheet shows it, the header being 1."""

    number: int
    cells: tuple[str, ...]


def rows(file: str, text: str, findings: Findings) -> Iterator[Row]:
    """The rows of ``text`` that are not blank, the header first; broken ones are reported."""
    lines = list(io.StringIO(text, newline=""))
    delimiter = _delimiter(file, lines[0] if lines else "", findings)
    start, number, broken = 0, 0, 0
    while start < len(lines):
        reader = csv.reader(iter(lines[start:]), delimiter=delimiter, strict=True)
        read = 0  # lines of complete rows since ``start``
        try:
            for cells in reader:
                read = reader.line_num
                number += 1
                if number > MAX_ROWS:
                    _too_many(file, findings)
                    return
                if any(cell.strip() for cell in cells):
                    yield Row(number, tuple(cells))
            return
        except csv.Error as error:
            number += 1
            broken += 1
            _report(file, number, str(error), findings)
            if broken >= MAX_BROKEN:
                _give_up(file, number, findings)
                return
            start += read + 1  # go on behind the line in which the broken row begins


def _delimiter(file: str, header: str, findings: Findings) -> str:
    counts = {delimiter: header.count(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    if counts[","] or not counts[best]:
        return ","
    name_en, name_zh = ("semicolons", "分号") if best == ";" else ("tabs", "制表符")
    findings.warn(
        file,
        1,
        None,
        Say(f"the columns are separated by {name_en}", f"列之间用的是{name_zh}"),
        Say("commas are the standard", "标准写法是英文逗号"),
    )
    return best


def _report(file: str, row: int, error: str, findings: Findings) -> None:
    if "unexpected end of data" in error:
        what = Say("a quote is opened here and never closed", "这一行有个双引号没有配对")
        right = _QUOTES
    elif "field larger" in error:
        what = Say(
            "a cell is far too long; probably a quote that never closes",
            "单元格过长,多半是双引号没有配对",
        )
        right = _QUOTES
    elif "NUL" in error:
        what = Say("the row holds a NUL byte", "这一行含有空字节(NUL)")
        right = Say("export the file again", "请重新导出文件")
    else:
        what = Say("a quoted cell goes on after its closing quote", "双引号结束后还有别的文字")
        right = _QUOTES
    findings.error(file, row, None, what, right)


def _too_many(file: str, findings: Findings) -> None:
    findings.error(
        file,
        MAX_ROWS + 1,
        None,
        Say(f"more than {MAX_ROWS} rows", f"超过 {MAX_ROWS} 行"),
        Say("fewer rows", "请减少行数"),
    )


def _give_up(file: str, row: int, findings: Findings) -> None:
    findings.error(
        file,
        row,
        None,
        Say("too many broken rows; the rest was not read", "格式错误太多,后面的行没有再读"),
        Say("export the file again", "请重新导出文件"),
    )
