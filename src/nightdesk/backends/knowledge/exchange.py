"""Entries from files and to files, with the columns and the checks of the merchant's ``faq.csv``.

A shop's own table may name the columns in Chinese, leave out ``id``, and hold what it wants to
change only: an entry whose id, or whose question, is there already is changed, the others are made.
All of a file is taken, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.backends.knowledge import formats, store
from nightdesk.backends.knowledge.asked import bare
from nightdesk.backends.knowledge.live import wrong_in
from nightdesk.backends.knowledge.model import Entry
from nightdesk.backends.knowledge.schemas import NewEntry
from nightdesk.merchant import cells, checks, sheet
from nightdesk.merchant.placeholders import Shelf
from nightdesk.merchant.problems import Findings, Problem, Say
from nightdesk.merchant.reader import read_rows, too_wide
from nightdesk.merchant.tables import FAQ
from nightdesk.placeholders import Placeholder, find

_MEANT = {
    "编号": "id",
    "分类": "category",
    "类别": "category",
    "问题": "question_zh",
    "标准问题": "question_zh",
    "中文问题": "question_zh",
    "question": "question_zh",
    "答案": "answer_zh",
    "回答": "answer_zh",
    "回复": "answer_zh",
    "中文答案": "answer_zh",
    "answer": "answer_zh",
    "英文问题": "question_en",
    "英文答案": "answer_en",
    "其他问法": "alt_questions",
    "其它问法": "alt_questions",
    "相似问法": "alt_questions",
    "别的问法": "alt_questions",
}
_MAY_BE_ABSENT = ("id", "category", "alt_questions")


@dataclass(frozen=True)
class Outcome:
    """What a file made, or would make, of the entries; ids. ``warnings``: what to look at."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class File:
    """A file's name, its format (of ``formats.FORMATS``) and its content."""

    name: str
    kind: str
    raw: bytes

    @classmethod
    def of(cls, name: str, raw: bytes, kind: str = "") -> File:
        """The file; without a ``kind`` its name or its content says what it is."""
        return cls(name, kind or formats.guess(name, raw), raw)

    def rows(self, findings: Findings) -> list[sheet.Row]:
        """The rows of its table; problems are reported."""
        return list(formats.rows(self.name, self.kind, self.raw, findings))

    def placeholders(self) -> list[Placeholder]:
        """Every placeholder that stands in it."""
        cells_ = (cell for row in self.rows(Findings()) for cell in row.cells)
        return list(dict.fromkeys(one for cell in cells_ for one in find(cell)))


def take(session: Session, file: File, shelf: Shelf, by: str) -> Outcome:
    """Bring the entries to what the file says, within ``session``'s transaction.

    ``shelf``: what its placeholders may name.

    Raises:
        MerchantErrors: every mistake of the file; nothing was changed.
    """
    findings = Findings()
    present = {str(entry.id): entry for entry in session.execute(select(Entry)).scalars()}
    table = replace(FAQ, file=file.name)
    lines = file.rows(findings)
    if not lines and not findings.errors:
        _no_table(file.name, findings)
    findings.raise_errors()
    given, whole = _complete(file.name, lines, present, findings)
    loaded = read_rows(table, iter(whole), findings)
    _check(loaded, shelf, findings)
    checks.questions(loaded, findings)
    _against(loaded, present, findings)
    findings.raise_errors()
    store.touch(session)
    outcome = Outcome([], [], [], tuple(findings.warnings))
    for faq in loaded.records():
        values = {**asdict(faq), "alt_questions": list(faq.alt_questions)}
        key = values.pop("id")
        entry = present.get(key)
        if entry is None:
            store.create(session, key, by, **values)
            outcome.created.append(key)
            continue
        before = entry.version
        store.restore(session, entry, by)
        store.change(session, entry, by, **{name: values[name] for name in given & set(values)})
        (outcome.unchanged if entry.version == before else outcome.changed).append(key)
    return outcome


def table(session: Session) -> list[formats.Cells]:
    """The entries that are found, as rows below the header of ``faq.csv``."""
    statement = select(Entry).where(Entry.withdrawn_at.is_(None)).order_by(Entry.category, Entry.id)
    rows = [FAQ.names]
    for entry in session.execute(statement).scalars():
        alternatives: Any = entry.alt_questions
        values = {name: getattr(entry, name) for name in FAQ.names}
        values["alt_questions"] = "|".join(alternatives)
        rows.append(tuple(str(values[name]) for name in FAQ.names))
    return rows


def _no_table(name: str, findings: Findings) -> None:
    findings.error(
        name,
        None,
        None,
        Say("there is no table in it", "里面没有表格"),
        Say(
            "a table whose first row names the columns: 问题, 答案 (question_zh, answer_zh)",
            "一张表格,第一行是列名:问题、答案",
        ),
    )


def _complete(
    file: str, lines: Sequence[sheet.Row], present: dict[str, Entry], findings: Findings
) -> tuple[set[str], list[sheet.Row]]:
    """The columns that the file has, and its rows with those of ``faq.csv`` that it may lack."""
    header = lines[0]
    names = [_MEANT.get(cell.strip().lower(), cell.strip()) for cell in header.cells]
    lower = [name.lower() for name in names]
    absent = [name for name in _MAY_BE_ABSENT if name not in lower]
    width = len(names)
    known = {bare(str(entry.question_zh)): key for key, entry in present.items()}
    place = lower.index("id") if "id" in lower else width
    question = lower.index("question_zh") if "question_zh" in lower else None

    def rows() -> Iterator[sheet.Row]:
        yield sheet.Row(header.number, (*names, *absent))
        for row in lines[1:]:
            if too_wide(file, row, width, findings):
                continue
            filled = [*row.cells[:width], *[""] * (width - len(row.cells[:width]) + len(absent))]
            if not filled[place].strip() and question is not None and filled[question].strip():
                asked = bare(filled[question])
                filled[place] = known.get(asked) or _made_id(asked)
            yield sheet.Row(row.number, tuple(filled))

    return set(lower), list(rows())


def _made_id(question: str) -> str:
    """The same id for the same question, so that a file may be taken twice."""
    return f"e-{hashlib.sha256(question.encode()).hexdigest()[:10]}"


def _check(loaded: checks.Loaded, shelf: Shelf, findings: Findings) -> None:
    """What the contract asks of an entry beyond the cells; and that its placeholders are right."""
    for number, faq in loaded.rows.items():
        for column in ("answer_zh", "answer_en"):
            for wrong in wrong_in(getattr(faq, column), shelf):
                findings.error(loaded.table.file, number, column, wrong.what, wrong.right)
        try:
            NewEntry(**{**asdict(faq), "alt_questions": list(faq.alt_questions)})
        except ValidationError as error:
            for problem in error.errors():
                column = str(problem["loc"][0])
                findings.error(
                    loaded.table.file,
                    number,
                    None if column == "__root__" else column,
                    Say(problem["msg"], f"不符合要求({problem['msg']})"),
                    Say("see docs/merchant.md", "见 docs/merchant.md"),
                )


def _against(loaded: checks.Loaded, present: dict[str, Entry], findings: Findings) -> None:
    """Warns of a question that another entry answers already, otherwise or alike."""
    owners: dict[str, Entry] = {}
    for entry in present.values():
        alternatives: Any = entry.alt_questions
        if entry.withdrawn_at is None and entry.id not in loaded.keys:
            for text in (entry.question_zh, entry.question_en, *alternatives):
                owners.setdefault(bare(str(text)), entry)
    for number, faq in loaded.rows.items():
        for column, text in (
            ("question_zh", faq.question_zh),
            ("question_en", faq.question_en),
            *(("alt_questions", phrasing) for phrasing in faq.alt_questions),
        ):
            owner = owners.get(bare(text)) if text else None
            if owner is None:
                continue
            differ = owner.answer_zh != faq.answer_zh
            findings.warn(
                loaded.table.file,
                number,
                column,
                Say(
                    f"{cells.show(text)} is already asked in the entry {owner.id}"
                    + (", with another answer" if differ else ""),
                    f"{cells.show(text)} 在条目 {owner.id} 里已经有了"
                    + (",但答案不同" if differ else ""),
                ),
                Say("one entry for one question", "同一个问题只保留一条"),
            )
