"""Training a contender, measured from outside the process."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.contenders import Contender
from bench.server import tail
from nightdesk.running.model import fingerprint


@dataclass(frozen=True)
class Training:
    """Wall-clock and processor seconds, and the process's largest resident memory in MB."""

    seconds: float
    processor_s: float
    peak_mb: float
    model: Path


def trained(contender: Contender, models: Path) -> Training:
    """The contender's model in ``models`` and what it cost; trained now if it is not there."""
    models.mkdir(parents=True, exist_ok=True)
    model = models / f"{contender.trained_as}-{_state(contender)}.tar.gz"
    costs = model.with_suffix(".json")
    if model.is_file() and costs.is_file():
        return Training(**json.loads(costs.read_text(encoding="utf-8")), model=model)
    training = train(contender)
    shutil.copy(training.model, model)
    figures = asdict(training)
    del figures["model"]
    costs.write_text(json.dumps(figures), encoding="utf-8")
    return Training(**figures, model=model)


def _state(contender: Contender) -> str:
    """Changes with everything that the model is made from: its project's files and our code."""
    digest = hashlib.sha256(fingerprint().encode())
    for path in sorted(contender.folder.rglob("*.yml")):
        if path.name != "endpoints.yml":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def train(contender: Contender) -> Training:
    """`rasa train` in the contender's folder.

    Raises:
        RuntimeError: no model was made.
    """
    log = contender.folder / "train.log"
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa", "train", "--skip-validation", "--force"],
            cwd=contender.folder,
            env=contender.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    models = sorted((contender.folder / "models").glob("*.tar.gz"))
    if status != 0 or not models:
        raise RuntimeError(f"{contender.name} could not train:\n{tail(log)}")
    # Linux counts in KB, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = usage.ru_maxrss / unit
    return Training(seconds, usage.ru_utime + usage.ru_stime, peak, models[-1])
