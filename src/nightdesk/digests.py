"""What tells whether the files of a folder have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from pathlib import Path


def of_folder(folder: Path, leave_out: Container[str] = ()) -> str:
    """A SHA-256 in hexadecimal of the names and contents of all files below ``folder``.

    ``leave_out``: names of its own entries that do not count.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in leave_out or not path.is_file():
            continue
        digest.update(f"\0{inside.as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
