"""What must hold between rows and between files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nightdesk.language.script import fold
from nightdesk.merchant import cells
from nightdesk.merchant.placeholders import Shelf, mistakes, stray, unknown
from nightdesk.merchant.problems import Findings, Say
from nightdesk.merchant.tables import FAQ, PRODUCTS, Table

ALL_BRANCHES = "*"


@dataclass(frozen=True)
class Loaded:
    """The rows of a file that are right in themselves, by the row's number.

    ``complete``: no row of the file was refused. ``keys``: every key seen, in refused rows too.
    """

    table: Table
    rows: dict[int, Any]
    complete: bool
    keys: dict[str, int] = field(default_factory=dict)

    def records(self) -> tuple[Any, ...]:
        return tuple(self.rows.values())


def references(services: Loaded, branches: Loaded, faults: Loaded, findings: Findings) -> None:
    """Branches of services and services of faults must exist."""
    for number, service in services.rows.items():
        if ALL_BRANCHES in service.branches:
            if len(service.branches) > 1:
                findings.error(
                    services.table.file,
                    number,
                    "branches",
                    Say("“*” beside other codes", "“*”和其他编号不能同时写"),
                    Say("“*” alone for all, or the codes alone", "全部门店只写“*”,否则只写编号"),
                )
            continue
        for code in service.branches:
            _must_exist(services, number, "branches", code, branches, findings)
    for number, fault in faults.rows.items():
        if fault.service:
            _must_exist(faults, number, "service", fault.service, services, findings)


def _must_exist(
    here: Loaded, number: int, column: str, key: str, there: Loaded, findings: Findings
) -> None:
    if key in there.keys or (not there.keys and not there.complete):
        return  # a file that could not be read at all is reported once, not for every reference
    findings.error(
        here.table.file,
        number,
        column,
        Say(
            f"{cells.show(key)} is not in {there.table.file}",
            f"{there.table.file} 里没有 {cells.show(key)}",
        ),
        cells.among(key, tuple(there.keys)),
    )


def names(products: Loaded, services: Loaded, branches: Loaded, findings: Findings) -> None:
    """Warns of a name or alias that two rows of a file share: it cannot tell them apart."""
    for loaded in (products, services, branches):
        seen: dict[str, tuple[int, str]] = {}
        for number, record in loaded.rows.items():
            key = str(getattr(record, loaded.table.key))
            for column, name in _names(record):
                first = seen.setdefault(fold(name), (number, key))
                if first[0] != number:
                    findings.warn(
                        loaded.table.file,
                        number,
                        column,
                        Say(
                            f"{cells.show(name)} also names {first[1]} in row {first[0]}",
                            f"{cells.show(name)} 也是第 {first[0]} 行 {first[1]} 的名称",
                        ),
                        Say("customers will be asked which one", "顾客说到它时会被追问是哪一个"),
                    )
    _spellings(products, findings)


def _names(record: Any) -> Iterator[tuple[str, str]]:
    yield "name_zh", record.name_zh
    if record.name_en:
        yield "name_en", record.name_en
    for alias in record.aliases:
        yield "aliases", alias


def _spellings(products: Loaded, findings: Findings) -> None:
    """Warns of a model in ``fits`` that is also written otherwise (``E7`` and ``e7``)."""
    seen: dict[str, tuple[str, int]] = {}
    for number, product in products.rows.items():
        for model in product.fits:
            spelling, row = seen.setdefault(fold(model).replace(" ", ""), (model, number))
            if spelling != model:
                findings.warn(
                    PRODUCTS.file,
                    number,
                    "fits",
                    Say(
                        f"{cells.show(model)} is written {cells.show(spelling)} in row {row}",
                        f"{cells.show(model)} 在第 {row} 行写作 {cells.show(spelling)}",
                    ),
                    Say("one spelling everywhere", "各处写法要一致"),
                )


def questions(faqs: Loaded, findings: Findings) -> None:
    """Warns of one question under two entries: they compete, and may contradict each other."""
    seen: dict[str, tuple[int, Any]] = {}
    for number, faq in faqs.rows.items():
        asked: Iterable[tuple[str, str]] = [
            ("question_zh", faq.question_zh),
            ("question_en", faq.question_en),
            *(("alt_questions", phrasing) for phrasing in faq.alt_questions),
        ]
        for column, question in asked:
            if not question:
                continue
            row, first = seen.setdefault(_bare(question), (number, faq))
            if row == number:
                continue
            differ = first.answer_zh != faq.answer_zh
            findings.warn(
                FAQ.file,
                number,
                column,
                Say(
                    f"{cells.show(question)} is also asked in row {row}"
                    + (", with another answer" if differ else ""),
                    f"{cells.show(question)} 在第 {row} 行也有" + (",但答案不同" if differ else ""),
                ),
                Say("one entry for one question", "同一个问题只保留一条"),
            )


def _bare(question: str) -> str:
    return "".join(character for character in fold(question) if character.isalnum())


def placeholders(faqs: Loaded, shelf: Shelf, findings: Findings) -> None:
    """Placeholders must name what there is. Other braces are said as written: a warning."""
    for number, faq in faqs.rows.items():
        for column in ("answer_zh", "answer_en"):
            answer = getattr(faq, column)
            for wrong in mistakes(answer, shelf):
                if not wrong.unsure:  # a file that could not be read is reported once
                    findings.error(faqs.table.file, number, column, wrong.what, wrong.right)
            for words in stray(answer):
                findings.warn(
                    faqs.table.file,
                    number,
                    column,
                    Say(f"{words} is said as written", f"{words} 会原样说给顾客"),
                    unknown(words).right,
                )


def english(loaded: Loaded, findings: Findings) -> None:
    """Warns of rows without English when the merchant serves English."""
    columns = [column.name for column in loaded.table.columns if column.may_be_absent]
    for column in columns:
        twin = column.removesuffix("_en") + "_zh"
        rows = [
            number
            for number, record in loaded.rows.items()
            if not getattr(record, column) and getattr(record, twin)
        ]
        if rows:
            findings.warn(
                loaded.table.file,
                rows[0],
                column,
                Say(
                    f"no English in {len(rows)} rows, this one the first",
                    f"有 {len(rows)} 行没有英文,这是第一行",
                ),
                Say(
                    "English, or “languages: [zh]” in profile.yml",
                    "补上英文,或在 profile.yml 里写“languages: [zh]”",
                ),
            )
