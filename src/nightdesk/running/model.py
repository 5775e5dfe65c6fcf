"""The trained model that fits the project as it is: found by fingerprint, trained when missing."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from nightdesk.settings import ROOT

MODELS = ROOT / "models"
KEPT_MODELS = 4
_MADE_HERE = re.compile(r"[0-9a-f]{16}\.tar\.gz")

# What a model is made from. The merchant is not among it: a merchant needs no training.
_FILES = ("config.yml", "domain.yml")
_FOLDERS = (("domain", "*.yml"), ("data", "*.yml"))
_CODE = (
    ("src/nightdesk/nlu", "*"),
    ("src/nightdesk/language", "*"),
    ("src/nightdesk/meaning", "*"),
)
# Searched, not trained on: the knowledge base's own data.
_SEARCHED = ("data", "knowledge")
# Code beside the components that no trained model depends on.
_NOT_OF_THE_MODEL = (
    "cli.py",
    "described.py",
    "encoder.py",
    "evaluate.py",
    "evaluation.py",
    "opinion.py",
    "validate.py",
)


class TrainingFailed(Exception):
    """Rasa could not train; the message ends with what it said."""


def inputs(root: Path = ROOT) -> list[Path]:
    """Every file that a model is made from, in a fixed order."""

    def found() -> Iterator[Path]:
        yield from (root / name for name in _FILES if (root / name).is_file())
        for folder, pattern in _FOLDERS + _CODE:
            for path in (root / folder).rglob(pattern):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield path

    return sorted(
        path
        for path in found()
        if path.name not in _NOT_OF_THE_MODEL
        and path.relative_to(root).parts[: len(_SEARCHED)] != _SEARCHED
    )


def fingerprint(root: Path = ROOT) -> str:
    """Sixteen hexadecimal digits for :func:`inputs`, names and contents, and Rasa's version."""
    digest = hashlib.sha256(version("rasa").encode())
    for path in inputs(root):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def fitting() -> Path | None:
    """The model trained from exactly these files, if there is one."""
    path = MODELS / f"{fingerprint()}.tar.gz"
    return path if path.is_file() else None


def train(log: Path, progress: Callable[[str], None]) -> Path:
    """Train a model and return it; ``progress`` hears what is trained, Rasa's words go to ``log``.

    Who comes while another trains waits, and takes that model if it fits.

    Raises:
        TrainingFailed: Rasa made no model.
    """
    MODELS.mkdir(exist_ok=True)
    with (MODELS / "train.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            progress("waiting for another training to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        return fitting() or _train(log, progress)


def _train(log: Path, progress: Callable[[str], None]) -> Path:
    """Train on a copy, so that the model is what its fingerprint says whoever edits meanwhile."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-train-") as place:
        project = Path(place)
        for path in inputs():
            copy = project / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        name = fingerprint(project)
        made = _run_rasa(project, name, log, progress)
    model = MODELS / f"{name}.tar.gz"
    made.replace(model)
    _prune()
    return model


def _run_rasa(project: Path, name: str, log: Path, progress: Callable[[str], None]) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    domain = "domain" if (project / "domain").is_dir() else "domain.yml"
    command = [sys.executable, "-m", "rasa", "train", "--out", str(MODELS), "--domain", domain]
    # Forced: Rasa's cache does not see the code that a component calls. Unvalidated:
    # `nightdesk test` validates, and here all data would be read twice.
    command += ["--force", "--skip-validation", "--fixed-model-name", f"part-{name}"]
    environment = {
        **os.environ,
        "RASA_CACHE_DIRECTORY": str(project / ".rasa" / "cache"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    begun = time.monotonic()
    progress("reading the training data")
    tail: list[str] = []
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            tail = [*tail[-19:], line.rstrip()]
            if "Starting to train component '" in line:
                component = line.split("component '", 1)[1].split("'", 1)[0]
                progress(f"{component} ({time.monotonic() - begun:.0f} s)")
    made = MODELS / f"part-{name}.tar.gz"
    if process.returncode != 0 or not made.is_file():
        raise TrainingFailed("Rasa could not train a model:\n    " + "\n    ".join(tail))
    return made


def _prune() -> None:
    """Keep the newest of the models that were made here; what somebody else put there stays."""
    made = [path for path in MODELS.glob("*.tar.gz") if _MADE_HERE.fullmatch(path.name)]
    for path in sorted(made, key=lambda path: path.stat().st_mtime)[:-KEPT_MODELS]:
        path.unlink(missing_ok=True)
