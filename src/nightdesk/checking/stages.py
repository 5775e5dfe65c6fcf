"""The stages of ``nightdesk test``. One whose inputs are missing fails: silence proves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nightdesk.running import frontend, model
from nightdesk.settings import ROOT

BIN = Path(sys.executable).parent
# Two at a time need 2 GB, and no machine on which this runs has less than two cores.
WORKERS = 2
SHARED = ("--dist", "loadfile", "--no-loadscope-reorder")


@dataclass(frozen=True)
class Outcome:
    """How a stage ended, with a note for the summary."""

    failed: bool
    note: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class Stage:
    """One check and what it is for."""

    name: str
    title: str
    check: Callable[[], Outcome]


def command(*arguments: str) -> Outcome:
    """Run a program of the environment in the root, its output shown."""
    print(f"$ {' '.join(arguments)}", flush=True)
    program = str(BIN / arguments[0])
    code = subprocess.run([program, *arguments[1:]], cwd=ROOT).returncode
    return Outcome(code != 0, f"exit code {code}" if code else "")


def pytest(*folders: str, workers: int = 1) -> Callable[[], Outcome]:
    """A stage of pytest over ``folders``; no test found is a failure (pytest's exit code 5).

    ``workers``: how many processes share the tests, each a file at a time.
    """
    shared = ["-n", str(workers), *SHARED] if workers > 1 else []

    def check() -> Outcome:
        if missing := [folder for folder in folders if not (ROOT / folder).is_dir()]:
            return Outcome(True, f"there is no {', '.join(missing)}")
        with tempfile.TemporaryDirectory() as place:
            report = Path(place) / "junit.xml"
            outcome = command("pytest", *folders, *shared, f"--junitxml={report}")
            return Outcome(outcome.failed, _counts(report) or outcome.note)

    return check


def _counts(report: Path) -> str:
    """The numbers of a JUnit report: ``tests 12, failures 0, …``."""
    import xml.etree.ElementTree as Xml

    if not report.is_file():
        return ""
    suite = Xml.parse(report).getroot().find("testsuite")
    if suite is None:
        return ""
    kinds = ("tests", "failures", "errors", "skipped")
    return ", ".join(f"{kind} {suite.get(kind, '?')}" for kind in kinds)


def validate_data() -> Outcome:
    """``rasa data validate --fail-on-warnings`` from the root, as anyone would run it."""
    if not (ROOT / "config.yml").is_file():
        return Outcome(True, "there is no config.yml")
    return command("rasa", "data", "validate", "--fail-on-warnings")


def train_model() -> Outcome:
    """One model for all later stages; trained only when none fits."""
    if (found := model.fitting()) is not None:
        return Outcome(False, f"{found.name} fits")
    log = ROOT / ".nightdesk" / "logs" / "train.log"
    made = model.train(log, lambda text: print(f"  … {text}", flush=True))
    return Outcome(False, made.name)


def test_stories() -> Outcome:
    """``rasa test core`` over ``tests/stories``; Rasa passes with no story, we do not."""
    stories = ROOT / "tests" / "stories"
    fit = model.fitting()
    if fit is None:
        return Outcome(True, "no model fits: the stage `train` failed or was left out")
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        arguments = ["--stories", str(stories), "--model", str(fit), "--out", place]
        outcome = command("rasa", "test", "core", *arguments, "--no-plot")
        report = out / "story_report.json"
        if not report.is_file():
            return Outcome(True, "rasa test core wrote no report: 0 stories ran")
        accuracy = json.loads(report.read_text(encoding="utf-8")).get("conversation_accuracy", {})
    ran, right = int(accuracy.get("total", 0)), int(accuracy.get("correct", 0))
    if ran == 0:
        return Outcome(True, "0 stories ran")
    return Outcome(outcome.failed or right < ran, f"{right} of {ran} stories")


def measure_understanding() -> Outcome:
    """Accuracy on the held-out sentences, not below the figures recorded beside them.

    What fails must stand in the ledger of known failures, but for a few; what no longer fails is
    said, to be struck out.
    """
    folder = ROOT / "tests" / "data" / "nlu"
    recorded = json.loads((folder / "recorded.json").read_text(encoding="utf-8"))
    lowest = []
    for name, figure in recorded.items():
        arguments = ["evaluate", str(folder / name), "--at-least", str(figure)]
        arguments += ["--ledger", str(folder / "known_failures.tsv")]
        for shops in (ROOT / "merchants", folder.parent / "merchants"):
            if (shop := shops / Path(name).stem).is_dir():  # a set of a shop's name is said to it
                arguments += ["--merchant", str(shop)]
        if command("python", "-m", "nightdesk", *arguments).failed:
            lowest.append(f"{name} below {figure} or with unknown failures")
    return Outcome(bool(lowest), ", ".join(lowest))


def test_front_ends() -> Outcome:
    """Type checks and unit tests of every front end."""
    log = ROOT / ".nightdesk" / "logs" / "frontend.log"
    if not (projects := frontend.projects()):
        return Outcome(True, "there is no front end under web/")
    frontend.build_all(log, lambda text: print(f"  … {text}", flush=True))
    for project in projects:
        scripts = json.loads((project / "package.json").read_text(encoding="utf-8"))["scripts"]
        for script in ("check", "test"):
            if script in scripts:
                print(f"$ npm run {script}  (web/{project.name})", flush=True)
                print(frontend.npm(project, log, "run", script), flush=True)
    return Outcome(False, ", ".join(project.name for project in projects))


def test_in_browser() -> Outcome:
    """The browser tests, where a Chromium is or can be installed."""
    from nightdesk.checking.chromium import HOW_TO_GET, find_or_install

    if find_or_install() is None:
        print(HOW_TO_GET, flush=True)
        return Outcome(False, "SKIPPED: no Chromium on this machine", skipped=True)
    return pytest("tests/browser", workers=WORKERS)()


STAGES = (
    Stage("lint", "ruff check", lambda: command("ruff", "check")),
    Stage("format", "ruff format --check", lambda: command("ruff", "format", "--check")),
    Stage("types", "mypy", lambda: command("mypy")),
    Stage("unit", "unit tests", pytest("tests/unit", workers=WORKERS)),
    Stage("data", "rasa data validate --fail-on-warnings", validate_data),
    Stage("front-end", "front ends: types, unit tests, build", test_front_ends),
    Stage("train", "one model for all that follows", train_model),
    Stage("understanding", "accuracy on held-out sentences", measure_understanding),
    Stage("stories", "rasa test core", test_stories),
    Stage("conversations", "conversations over the real processes", pytest("tests/conversations")),
    Stage("integration", "integration tests", pytest("tests/integration", workers=WORKERS)),
    Stage("browser", "the widget in headless Chromium", test_in_browser),
)
