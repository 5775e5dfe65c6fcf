"""What runs on a data folder: a lock that only one ``up`` can hold, and ``run.json`` for readers.

The lock belongs to the kernel and goes with its process, however that ends; the file alone proves
nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RUN_FILE = "run.json"
LOCK_FILE = "run.lock"


class AlreadyRunning(Exception):
    """Another ``nightdesk up`` holds the data folder."""


@dataclass
class ChildState:
    """One process as its supervisor sees it. ``state``: starting, ready, restarting, stopped."""

    pid: int | None = None
    port: int = 0
    state: str = "starting"
    restarts: int = 0


@dataclass
class RunState:
    """A run: its supervisor and its children. ``ready`` once every child has been healthy."""

    pid: int
    started: str
    url: str
    merchant: str
    ready: bool = False
    children: dict[str, ChildState] = field(default_factory=dict)


class RunFolder:
    """The data folder, held by this process while it supervises."""

    def __init__(self, data: Path) -> None:
        self.path = data / RUN_FILE
        self._lock_path = data / LOCK_FILE
        self._lock: int | None = None

    def hold(self) -> None:
        """Take the folder until :meth:`release` or the end of this process.

        Raises:
            AlreadyRunning: another process holds it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            run = read(self.path.parent)
            where = f" at {run.url} (process {run.pid})" if run else ""
            raise AlreadyRunning(
                f"NightDesk is already running on {self.path.parent}{where}. "
                "Stop it, or choose another folder with --data."
            ) from None
        self._lock = handle
        if (stale := read(self.path.parent)) is not None:
            _end_orphans(stale)

    def write(self, run: RunState) -> None:
        """Publish ``run`` for ``nightdesk status`` in one step."""
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(run), indent=2), encoding="utf-8")
        temporary.replace(self.path)

    def release(self) -> None:
        """Say that nothing runs any more."""
        self.path.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def read(data: Path) -> RunState | None:
    """The run that ``run.json`` describes, whether it still lives or not."""
    try:
        raw: dict[str, Any] = json.loads((data / RUN_FILE).read_text(encoding="utf-8"))
        children = {name: ChildState(**child) for name, child in raw.pop("children").items()}
        return RunState(**raw, children=children)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def current(data: Path) -> RunState | None:
    """The run that holds ``data`` now, or ``None``."""
    try:
        handle = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return read(data)
    finally:
        os.close(handle)
    return None


def _end_orphans(run: RunState) -> None:
    """Kill what a supervisor that was itself killed left behind, and nothing else."""
    for child in run.children.values():
        if child.pid is None:
            continue
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(child.pid)], capture_output=True, text=True
        )
        if " -m nightdesk." in shown.stdout:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
