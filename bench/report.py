"""The figures of a benchmark as a table."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from statistics import median

from bench.load import Waits
from bench.server import Training


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
    )


def markdown(figures: Sequence[Figures], runs: int, messages: int, epochs: int) -> str:
    """``docs/benchmarks.md``: how it was measured, the table, and ours as a multiple of stock's."""
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
    names = [one.name for one in figures]
    heading = ["", *names, "better than stock"]
    lines = [_row(heading), _row(["---", *["---:"] * (len(heading) - 1)])]
    stock, ours = figures[0], figures[-1]
    for title, figure, more_is_better in rows:
        values = [figure(one) for one in figures]
        first, last = figure(stock), figure(ours)
        ratio = last / first if more_is_better else first / last
        lines.append(_row([title, *(_number(value) for value in values), f"{ratio:.1f} ×"]))
    return _ABOUT.format(
        command=f"./nightdesk bench --runs {runs} --messages {messages} --epochs {epochs}",
        day=date.today().isoformat(),
        rasa=version("rasa"),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count(),
        load=", ".join(f"{value:.1f}" for value in os.getloadavg()),
        runs=runs,
        messages=messages,
        epochs=epochs,
        table="\n".join(lines),
    )


Row = tuple[str, Callable[[Figures], float], bool]


def _chat_rows(clients: int) -> list[Row]:
    who = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        (f"{who}: messages/s", lambda one: one.chats[clients].per_second, True),
        (f"{who}: median (ms)", lambda one: one.chats[clients].median, False),
        (f"{who}: p95 (ms)", lambda one: one.chats[clients].p95, False),
        (f"{who}: p99 (ms)", lambda one: one.chats[clients].p99, False),
    ]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


_ABOUT = """\
# Benchmarks

Written by `{command}` on {day}: Rasa {rasa}, Python {python}, {system}, {cores} cores, load
averages at its end {load}.

**stock** is the configuration that Rasa gives to a project without one, with `JiebaTokenizer` for
Chinese ({epochs} epochs); as it comes it keeps conversations in memory and forgets them with its
process, so it stands here a second time with Rasa's SQLite store. **NightDesk** keeps them in
SQLite. All have the project's data, domain and rules, and an action server that answers at once, so
that one Rasa process is measured and nothing else. Customers are {messages} sentences drawn from
the data, eight to a conversation, over the REST channel; each figure is the median of {runs} runs.
Clients and server share the machine's cores.

{table}
"""
