"""Serving a contender, measured from outside the process."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A server that answers. ``start_s``: from its command to its first answer."""

    url: str
    start_s: float
    pid: int

    def memory_mb(self) -> float:
        """Resident memory now."""
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True
        )
        return int(shown.stdout) / 1024

    def processor_s(self) -> float:
        """Processor time used so far, in seconds (Linux; 0 elsewhere)."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path,
    path: str = "/",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    patience: float = 300,
) -> Iterator[Server]:
    """A server process on loopback; ended with all it started.

    Raises:
        RuntimeError: it ended, or did not answer in ``patience`` seconds.
    """
    url = f"http://127.0.0.1:{port}"
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _answers(url + path):
            if process.poll() is not None or time.monotonic() - begun > patience:
                raise RuntimeError(f"{' '.join(command)} does not answer:\n{tail(log)}")
            time.sleep(0.05)
        yield Server(url, time.monotonic() - begun, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def tail(log: Path) -> str:
    """Its last lines."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
