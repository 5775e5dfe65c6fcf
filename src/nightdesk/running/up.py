"""``nightdesk up``: everything that must be there, in order, then the processes until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from sqlalchemy import inspect

from nightdesk import clock, database, logs
from nightdesk.desk import options
from nightdesk.desk.admin import PASSWORD_FILE
from nightdesk.desk.handoff.notify import configuration
from nightdesk.desk.handoff.workplace import configuration as workplaces
from nightdesk.merchant import tidy
from nightdesk.running import frontend, knowledge, model, ports, processes
from nightdesk.running.runfile import RunFolder, RunState
from nightdesk.running.supervisor import Supervisor
from nightdesk.settings import Settings, WrongSettingError

MODEL = "NIGHTDESK_MODEL"

console = Console(stderr=True, highlight=False)


def up(settings: Settings) -> None:
    """Prepare and run one installation until SIGINT or SIGTERM.

    Raises:
        AlreadyRunning, PortTaken, BuildFailed, TrainingFailed, StartFailed, WrongSettingError: with
            a message for the person at the terminal.
        OperationalError: the database does not answer.
        Exception: what is wrong with the merchant's folder.
    """
    begun = time.monotonic()
    logs.configure("up", "WARNING")
    options.load()
    configuration.targets(os.environ, configuration.client())
    workplaces.workplace(os.environ, configuration.client())
    folder = RunFolder(settings.data)
    folder.hold()
    try:
        ports.check(settings)
        run = RunState(
            pid=os.getpid(),
            started=_local_now(),
            url=settings.desk_url,
            merchant=str(settings.merchant),
        )
        folder.write(run)
        fit = prepare(settings)
        processes.write_rasa_files(settings)
        asyncio.run(_supervise(settings, fit, folder, run, begun))
    finally:
        folder.release()


def prepare(settings: Settings) -> Path:
    """Front end, merchant and model; returns the model. Each is done only when it must be."""
    with _step("front end") as progress:
        frontend.build_all(settings.data / "logs" / "frontend.log", progress)
    with _step("merchant") as progress:
        load_merchant(settings, progress)
    return fitting_model(settings)


def load_merchant(settings: Settings, progress: Callable[[str], None]) -> None:
    """Migrate the database, and load the merchant's folder into it when the folder is new to it.

    A folder that has not changed is left alone: what was sold since must not come back.

    Raises:
        MerchantErrors: what is wrong in the folder, all of it.
    """
    from nightdesk.merchant import load, reader, stamp

    engine = database.connect(settings.database_url)
    try:
        fresh = not inspect(engine).has_table("alembic_version")
        database.migrate(engine)
        if not fresh and stamp.fits(settings, settings.merchant):
            progress(f"{settings.merchant.name} is loaded")
            return
        progress(f"loading {settings.merchant.name}")
        load.load(reader.read(settings.merchant), database.Database(engine))
        stamp.put(settings, settings.merchant)
    finally:
        engine.dispose()


def fitting_model(settings: Settings) -> Path:
    """The model for the project as it is, trained now if there is none.

    ``NIGHTDESK_MODEL`` names a model file to take instead, whether it fits or not.

    Raises:
        TrainingFailed: see there. WrongSettingError: there is no such file.
    """
    with _step("model") as progress:
        if given := os.environ.get(MODEL):
            progress(f"{given}, as {MODEL} says")
            if not Path(given).is_file():
                raise WrongSettingError(f"{MODEL} names no file: {given}")
            return Path(given).resolve()
        if (found := model.fitting()) is not None:
            progress(f"{found.stem.removesuffix('.tar')} fits")
            return found
        progress("no model fits the data: training one")
        tidy.use(settings)  # the components read the shop's words while they learn, too
        return model.train(settings.data / "logs" / "train.log", progress)


async def _supervise(
    settings: Settings, fit: Path, folder: RunFolder, run: RunState, begun: float
) -> None:
    supervisor = Supervisor(
        processes.all_of(settings, fit),
        processes.environment(settings),
        settings.data / "logs",
        changed=lambda: folder.write(run),
    )
    run.children = supervisor.states
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.request_stop)
    with _step("processes") as progress:
        progress(", ".join(f"{name} :{child.port}" for name, child in run.children.items()))
        await supervisor.start()
    if all(child.state == "ready" for child in run.children.values()):
        with _step("knowledge") as progress:
            await knowledge.wait(settings, _once(progress))
        run.ready = True
        folder.write(run)
        _announce(settings, time.monotonic() - begun)
    await supervisor.run()
    console.print("NightDesk has stopped.")


def _once(progress: Callable[[str], None]) -> Callable[[str], None]:
    """``progress`` that does not repeat itself: where there is no terminal, a word is a line."""
    said: set[str] = set()

    def new(text: str) -> None:
        if text not in said:
            said.add(text)
            progress(text)

    return new


def _local_now() -> str:
    """The time as the person at the terminal reads it: in the offset they gave, else their own."""
    given = os.environ.get(clock.CLOCK)
    zone = datetime.fromisoformat(given).tzinfo if given else datetime.now().astimezone().tzinfo
    return clock.now(zone or timezone.utc).isoformat(timespec="seconds")


def _announce(settings: Settings, seconds: float) -> None:
    url = settings.desk_url
    console.print(f"\n[bold]NightDesk is open[/bold] ({seconds:.0f} s)")
    console.print(f"  chat page      {url}/")
    console.print(f"  console        {url}/console/  (sign in as admin)")
    console.print(f"  knowledge base {url}/knowledge/")
    if (first := settings.data / PASSWORD_FILE).is_file():
        password = first.read_text(encoding="ascii")
        console.print(f"    password     {password}  (of both; change it there)", markup=False)
        console.print(f"                 in {first}", markup=False, soft_wrap=True)
    console.print(f"  API documents  {url}/docs", soft_wrap=True)
    console.print(f"  logs           {settings.data / 'logs'}", soft_wrap=True)
    if os.environ.get(clock.CLOCK):
        console.print(f"  clock          {_local_now()}")
    console.print("  Ctrl-C stops it.\n")


class _Progress:
    """What a step is doing now; on a terminal the line is rewritten, elsewhere lines follow."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.last = ""
        self.status = console.status(title) if console.is_terminal else None

    def __call__(self, text: str) -> None:
        self.last = text
        if self.status:
            self.status.update(f"{self.title}: {text}")
        else:
            console.print(f"  … {self.title}: {text}", soft_wrap=True)


@contextmanager
def _step(title: str) -> Iterator[_Progress]:
    begun = time.monotonic()
    progress = _Progress(title)
    if progress.status:
        progress.status.start()
    try:
        yield progress
    finally:
        if progress.status:
            progress.status.stop()
    taken = time.monotonic() - begun
    console.print(f"  ✓ {title}: {progress.last or 'unchanged'} ({taken:.1f} s)", soft_wrap=True)
