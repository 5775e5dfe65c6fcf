"""What is measured: stock Rasa and the project, on the same data, domain, rules and action server.

Each contender is a folder that is a whole Rasa project, and a command that serves its model.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nightdesk.nlu.annotated import Example
from nightdesk.nlu.data_files import add, read_folder
from nightdesk.settings import ROOT

TOKEN = "bench"


@dataclass(frozen=True)
class Contender:
    """``trained_as``: contenders of one value share one model."""

    name: str
    trained_as: str
    folder: Path
    serve: Callable[[Path, int], list[str]]
    environment: dict[str, str]


def all_in(place: Path, actions_port: int, epochs: int, sample: int) -> list[Contender]:
    """Stock as `rasa init` leaves it, stock with SQLite, the project, and it on stock's sentences.

    Stock learns from ``sample`` sentences: DIET needs minutes for one epoch of all of them.
    """
    drawn = draw(read_folder(ROOT / "data" / "nlu"), sample)
    stock = place / "stock"
    return [
        _stock(stock, "stock, in memory", actions_port, epochs, drawn),
        _stock(place / "stock-sqlite", "stock, SQLite", actions_port, epochs, drawn, "tracker.db"),
        _project(place / "nightdesk", "NightDesk", "nightdesk", actions_port),
        _project(place / "sample", "NightDesk, same sentences", "sample", actions_port, drawn),
    ]


def draw(examples: Sequence[Example], count: int, seed: int = 20261123) -> list[Example]:
    """About ``count`` of the examples, of each intent its share, and at least five."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    chance = random.Random(seed)
    drawn: list[Example] = []
    for intent in sorted(by_intent):
        own = by_intent[intent]
        share = max(5, round(count * len(own) / len(examples)))
        drawn += chance.sample(own, min(share, len(own)))
    return drawn


def stock_config(epochs: int) -> str:
    """The configuration that Rasa gives to a project without one, as its package has it.

    Two changes: its tokenizer for Chinese in the place of the one for whitespace, and ``epochs``,
    which are 100 there.
    """
    import rasa.engine.recipes

    folder = Path(rasa.engine.recipes.__file__).parent / "config_files"
    config = yaml.safe_load((folder / "default_config.yml").read_text(encoding="utf-8"))
    config.update(language="zh", assistant_id="stock")
    for part in (*config["pipeline"], *config["policies"]):
        if part["name"] == "WhitespaceTokenizer":
            part["name"] = "JiebaTokenizer"
        if "epochs" in part:
            part["epochs"] = epochs
    return str(yaml.safe_dump(config, sort_keys=False))


def _stock(
    folder: Path,
    name: str,
    actions_port: int,
    epochs: int,
    drawn: Sequence[Example],
    store: str | None = None,
) -> Contender:
    _copy_data(folder, drawn)
    (folder / "config.yml").write_text(stock_config(epochs), encoding="utf-8")
    endpoints: dict[str, object] = {"action_endpoint": {"url": _webhook(actions_port)}}
    if store:
        endpoints["tracker_store"] = {"type": "SQL", "dialect": "sqlite", "db": str(folder / store)}
    (folder / "endpoints.yml").write_text(json.dumps(endpoints), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")

    def serve(model: Path, port: int) -> list[str]:
        arguments = ["run", "--enable-api", "--auth-token", TOKEN, "-i", "127.0.0.1"]
        return [sys.executable, "-m", "rasa", *arguments, "-p", str(port), "-m", str(model)]

    return Contender(name, "stock", folder, serve, environment())


def _project(
    folder: Path,
    name: str,
    trained_as: str,
    actions_port: int,
    drawn: Sequence[Example] | None = None,
) -> Contender:
    _copy_data(folder, drawn)
    shutil.copy(ROOT / "config.yml", folder / "config.yml")
    own = {
        **environment(),
        "NIGHTDESK_DATA": str(folder / "data-folder"),
        "NIGHTDESK_RASA_TOKEN": TOKEN,
        "NIGHTDESK_ACTIONS_PORT": str(actions_port),
    }

    def serve(model: Path, port: int) -> list[str]:
        from nightdesk import settings
        from nightdesk.running import processes

        os.environ.update(own, NIGHTDESK_RASA_PORT=str(port))
        processes.write_rasa_files(settings.load())
        own["NIGHTDESK_RASA_PORT"] = str(port)
        return [sys.executable, "-m", "nightdesk.bot", "--model", str(model)]

    return Contender(name, trained_as, folder, serve, own)


def _copy_data(folder: Path, drawn: Sequence[Example] | None) -> None:
    """The project's data and domain; of its sentences only those ``drawn``, if that is given."""
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "data", folder / "data")
    if drawn is not None:
        shutil.rmtree(folder / "data" / "nlu")
        add(folder / "data" / "nlu", drawn)
    for name in ("domain.yml", "domain"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.is_file():
            shutil.copy(source, folder / name)


def _webhook(port: int) -> str:
    return f"http://127.0.0.1:{port}/webhook"


def environment() -> dict[str, str]:
    """This process's, with Rasa and TensorFlow quieted."""
    return {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
