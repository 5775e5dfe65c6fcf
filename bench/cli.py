"""``nightdesk bench``: stock Rasa and the project, measured side by side in one run."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.contenders import Contender, all_in
from bench.load import Waits, measure_chat, measure_parse
from bench.report import Figures
from bench.sentences import sentences
from bench.server import Training, running, train
from nightdesk.running import ports
from nightdesk.settings import ROOT

CLIENTS = (1, 8, 32)


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table and write it to ``docs/benchmarks.md``; the exit code."""
    parser = argparse.ArgumentParser(prog="nightdesk bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of which the median is taken")
    parser.add_argument("--messages", type=int, default=480, help="of each run")
    parser.add_argument("--epochs", type=int, default=100, help="of stock's TensorFlow models")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args(list(arguments))
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-") as place:
        figures = measure(Path(place), options.runs, options.messages, options.epochs)
    text = report.markdown(figures, options.runs, options.messages, options.epochs)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print(text)
    print(f"written to {options.out}")
    return 0


def measure(place: Path, runs: int, messages: int, epochs: int) -> list[Figures]:
    """Every contender's figures, trained and served in ``place``."""
    (actions_port,) = ports.free(1)
    contenders = all_in(place, actions_port, epochs)
    lines = sentences(messages)
    models: dict[str, Training] = {}
    for contender in reversed(contenders):  # the project first: it is the one that may be broken
        if contender.trained_as not in models:
            _say(f"{contender.name}: training")
            models[contender.trained_as] = train(contender)
    actions = [sys.executable, "-m", "bench.null_actions", str(actions_port)]
    with running(actions, actions_port, place / "actions.log", "/health", cwd=ROOT):
        return [_serve(one, models[one.trained_as], lines, runs) for one in contenders]


def _serve(contender: Contender, training: Training, lines: list[str], runs: int) -> Figures:
    (port,) = ports.free(1)
    log = contender.folder / "serve.log"
    _say(f"{contender.name}: starting")
    command = contender.serve(training.model, port)
    with running(
        command, port, log, cwd=contender.folder, environment=contender.environment
    ) as server:
        idle_mb = server.memory_mb()
        measure_chat(server.url, lines[:64], 4)  # warm, and not counted
        _say(f"{contender.name}: parsing")
        parse = [measure_parse(server.url, lines) for _ in range(runs)]
        chats: dict[int, list[Waits]] = {}
        processor = 0.0
        for clients in CLIENTS:
            _say(f"{contender.name}: {clients} clients")
            before = server.processor_s()
            chats[clients] = [measure_chat(server.url, lines, clients) for _ in range(runs)]
            _say(f"  {report.median_of(chats[clients])}")
            processor += server.processor_s() - before
        return Figures(
            name=contender.name,
            training=training,
            start_s=server.start_s,
            idle_mb=idle_mb,
            loaded_mb=server.memory_mb(),
            processor_ms=processor * 1000 / (len(CLIENTS) * runs * len(lines)),
            parse=report.median_of(parse),
            chats={clients: report.median_of(several) for clients, several in chats.items()},
        )


def _say(text: str) -> None:
    print(f"  … {text}", flush=True)
