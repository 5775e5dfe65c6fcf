"""The three processes: how each is started, where it listens, how it shows that it is well."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightdesk import clock
from nightdesk.settings import Settings


@dataclass(frozen=True)
class Process:
    """A server to keep up: ``health`` answers 200 once it can work."""

    name: str
    command: tuple[str, ...]
    port: int
    health: str


def all_of(settings: Settings, model: Path) -> list[Process]:
    """The desk, Rasa with ``model``, and the action server."""
    rasa = f"http://{settings.private_host}:{settings.rasa_port}"
    actions = f"http://{settings.private_host}:{settings.actions_port}"
    return [
        # Not the desk's own /health, which is about all three: the desk lives while Rasa is down.
        Process(
            "desk",
            _module("nightdesk.desk"),
            settings.port,
            f"{settings.desk_url}/webhooks/rest/",
        ),
        # Rasa's server also answers without a model; /status does not.
        Process(
            "rasa",
            (*_module("nightdesk.bot"), "--model", str(model)),
            settings.rasa_port,
            f"{rasa}/status?token={settings.rasa_token()}",
        ),
        Process(
            "actions",
            _module("nightdesk.action_server"),
            settings.actions_port,
            f"{actions}/health",
        ),
    ]


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def environment(settings: Settings, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of every process: these settings, one clock, quiet libraries."""
    return {
        **base,
        "NIGHTDESK_DATA": str(settings.data),
        "NIGHTDESK_MERCHANT": str(settings.merchant),
        "NIGHTDESK_HOST": settings.host,
        "NIGHTDESK_PRIVATE_HOST": settings.private_host,
        "NIGHTDESK_PORT": str(settings.port),
        "NIGHTDESK_RASA_PORT": str(settings.rasa_port),
        "NIGHTDESK_ACTIONS_PORT": str(settings.actions_port),
        clock.CLOCK_STARTED: base.get(clock.CLOCK_STARTED) or clock.process_start(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
    }


def write_rasa_files(settings: Settings) -> None:
    """Write Rasa's run-time ``endpoints.yml`` and ``credentials.yml`` into the data folder."""
    folder = rasa_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    actions = f"http://{settings.private_host}:{settings.actions_port}/webhook"
    _write(folder / "endpoints.yml", endpoints(actions, folder / "tracker.sqlite"))
    _write(folder / "credentials.yml", credentials())


def rasa_folder(settings: Settings) -> Path:
    """Where Rasa's run-time files are."""
    return settings.data / "rasa"


def endpoints(actions_url: str, tracker: Path) -> dict[str, Any]:
    """Rasa's endpoints: the action server, and a tracker store that outlives the process."""
    return {
        # Our actions never read the domain, which is larger than everything else in a call.
        "action_endpoint": {"url": actions_url, "enable_selective_domain": True},
        "tracker_store": {
            "type": "nightdesk.bot.tracker.CachedTrackerStore",
            "dialect": "sqlite",
            "db": str(tracker),
        },
    }


def credentials() -> dict[str, Any]:
    """Rasa's channels: the desk's, at the place of ``rest``."""
    return {"nightdesk.bot.channel.DeskInput": {}}


def _write(path: Path, content: dict[str, Any]) -> None:
    # JSON is YAML, and quotes every string.
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
