"""The supervisor over small real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nightdesk.running import ports
from nightdesk.running.processes import Process
from nightdesk.running.supervisor import Patience, StartFailed, Supervisor

QUICK = Patience(
    start=120, poll=0.05, check=0.05, answer=10, misses=2, stop=2, first_pause=0.01, last_pause=0.1
)

# A server with a child of its own; both write their ids to `<port>.pids`.
SERVER = """
import http.server, os, subprocess, sys
port = int(sys.argv[1])
grandchild = subprocess.Popen(["sleep", "600"])
with open(f"{port}.pids", "a") as file:
    print(os.getpid(), grandchild.pid, file=file)
print("not json, my phone is 13800138000", flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if os.path.exists(f"{port}.ill") else 200)
        self.end_headers()
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


class Place:
    """A folder with one server program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = ports.free(1)[0]
        (folder / "server.py").write_text(SERVER)
        # The supervisor starts everything in the project's root: step into the folder first.
        step = f"import os, runpy; os.chdir({str(folder)!r}); runpy.run_path('server.py')"
        command = (sys.executable, "-c", step, str(self.port))
        self.process = Process("server", command, self.port, f"http://127.0.0.1:{self.port}/")

    def lives(self) -> list[list[int]]:
        """Process and child of every life so far."""
        path = self.folder / f"{self.port}.pids"
        lines = path.read_text().splitlines() if path.exists() else []
        return [[int(word) for word in line.split()] for line in lines]

    def log(self) -> list[dict[str, object]]:
        lines = (self.folder / "logs" / "server.log").read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def supervised(place: Place, then: Callable[[Supervisor], Awaitable[None]]) -> None:
    """Start the server, do ``then``, stop."""

    async def whole() -> None:
        supervisor = Supervisor([place.process], os.environ, place.folder / "logs", patience=QUICK)
        await supervisor.start()
        try:
            await asyncio.wait_for(then(supervisor), 120)
        finally:
            await supervisor.stop()

    asyncio.run(whole())


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that nobody has waited for yet is dead all the same.
    stat = Path(f"/proc/{pid}/stat")
    try:
        return not stat.parent.parent.joinpath("self").exists() or ") Z" not in stat.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_start_returns_once_the_process_is_healthy(place: Place) -> None:
    async def then(supervisor: Supervisor) -> None:
        assert supervisor.states["server"].state == "ready"
        assert supervisor.states["server"].pid == place.lives()[0][0]

    supervised(place, then)


def test_stop_ends_the_process_and_what_it_started(place: Place) -> None:
    async def then(_supervisor: Supervisor) -> None:
        assert all(alive(pid) for pid in place.lives()[0])

    supervised(place, then)
    assert not any(alive(pid) for pid in place.lives()[0])


def test_a_process_that_dies_is_started_again_without_its_old_children(place: Place) -> None:
    async def then(supervisor: Supervisor) -> None:
        first, child = place.lives()[0]
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(place.lives()) == 2 and supervisor.states["server"].pid != first)
        await until(lambda: supervisor.states["server"].state == "ready")
        assert not alive(child)
        assert supervisor.states["server"].restarts == 1

    supervised(place, then)


def test_a_process_that_lives_but_is_not_well_is_started_again(place: Place) -> None:
    async def then(supervisor: Supervisor) -> None:
        ill = place.folder / f"{place.port}.ill"
        ill.touch()
        await until(lambda: not alive(place.lives()[0][0]))
        ill.unlink()
        await until(lambda: len(place.lives()) == 2)
        await until(lambda: supervisor.states["server"].state == "ready")

    supervised(place, then)


def test_a_process_that_never_starts_fails_the_start_with_its_own_words(tmp_path: Path) -> None:
    broken = Process("broken", (sys.executable, "-c", "raise SystemExit('no oil')"), 1, "http://x")

    async def whole() -> None:
        await Supervisor([broken], os.environ, tmp_path, patience=QUICK).start()

    with pytest.raises(StartFailed, match="no oil"):
        asyncio.run(whole())


def test_every_line_of_the_log_is_json_and_masked(place: Place) -> None:
    async def then(_supervisor: Supervisor) -> None:
        pass

    supervised(place, then)
    events = [str(line["event"]) for line in place.log()]
    assert "process_ready" in events
    assert any(event.startswith("not json") for event in events)
    assert "13800138000" not in json.dumps(place.log())
