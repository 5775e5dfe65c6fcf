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


def problem(found: Problem) -> dict[str, Any]:
    """A mistake in a file as JSON."""
    return {
        "file": found.file,
        "row": found.row,
        "column": found.column,
        "what": found.what._asdict(),
        "right": found.right._asdict(),
    }
