"""The vectors of questions and phrasings, remembered.

The bank's are kept in ``models/``, for to make them takes a quarter of a minute.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nightdesk import logs
from nightdesk.backends.knowledge.features import MAX_CHARACTERS
from nightdesk.backends.knowledge.index import Floats
from nightdesk.meaning import sentences
from nightdesk.settings import ROOT

KEPT = ROOT / "models"
WORTH_KEEPING = 1000  # texts, from which their vectors are kept in a file
FILES = 4  # are kept, the newest: questions and symptoms, before and after a change of the bank
REMEMBERED = 60_000  # texts whose vectors this process holds, a kilobyte each
_BATCH = 64

log = logs.get(__name__)

_known: dict[str, Any] = {}  # text → float16 vector


@lru_cache(maxsize=4096)
def of_question(text: str) -> Floats:
    """The vector of what a customer asks, of length 1. Some 5 ms of processor time."""
    found: Floats = sentences.encode([text[:MAX_CHARACTERS]])[0]
    return found


def of_phrasings(texts: Sequence[str]) -> Floats:
    """The vectors of ``texts``, one a row; remembered by this process."""
    missing = [text for text in dict.fromkeys(texts) if text not in _known]
    if len(_known) + len(missing) > REMEMBERED:
        _known.clear()
        missing = list(dict.fromkeys(texts))
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        rows = sentences.encode([text[:MAX_CHARACTERS] for text in batch])
        _known.update(zip(batch, rows.astype(np.float16), strict=True))
    found: Floats = np.stack([_known[text] for text in texts]).astype(np.float32)
    return found


def prepare(texts: Sequence[str], folder: Path | None = None) -> None:
    """Have the vectors of ``texts`` at hand: from ``folder`` if they are kept there, else made."""
    missing = [text for text in texts if text not in _known]
    if len(missing) < WORTH_KEEPING:
        return
    digest = hashlib.sha256("\0".join((sentences.ENCODER, *missing)).encode()).hexdigest()[:16]
    path = (folder or KEPT) / f"knowledge-{digest}.npy"
    kept = _read(path, len(missing))
    if kept is None:
        kept = of_phrasings(missing).astype(np.float16)
        _write(path, kept)
    _known.update(zip(missing, kept, strict=True))


def _read(path: Path, rows: int) -> Any:
    """The vectors in ``path``; None when there are none, or not so many."""
    try:
        kept = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return kept if kept.shape == (rows, sentences.SIZE) and kept.dtype == np.float16 else None


def _write(path: Path, kept: Any) -> None:
    """Keep vectors, whole or not at all. A folder that cannot be written costs time only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.save(file, kept, allow_pickle=False)
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, path)
        newest = sorted(path.parent.glob("knowledge-*.npy"), key=lambda one: -one.stat().st_mtime)
        for old in newest[FILES:]:
            old.unlink()
    except OSError as error:
        log.info("vectors_not_kept", error=repr(error))
