"""The figures of a benchmark as a table."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.load import Waits
from bench.training import Training
from bench.understanding import HELD_OUT, Understanding
from nightdesk.settings import ROOT


@dataclass(frozen=True)
class Method:
    """How it was measured.

    Attributes:
        sample: how many sentences stock learnt from.
        load: what else the machine did when it began (load average).
        kept: models may come from an earlier run.
    """

    runs: int
    messages: int
    epochs: int
    sample: int
    load: float
    kept: bool = False


@dataclass(frozen=True)
class Figures:
    """What one contender needed. ``processor_ms``: of the server, for one whole message."""

    name: str
    training: Training
    start_s: float
    idle_mb: float
    loaded_mb: float
    processor_ms: float
    parse: Waits
    chats: dict[int, Waits]


def median_of(several: Sequence[Waits]) -> Waits:
    """Each figure's median over the runs."""
    return Waits(
        median(one.median for one in several),
        median(one.p95 for one in several),
        median(one.p99 for one in several),
        median(one.per_second for one in several),
        median(one.silent for one in several),
    )


@dataclass(frozen=True)
class Measured:
    """All of one benchmark.

    Attributes:
        figures: of each contender, stock first and the project last.
        understood: of each model, by its name.
        small: how the project trained on the sentences that stock had.
        orders: messages of whole orders through the desk; its silent ones are orders not made.
    """

    figures: Sequence[Figures]
    understood: Mapping[str, Understanding]
    small: Training
    orders: Waits


def markdown(measured: Measured, method: Method) -> str:
    """``docs/benchmarks.md``: how it was measured, the tables, ours as a multiple of stock's."""
    return _ABOUT.format(
        command=f"./nightdesk bench --runs {method.runs} --messages {method.messages} "
        f"--epochs {method.epochs} --sample {method.sample}",
        day=date.today().isoformat(),
        rasa=version("rasa"),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count(),
        kept=_KEPT if method.kept else "",
        begun=f"{method.load:.1f}",
        ended=f"{os.getloadavg()[0]:.1f}",
        runs=method.runs,
        messages=method.messages,
        epochs=method.epochs,
        small_s=measured.small.seconds,
        small_processor_s=measured.small.processor_s,
        sample=f"{method.sample:,}",
        speed=_speed(measured.figures),
        held_out=HELD_OUT.relative_to(ROOT),
        understanding=_understanding(measured.understood),
        orders=_orders(measured.orders),
    )


def _speed(figures: Sequence[Figures]) -> str:
    rows: list[Row] = [
        ("training, wall clock (s)", lambda one: one.training.seconds, False),
        ("training, processor (s)", lambda one: one.training.processor_s, False),
        ("training, peak memory (MB)", lambda one: one.training.peak_mb, False),
        ("start until it answers (s)", lambda one: one.start_s, False),
        ("memory after start (MB)", lambda one: one.idle_mb, False),
        ("memory after the load (MB)", lambda one: one.loaded_mb, False),
        ("parse one sentence, median (ms)", lambda one: one.parse.median, False),
        ("parse one sentence, p95 (ms)", lambda one: one.parse.p95, False),
        ("processor for one message (ms)", lambda one: one.processor_ms, False),
    ]
    for clients in figures[0].chats:
        rows += _chat_rows(clients)
    heading = ["", *(one.name for one in figures), *(f"than {one.name}" for one in figures[:-1])]
    lines = [_row(heading), _row(["---", *["---:"] * (len(heading) - 1)])]
    for title, figure, more_is_better in rows:
        *others, ours = values = [figure(one) for one in figures]
        pairs = [(ours, other) if more_is_better else (other, ours) for other in others]
        ratios = [f"{above / below:.1f} ×" if below else "" for above, below in pairs]
        lines.append(_row([title, *map(_number, values), *ratios]))
    return "\n".join(lines)


def _understanding(understood: Mapping[str, Understanding]) -> str:
    rows: list[tuple[str, Callable[[Understanding], str]]] = [
        ("the likeliest intent is right", lambda one: str(one.intents)),
        ("it acts, and does not ask back", lambda one: str(one.acted)),
        ("right when it acts", lambda one: str(one.right_when_acting)),
        ("entities, F1 of span and type", lambda one: f"{one.entities.value:.1%}"),
    ]
    lines = [_row(["", *understood]), _row(["---", *["---:"] * len(understood)])]
    for title, figure in rows:
        lines.append(_row([title, *(figure(one).strip() for one in understood.values())]))
    return "\n".join(lines)


def _orders(waits: Waits) -> str:
    rows = [
        ("messages/s", waits.per_second),
        ("median (ms)", waits.median),
        ("p95 (ms)", waits.p95),
        ("p99 (ms)", waits.p99),
        ("orders that were not made", waits.silent),
    ]
    return "\n".join(map(_row, [["", ""], ["---", "---:"], *((t, _number(v)) for t, v in rows)]))


def _processor() -> str:
    """Its name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


Row = tuple[str, Callable[[Figures], float], bool]


def _chat_rows(clients: int) -> list[Row]:
    who = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        (f"{who}: messages/s", lambda one: one.chats[clients].per_second, True),
        (f"{who}: median (ms)", lambda one: one.chats[clients].median, False),
        (f"{who}: p95 (ms)", lambda one: one.chats[clients].p95, False),
        (f"{who}: p99 (ms)", lambda one: one.chats[clients].p99, False),
        (f"{who}: messages without an answer", lambda one: one.chats[clients].silent, False),
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


_KEPT = """
Models come from earlier runs on the same data, with the figures of their own training."""

_ABOUT = """\
# Benchmarks

Written by `{command}` on {day}.
Rasa {rasa}, Python {python}, {system}, {processor}, {cores} cores; load average {begun} at the
beginning and {ended} at the end. Clients and servers share the cores, so wall-clock figures carry
whatever else the machine did; *processor for one message* does so least.{kept}

**stock** is the configuration that Rasa gives to a project without one, with `JiebaTokenizer` for
Chinese. It learnt from {sample} of the project's sentences, for {epochs} epochs in the place of its
100: on all of them, DIET needs minutes for each epoch. That changes how long it trains and what it
understands; the smaller vocabulary makes it answer a little faster, if anything. As it comes it
keeps conversations in memory and forgets them with its process, so it stands here a second time
with Rasa's SQLite store. **NightDesk** learnt from all sentences and keeps conversations in SQLite;
from stock's sentences alone it learnt in {small_s:.0f} s ({small_processor_s:.0f} s of processor).
All have the project's domain and rules, and an action server that answers at once, so that one
Rasa process is measured and nothing else.

Customers are {messages} sentences drawn from the data, eight to a conversation, over the REST
channel. The contenders take turns; each figure is the median of {runs} runs, and p99 of {messages}
messages is close to the slowest one. The right-hand columns say how many times better NightDesk is.

{speed}

## Understanding

Of `{held_out}`, which nothing is trained on; its authors looked at it while they worked. With
Wilson's 95 % interval. Stock had {epochs} of its 100 epochs: nothing here says what it would
understand after all of them.

{understanding}

## Whole orders

Four customers at once order through everything that a shop runs, on this one machine: the desk,
Rasa, the project's own actions and the backends over SQLite. Each greets, names a product, gives
name, phone and address, confirms, and gets an order number. Stock has no counterpart.

{orders}
"""
