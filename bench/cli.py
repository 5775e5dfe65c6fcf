"""``nightdesk bench``: stock Rasa and the project, measured side by side in one run."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import report
from bench.contenders import Contender, all_in
from bench.load import Waits, measure_chat, measure_parse
from bench.orders import measure_orders
from bench.report import Figures, Measured, Method
from bench.sentences import sentences
from bench.server import Server, running
from bench.training import Training, trained
from bench.understanding import Understanding, measure_understanding
from nightdesk.running import ports
from nightdesk.settings import ROOT

CLIENTS = (1, 8, 32)
ORDERS, ORDERING = 24, 4
"""How many orders are made, and by how many customers at once."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table and write it to ``docs/benchmarks.md``; the exit code."""
    parser = argparse.ArgumentParser(prog="nightdesk bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--messages", type=int, default=120, help="of each run")
    parser.add_argument(
        "--epochs", type=int, default=10, help="of stock's TensorFlow models; 100 is Rasa's own"
    )
    parser.add_argument(
        "--sample", type=int, default=1500, help="sentences that stock learns from, of all intents"
    )
    parser.add_argument(
        "--models", type=Path, help="keep the models here, and train none that is here already"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args(list(arguments))
    method = Method(
        options.runs,
        options.messages,
        options.epochs,
        options.sample,
        os.getloadavg()[0],
        kept=options.models is not None,
    )
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-") as place:
        measured = measure(Path(place), method, options.models)
    text = report.markdown(measured, method)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print(text)
    print(f"written to {options.out}")
    return 0


def measure(place: Path, method: Method, models: Path | None) -> Measured:
    """Every contender's figures and what its model understands, in ``place``."""
    (actions_port,) = ports.free(1)
    contenders = all_in(place, actions_port, method.epochs, method.sample)
    of: dict[str, Training] = {}
    for contender in reversed(contenders):  # the project first: it is the one that may be broken
        if contender.trained_as not in of:
            _say(f"{contender.name}: training")
            of[contender.trained_as] = trained(contender, models or place / "models")
    with ExitStack() as stack:
        actions = [sys.executable, "-m", "bench.null_actions", str(actions_port)]
        log = place / "actions.log"
        stack.enter_context(running(actions, actions_port, log, "/health", cwd=ROOT))
        *timed, small = contenders
        understood: dict[str, Understanding] = {}
        with ExitStack() as alone:
            course = _Course(alone, small, of[small.trained_as])
            samples = course.understanding()
        courses = [_Course(stack, one, of[one.trained_as]) for one in timed]
        for course in courses:
            course.warm_up(sentences(64, seed=1))
        for course in (courses[0], courses[-1]):  # both stocks share one model
            understood[course.contender.name.partition(",")[0]] = course.understanding()
        understood[small.name] = samples
        # In turns, so that what else the machine does in these minutes meets all of them.
        lines = sentences(method.messages)
        for number in range(1, method.runs + 1):
            for course in courses:
                _say(f"run {number} of {method.runs}: {course.contender.name}")
                course.run(lines)
        figures = [course.figures() for course in courses]
    _say("whole orders through everything")
    orders = measure_orders(place / "orders", of["nightdesk"].model, ORDERS, ORDERING)
    return Measured(figures, understood, of[small.trained_as], orders)


class _Course:
    """One contender's server and what was measured of it."""

    def __init__(self, stack: ExitStack, contender: Contender, training: Training) -> None:
        self.contender = contender
        self._training = training
        _say(f"{contender.name}: starting")
        (port,) = ports.free(1)
        command = contender.serve(training.model, port)
        log = contender.folder / "serve.log"
        self._server: Server = stack.enter_context(
            running(command, port, log, cwd=contender.folder, environment=contender.environment)
        )
        self._parse: list[Waits] = []
        self._chats: dict[int, list[Waits]] = {clients: [] for clients in CLIENTS}
        self._processor_ms: list[float] = []

    def warm_up(self, lines: list[str]) -> None:
        """A first load that does not count."""
        self._idle_mb = self._server.memory_mb()
        measure_chat(self._server.url, lines, 4)

    def understanding(self) -> Understanding:
        """How much is understood of what nothing was trained on."""
        _say(f"{self.contender.name}: understanding")
        return measure_understanding(self._server.url)

    def run(self, lines: list[str]) -> None:
        """One round of all loads."""
        self._parse.append(measure_parse(self._server.url, lines))
        before = self._server.processor_s()
        for clients, chats in self._chats.items():
            chats.append(measure_chat(self._server.url, lines, clients))
        seconds = self._server.processor_s() - before
        self._processor_ms.append(seconds * 1000 / (len(CLIENTS) * len(lines)))

    def figures(self) -> Figures:
        """The medians of all runs."""
        return Figures(
            name=self.contender.name,
            training=self._training,
            start_s=self._server.start_s,
            idle_mb=self._idle_mb,
            loaded_mb=self._server.memory_mb(),
            processor_ms=median(self._processor_ms),
            parse=report.median_of(self._parse),
            chats={clients: report.median_of(waits) for clients, waits in self._chats.items()},
        )


def _say(text: str) -> None:
    print(f"  … {text}", flush=True)
