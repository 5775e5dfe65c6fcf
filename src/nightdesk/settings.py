"""What the environment says: folders, addresses, secrets. Read once, at a process's entry."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nightdesk import private

ROOT = Path(__file__).resolve().parents[2]


class WrongSettingError(ValueError):
    """A variable of the environment is not what it must be; the message names it."""


_LAST_PORT = 65_535
_DATABASES = ("sqlite:///", "postgresql")


@dataclass(frozen=True)
class Settings:
    """Folders, ports and base URLs of one installation. URLs have no trailing slash.

    The desk listens on ``host``; Rasa and the action server, which believe whoever asks, listen on
    ``private_host``.
    """

    data: Path
    merchant: Path
    host: str
    private_host: str
    port: int
    rasa_port: int
    actions_port: int
    database_url: str
    rasa_url: str
    orders_url: str
    scheduling_url: str
    tickets_url: str
    knowledge_url: str
    public_url: str

    @property
    def desk_url(self) -> str:
        """Where the desk is reached from this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self.port}"

    def service_token(self) -> str:
        """The bearer token of the backends: ``NIGHTDESK_SERVICE_TOKEN``, else ``service.token``."""
        return secret(self.data, "NIGHTDESK_SERVICE_TOKEN", "service.token")

    def session_secret(self) -> str:
        """The key of visitor sessions: ``NIGHTDESK_SESSION_SECRET``, else ``session.secret``."""
        return secret(self.data, "NIGHTDESK_SESSION_SECRET", "session.secret")

    def rasa_token(self) -> str:
        """The token of Rasa's HTTP API: ``NIGHTDESK_RASA_TOKEN``, else ``rasa.token``."""
        return secret(self.data, "NIGHTDESK_RASA_TOKEN", "rasa.token")


def secret(folder: Path, variable: str, filename: str) -> str:
    """``variable``, else ``folder/filename``, made at first use and readable by its owner."""
    if value := os.environ.get(variable):
        return value
    path = folder / filename
    if not private.read(path):
        with private.held(folder):
            if not private.read(path):
                private.write(path, secrets.token_urlsafe(32))
    return private.read(path)


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Relative folders are relative to the project's root.

    A variable that is empty is one that is not there.

    Raises:
        WrongSettingError: a port is none, or the database's URL is not understood.
    """

    def folder(name: str, default: str) -> Path:
        return (ROOT / (environ.get(name) or default)).resolve()

    def port(name: str, default: int) -> int:
        given = environ.get(name) or str(default)
        if not (given.isdecimal() and int(given) <= _LAST_PORT):
            raise WrongSettingError(f"{name} must be a port, a number up to {_LAST_PORT}.")
        return int(given)

    def url(name: str, default: str) -> str:
        return (environ.get(name) or default).rstrip("/")

    data = folder("NIGHTDESK_DATA", ".nightdesk")
    database_url = url("NIGHTDESK_DATABASE_URL", f"sqlite:///{data / 'nightdesk.sqlite'}")
    if not database_url.startswith(_DATABASES):
        forms = " or ".join(f"{name}…" for name in _DATABASES)
        raise WrongSettingError(f"NIGHTDESK_DATABASE_URL must be {forms}")
    desk_port = port("NIGHTDESK_PORT", 8080)
    rasa_port = port("NIGHTDESK_RASA_PORT", 5005)
    api = f"http://127.0.0.1:{desk_port}/api"
    return Settings(
        data=data,
        merchant=folder("NIGHTDESK_MERCHANT", "merchants/qiming"),
        host=environ.get("NIGHTDESK_HOST") or "127.0.0.1",
        private_host=environ.get("NIGHTDESK_PRIVATE_HOST") or "127.0.0.1",
        port=desk_port,
        rasa_port=rasa_port,
        actions_port=port("NIGHTDESK_ACTIONS_PORT", 5055),
        database_url=database_url,
        rasa_url=url("NIGHTDESK_RASA_URL", f"http://127.0.0.1:{rasa_port}"),
        orders_url=url("ORDERS_URL", api),
        scheduling_url=url("SCHEDULING_URL", api),
        tickets_url=url("TICKETS_URL", api),
        knowledge_url=url("KNOWLEDGE_URL", api),
        public_url=url("NIGHTDESK_PUBLIC_URL", f"http://127.0.0.1:{desk_port}"),
    )
