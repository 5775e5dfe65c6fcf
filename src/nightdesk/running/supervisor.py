"""Keeps processes up: health, restart with growing pauses, and an end that leaves nothing behind.

Every process is the leader of a session of its own: what it starts is stopped with it, and Ctrl-C
in the terminal reaches the supervisor alone, which stops all in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from nightdesk.running.logfile import LogFile
from nightdesk.running.processes import Process
from nightdesk.running.runfile import ChildState
from nightdesk.settings import ROOT


@dataclass(frozen=True)
class Patience:
    """Seconds and counts of the supervisor."""

    start: float = 240.0  # until a new process must be healthy
    poll: float = 0.2  # between two questions while it starts
    check: float = 5.0  # between two questions once it is healthy
    answer: float = 10.0  # for one answer
    misses: int = 3  # in a row, before a silent process is killed
    stop: float = 10.0  # between SIGTERM and SIGKILL
    first_pause: float = 0.5  # before the first restart; doubles
    last_pause: float = 30.0
    settled: float = 60.0  # of health, after which pauses begin anew
    first_deaths: int = 3  # of a process that was never healthy, before all is given up


class StartFailed(Exception):
    """A process could not be brought to health; the message ends with its last log lines."""


class Supervisor:
    """``await start()``, then ``await run()`` until :meth:`stop`."""

    def __init__(
        self,
        processes: list[Process],
        environment: Mapping[str, str],
        logs: Path,
        changed: Callable[[], None] = lambda: None,
        patience: Patience = Patience(),
    ) -> None:
        self.states = {process.name: ChildState(port=process.port) for process in processes}
        self._processes = processes
        self._environment = dict(environment)
        self._logs = logs
        self._changed = changed
        self._patience = patience
        self._stopping = asyncio.Event()
        self._ready = {process.name: asyncio.Event() for process in processes}
        self._failed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._healthy_since: dict[str, float] = {}

    async def start(self) -> None:
        """Start all and wait until each is healthy.

        Raises:
            StartFailed: one died again and again, or stayed silent.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        self._tasks = [asyncio.create_task(self._keep_up(process)) for process in self._processes]
        ready = asyncio.ensure_future(self._all_ready())
        stopped = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([ready, stopped, self._failed], return_when="FIRST_COMPLETED")
        ready.cancel()
        stopped.cancel()
        if self._failed.done():
            await self.stop()
            self._failed.result()

    async def _all_ready(self) -> bool:
        for event in self._ready.values():
            await event.wait()
        return True

    async def run(self) -> None:
        """Return when :meth:`request_stop` was called and all have ended."""
        await self._stopping.wait()
        await asyncio.gather(*self._tasks)

    def request_stop(self) -> None:
        """Begin to stop; safe in a signal handler."""
        self._stopping.set()

    async def stop(self) -> None:
        """Stop all processes and their children, and wait for their end."""
        self.request_stop()
        await asyncio.gather(*self._tasks)

    async def _keep_up(self, process: Process) -> None:
        state = self.states[process.name]
        pause = self._patience.first_pause
        deaths = 0
        with LogFile(self._logs / f"{process.name}.log", process.name) as log:
            while not self._stopping.is_set():
                healthy_for = await self._live_once(process, state, log)
                if self._stopping.is_set():
                    break
                deaths += 1
                if not self._ready[process.name].is_set() and deaths >= self._patience.first_deaths:
                    self._give_up(process, log)
                    break
                pause = (
                    self._patience.first_pause if healthy_for > self._patience.settled else pause
                )
                state.restarts += 1
                log.note("process_restarting", pause_s=pause, restarts=state.restarts)
                self._report(state, "restarting")
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
                pause = min(pause * 2, self._patience.last_pause)
        self._report(state, "stopped")

    async def _live_once(self, process: Process, state: ChildState, log: LogFile) -> float:
        """One life of ``process``: started, watched, ended. Returns how long it was healthy."""
        child = await asyncio.create_subprocess_exec(
            *process.command,
            cwd=ROOT,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=1 << 20,
        )
        state.pid = child.pid
        self._report(state, "starting")
        assert child.stdout is not None
        reading = asyncio.create_task(log.take(child.stdout))
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        watching = asyncio.create_task(self._watch(process, state, log))
        await asyncio.wait({ended, stopping, watching}, return_when="FIRST_COMPLETED")
        watching.cancel()
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        healthy_since = self._healthy_since.pop(process.name, None)
        await self._end(child, ended)
        state.pid = None
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reading, 5)
        if not self._stopping.is_set():
            log.note("process_died", exit_code=child.returncode)
        return time.monotonic() - healthy_since if healthy_since is not None else 0.0

    async def _watch(self, process: Process, state: ChildState, log: LogFile) -> None:
        """Return when ``process`` has been silent for too long."""
        begun = time.monotonic()
        misses = 0
        async with httpx.AsyncClient(timeout=self._patience.answer, trust_env=False) as client:
            while True:
                well = await _answers(client, process.health)
                if well:
                    misses = 0
                    if state.state != "ready":
                        self._healthy_since[process.name] = time.monotonic()
                        log.note("process_ready", seconds=round(time.monotonic() - begun, 1))
                        self._report(state, "ready")
                        self._ready[process.name].set()
                elif state.state == "ready":
                    misses += 1
                    if misses >= self._patience.misses:
                        log.note("process_silent", misses=misses)
                        return
                elif time.monotonic() - begun > self._patience.start:
                    log.note("process_not_ready", seconds=self._patience.start)
                    return
                settled = state.state == "ready"
                await asyncio.sleep(self._patience.check if settled else self._patience.poll)

    async def _end(self, child: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
        """End ``child`` with everything it started: asked first, then made to."""
        if child.returncode is None:
            _signal_group(child.pid, signal.SIGTERM)
            await asyncio.wait({ended}, timeout=self._patience.stop)
        _signal_group(child.pid, signal.SIGKILL)
        await ended

    def _give_up(self, process: Process, log: LogFile) -> None:
        if not self._failed.done():
            lines = "\n".join(f"    {line}" for line in log.last())
            self._failed.set_exception(
                StartFailed(f"{process.name} does not start. Its last lines ({log.path}):\n{lines}")
            )

    def _report(self, state: ChildState, word: str) -> None:
        state.state = word
        self._changed()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.HTTPError:
        return False


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
