"""Which merchant's folder the database was loaded from last: the same one is not loaded again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nightdesk import digests
from nightdesk.settings import Settings

_FILE = "merchant.stamp"


def fits(here: Settings, folder: Path) -> bool:
    """Whether ``folder``, as it is now, was the last one loaded into this database."""
    path = here.data / _FILE
    return path.is_file() and path.read_text(encoding="utf-8") == _stamp(here, folder)


def put(here: Settings, folder: Path) -> None:
    """``folder`` has been loaded."""
    here.data.mkdir(parents=True, exist_ok=True)
    (here.data / _FILE).write_text(_stamp(here, folder), encoding="utf-8")


def _stamp(here: Settings, folder: Path) -> str:
    """A digest, for the URL of the database may hold a password."""
    text = f"{here.database_url}\n{digests.of_folder(folder)}"
    return hashlib.sha256(text.encode()).hexdigest()
