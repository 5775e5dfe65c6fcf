"""The command line. Each command imports what it needs: ``--help`` must be quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

from nightdesk import clock
from nightdesk import settings as settings_module
from nightdesk.settings import Settings, WrongSettingError

app = typer.Typer(
    help="NightDesk takes a merchant's orders around the clock.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Path | None
Port = int | None

MERCHANT = typer.Option(None, help="The merchant's folder [NIGHTDESK_MERCHANT, merchants/qiming].")
DATA = typer.Option(None, help="Where all state is kept [NIGHTDESK_DATA, .nightdesk].")
PORT = typer.Option(None, help="The desk's port [NIGHTDESK_PORT, 8080].")
RASA_PORT = typer.Option(None, help="Rasa's port, private [NIGHTDESK_RASA_PORT, 5005].")
ACTIONS_PORT = typer.Option(None, help="The actions' port [NIGHTDESK_ACTIONS_PORT, 5055].")


def configured(
    merchant: Path | None = None,
    data: Path | None = None,
    port: int | None = None,
    rasa_port: int | None = None,
    actions_port: int | None = None,
) -> Settings:
    """The settings with flags before the environment; folders are relative to where one stands.

    What is wrong with them is said, and ends the command.
    """
    flags = {
        "NIGHTDESK_MERCHANT": merchant.resolve() if merchant else None,
        "NIGHTDESK_DATA": data.resolve() if data else None,
        "NIGHTDESK_PORT": port,
        "NIGHTDESK_RASA_PORT": rasa_port,
        "NIGHTDESK_ACTIONS_PORT": actions_port,
    }
    os.environ.update({name: str(value) for name, value in flags.items() if value is not None})
    try:
        clock.now()
        return settings_module.load()
    except ValueError as error:
        fail(str(error))


@app.command()
def up(
    merchant: Folder = MERCHANT,
    data: Folder = DATA,
    port: Port = PORT,
    rasa_port: Port = RASA_PORT,
    actions_port: Port = ACTIONS_PORT,
) -> None:
    """Start everything and keep it up until Ctrl-C."""
    from sqlalchemy.exc import OperationalError

    from nightdesk.merchant import cli as merchant_cli
    from nightdesk.merchant.problems import MerchantErrors
    from nightdesk.running import frontend, model, ports, runfile, supervisor
    from nightdesk.running.up import up as start

    here = configured(merchant, data, port, rasa_port, actions_port)
    try:
        start(here)
    except MerchantErrors:
        merchant_cli.check(here.merchant)
        raise typer.Exit(1) from None
    except (
        WrongSettingError,
        frontend.BuildFailed,
        model.TrainingFailed,
        ports.PortTaken,
        runfile.AlreadyRunning,
        supervisor.StartFailed,
    ) as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"The database does not answer: {str(error.orig).strip()}")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def train(data: Folder = DATA) -> None:
    """Train a model if none fits the data and configuration."""
    from nightdesk.running import model
    from nightdesk.running.up import fitting_model

    try:
        print(fitting_model(configured(data=data)))
    except (WrongSettingError, model.TrainingFailed) as error:
        fail(str(error))


@app.command()
def status(data: Folder = DATA) -> None:
    """Say what runs on the data folder; exit 1 when nothing does."""
    from nightdesk.running import runfile

    here = configured(data=data)
    run = runfile.current(here.data)
    if run is None:
        print(f"NightDesk is not running on {here.data}.")
        raise typer.Exit(1)
    print(f"{'open' if run.ready else 'starting'} at {run.url} since {run.started}")
    for name, child in run.children.items():
        print(
            f"  {name:8} {child.state:10} port {child.port:<6} process {child.pid or '-'}"
            f"  restarts {child.restarts}"
        )


@app.command()
def parse(text: str, data: Folder = DATA) -> None:
    """Show what the model understands in one sentence, as JSON."""
    from nightdesk.running.talk import parse_text

    print(parse_text(configured(data=data), text))


@app.command()
def shell(data: Folder = DATA, lang: str = typer.Option("zh", help="zh or en.")) -> None:
    """Chat with the running desk in the terminal, as a customer does."""
    from nightdesk.running import runfile
    from nightdesk.running.talk import chat

    run = runfile.current(configured(data=data).data)
    if run is None or not run.ready:
        fail("NightDesk is not running here: start it with `./nightdesk up` in another terminal.")
    chat(run.url, lang)


@app.command("test")
def run_tests(
    stage: list[str] | None = typer.Argument(None, help="Only these stages."),
    list_stages: bool = typer.Option(False, "--list", help="Name the stages and end."),
) -> None:
    """Run everything that must hold, from fast to slow; or only the stages named."""
    from nightdesk.checking.run import names, run

    if list_stages:
        print("\n".join(names()))
        return
    if unknown := sorted(set(stage or ()) - set(names())):
        fail(f"There is no stage {', '.join(unknown)}. There are: {', '.join(names())}.")
    raise typer.Exit(run(stage or names()))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """Measure the project beside stock Rasa; writes docs/benchmarks.md."""
    sys.path.insert(0, str(settings_module.ROOT))
    from bench.cli import main

    raise typer.Exit(main(context.args))


def fail(message: str) -> NoReturn:
    """Say why on standard error and end with 1."""
    print(f"nightdesk: {message}", file=sys.stderr)
    raise typer.Exit(1)


def _mount() -> None:
    """Add the command groups that other packages own."""
    from nightdesk.backends.knowledge.cli import app as knowledge_app
    from nightdesk.desk.console.cli import agents as agents_app
    from nightdesk.desk.console.cli import handoff as handoff_app
    from nightdesk.desk.handoff.notify.cli import app as notify_app
    from nightdesk.merchant.cli import app as merchant_app
    from nightdesk.nlu.cli import app as nlu_app

    app.add_typer(merchant_app, name="merchant")
    app.add_typer(knowledge_app, name="knowledge")
    app.add_typer(agents_app, name="agents")
    app.add_typer(handoff_app, name="handoff")
    app.add_typer(notify_app, name="notify")
    app.add_typer(nlu_app)  # `data …` and `evaluate`, beside our own commands


_mount()
