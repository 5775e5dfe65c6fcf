"""What the merchant's folder brings: ``faq.csv`` and ``faults.csv``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.knowledge import store
from nightdesk.backends.knowledge.model import FOLDER, Entry, Fault
from nightdesk.merchant import records


def replace_faqs(session: Session, faqs: Sequence[records.Faq]) -> None:
    """Bring the entries to what ``faqs`` says, within ``session``'s transaction.

    A row that is as it was at the last load changes nothing, so what a person edited or withdrew
    since then stays. A changed row wins over such an edit, which remains in the history. An entry
    of the folder that is no longer among ``faqs`` is withdrawn; entries made by people stay.
    """
    store.touch(session)
    present = {entry.id: entry for entry in session.execute(select(Entry)).scalars()}
    for faq in faqs:
        values = _faq_values(faq)
        digest = _digest(values)
        entry = present.pop(faq.id, None)
        if entry is None:
            store.create(session, faq.id, FOLDER, digest, **values)
        elif entry.loaded != digest:
            store.restore(session, entry, FOLDER)
            store.change(session, entry, FOLDER, **values)
            entry.loaded = digest
    for entry in present.values():
        if entry.loaded:
            store.withdraw(session, entry, FOLDER)
            entry.loaded = ""


def replace_faults(session: Session, faults: Sequence[records.Fault]) -> None:
    """Make ``faults`` all that are found; others are withdrawn."""
    store.touch(session)
    present = {fault.id: fault for fault in session.execute(select(Fault)).scalars()}
    for record in faults:
        values = {**asdict(record), "phrases": list(record.phrases), "withdrawn_at": None}
        fault = present.pop(record.id, None)
        if fault is None:
            session.add(Fault(**values))
        else:
            for name, value in values.items():
                setattr(fault, name, value)
    for fault in present.values():
        fault.withdrawn_at = fault.withdrawn_at or clock.now()


def _faq_values(faq: records.Faq) -> dict[str, Any]:
    values = {**asdict(faq), "alt_questions": list(faq.alt_questions)}
    del values["id"]
    return values


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
