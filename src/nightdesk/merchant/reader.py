"""Reads a merchant's folder and reports every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightdesk.merchant import cells, checks, header, sheet
from nightdesk.merchant.encoding import read_text
from nightdesk.merchant.placeholders import Shelf
from nightdesk.merchant.problems import Findings, Problem, Say
from nightdesk.merchant.profile import Profile, read_profile
from nightdesk.merchant.records import Branch, Faq, Fault, Product, Service
from nightdesk.merchant.tables import BRANCHES, FAQ, FAULTS, PRODUCTS, SERVICES, Table
from nightdesk.placeholders import BRANCH, FIGURES, PRODUCT, SERVICE, SHOP


@dataclass(frozen=True)
class Merchant:
    """Everything about one shop. ``warnings``: what was accepted and should be looked at."""

    profile: Profile
    products: tuple[Product, ...]
    services: tuple[Service, ...]
    branches: tuple[Branch, ...]
    faqs: tuple[Faq, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Problem, ...] = ()


def read(folder: Path) -> Merchant:
    """The merchant in ``folder``, all of it valid.

    Raises:
        MerchantErrors: with every mistake of every file.
    """
    folder = Path(folder)
    findings = Findings()
    if not folder.is_dir():
        findings.error(
            folder.name,
            None,
            None,
            Say("there is no such folder", "没有这个文件夹"),
            Say(
                "a folder with profile.yml and five CSV files", "含 profile.yml 和五个 CSV 的文件夹"
            ),
        )
        findings.raise_errors()
    profile = read_profile(folder, findings)
    products = _read_table(folder, PRODUCTS, findings)
    branches = _read_table(folder, BRANCHES, findings)
    services = _read_table(folder, SERVICES, findings)
    faqs = _read_table(folder, FAQ, findings)
    faults = _read_table(folder, FAULTS, findings)
    checks.references(services, branches, faults, findings)
    checks.names(products, services, branches, findings)
    checks.questions(faqs, findings)
    checks.placeholders(faqs, _shelf(profile, products, services, branches), findings)
    if profile is not None and "en" in profile.languages:
        for loaded in (products, services, branches, faqs, faults):
            checks.english(loaded, findings)
    findings.raise_errors()
    assert profile is not None, "a profile that cannot be read is reported"
    return Merchant(
        profile,
        products=products.records(),
        services=services.records(),
        branches=branches.records(),
        faqs=faqs.records(),
        faults=faults.records(),
        warnings=tuple(findings.warnings),
    )


def read_one(path: Path, table: Table) -> tuple[Any, ...]:
    """The records of a file that is a merchant's ``table``, wherever it lies and whatever its name.

    Raises:
        MerchantErrors: with every mistake of the file.
    """
    findings = Findings()
    text = read_text(path, findings)
    lines = iter(()) if text is None else sheet.rows(path.name, text, findings)
    loaded = read_rows(table, lines, findings)
    findings.raise_errors()
    return loaded.records()


def _shelf(
    profile: Profile | None,
    products: checks.Loaded,
    services: checks.Loaded,
    branches: checks.Loaded,
) -> Shelf:
    """What answers may name; of a file with mistakes, what could be read of it."""
    kinds = {PRODUCT: products, SERVICE: services, BRANCH: branches}
    unread = frozenset(kind for kind, one in kinds.items() if not one.keys and not one.complete)
    known: dict[str, Collection[str]] = {kind: one.keys for kind, one in kinds.items()}
    known[SHOP] = profile.figures() if profile else tuple(FIGURES)
    return Shelf(known, silent=unread)


def _read_table(folder: Path, table: Table, findings: Findings) -> checks.Loaded:
    """The rows of one file that are right in themselves; what is wrong is reported."""
    text = read_text(folder / table.file, findings)
    if text is None:
        return checks.Loaded(table, {}, complete=False)
    return read_rows(table, sheet.rows(table.file, text, findings), findings)


def read_rows(table: Table, lines: Iterator[sheet.Row], findings: Findings) -> checks.Loaded:
    """The rows of a table, the header first, that are right in themselves; wherever from."""
    before = len(findings.errors)
    places = header.places(table, next(lines, None), findings)
    if places is None:
        for _ in lines:  # the breaks of the format in the rest are reported all the same
            pass
        return checks.Loaded(table, {}, complete=False)
    records: dict[int, Any] = {}
    seen: dict[str, int] = {}
    for row in lines:
        record = _record(table, places, row, seen, findings)
        if record is not None:
            records[row.number] = record
    return checks.Loaded(table, records, complete=len(findings.errors) == before, keys=seen)


def _record(
    table: Table,
    places: header.Places,
    row: sheet.Row,
    seen: dict[str, int],
    findings: Findings,
) -> Any | None:
    if too_wide(table.file, row, places.width, findings):
        return None
    values: dict[str, object] = {}
    before = len(findings.errors)
    for name, value in _values(table, places, row, findings):
        values[name] = value
    key = values.get(table.key)
    if isinstance(key, str) and key:
        if key in seen:
            findings.error(
                table.file,
                row.number,
                table.key,
                Say(
                    f"{cells.show(key)} is already in row {seen[key]}",
                    f"{cells.show(key)} 与第 {seen[key]} 行重复",
                ),
                Say("each only once", "每个只能出现一次"),
            )
        seen.setdefault(key, row.number)
    whole = len(findings.errors) == before and len(values) == len(table.columns)
    return table.record(**values) if whole else None


def too_wide(file: str, row: sheet.Row, width: int, findings: Findings) -> bool:
    """Whether a row has cells beyond its ``width`` columns; reported if so."""
    if not any(cell.strip() for cell in row.cells[width:]):
        return False
    findings.error(
        file,
        row.number,
        None,
        Say(
            f"{len(row.cells)} cells, but {width} columns",
            f"有 {len(row.cells)} 个单元格,而表头只有 {width} 列",
        ),
        Say(
            'put cells that hold a comma in quotes: "1,299.00"',
            '含英文逗号的单元格要加双引号:"1,299.00"',
        ),
    )
    return True


def _values(
    table: Table, places: header.Places, row: sheet.Row, findings: Findings
) -> Iterator[tuple[str, object]]:
    for column in table.columns:
        if column.name in places.absent and column.needed:
            continue
        place = places.of.get(column.name)
        cell = row.cells[place] if place is not None and place < len(row.cells) else ""
        try:
            text = cells.clean(cell)
            if text:
                yield column.name, column.parse(text)
                continue
        except cells.Wrong as wrong:
            findings.error(table.file, row.number, column.name, wrong.what, wrong.right)
            continue
        if column.needed:
            findings.error(
                table.file,
                row.number,
                column.name,
                Say("the cell is empty", "单元格是空的"),
                Say("a value is needed here", "这里必须填写"),
            )
        else:
            yield column.name, column.empty
