"""The records of knowledge as JSON."""

from __future__ import annotations

from typing import Any

from nightdesk.backends.knowledge import store
from nightdesk.backends.knowledge.model import Entry
from nightdesk.merchant.problems import Problem


def entry(record: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    return {
        "id": record.id,
        "version": record.version,
        **store.content(record),
        "updated_at": record.updated_at,
        "updated_by": record.updated_by,
    }


def question(record: Entry, lang: str) -> dict[str, Any]:
    """An entry to choose: its id, and its question in ``lang`` where it has one."""
    own = record.question_en if lang == "en" else record.question_zh
    return {"id": record.id, "question": own or record.question_zh or record.question_en}


def problem(found: Problem) -> dict[str, Any]:
    """A mistake in a file as JSON."""
    return {
        "file": found.file,
        "row": found.row,
        "column": found.column,
        "what": found.what._asdict(),
        "right": found.right._asdict(),
    }
