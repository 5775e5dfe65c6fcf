"""Runs the stages one after the other, says how long each took, and sums up."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nightdesk.checking.stages import STAGES, Outcome, Stage


@dataclass(frozen=True)
class Result:
    """A stage that has ended. ``seconds``: its wall-clock time."""

    stage: Stage
    outcome: Outcome
    seconds: float


def names() -> list[str]:
    """All stages, in their order."""
    return [stage.name for stage in STAGES]


def run(wanted: Sequence[str]) -> int:
    """Run the stages ``wanted``; all of them, even after a failure. Returns the exit code."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore::DeprecationWarning")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    results = [_run(stage) for stage in STAGES if stage.name in wanted]
    _sum_up(results)
    return 1 if any(result.outcome.failed for result in results) else 0


def _run(stage: Stage) -> Result:
    print(f"\n━━━ {stage.name}: {stage.title} ━━━", flush=True)
    begun = time.monotonic()
    try:
        outcome = stage.check()
    except Exception as error:
        outcome = Outcome(True, f"{type(error).__name__}: {error}")
    seconds = time.monotonic() - begun
    print(f"─── {_word(outcome)}: {stage.name} ({seconds:.1f} s) {outcome.note}", flush=True)
    return Result(stage, outcome, seconds)


def _word(outcome: Outcome) -> str:
    return "FAILED" if outcome.failed else "skipped" if outcome.skipped else "passed"


def _sum_up(results: list[Result]) -> None:
    print("\n━━━ summary ━━━")
    for result in results:
        word = _word(result.outcome)
        print(f"{word:8} {result.stage.name:14} {result.seconds:7.1f} s  {result.outcome.note}")
    failed = [result.stage.name for result in results if result.outcome.failed]
    total = sum(result.seconds for result in results)
    verdict = f"FAILED: {', '.join(failed)}" if failed else "all passed"
    print(f"{verdict} in {total / 60:.1f} min", flush=True)
