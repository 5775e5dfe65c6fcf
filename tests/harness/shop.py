"""A whole shop, started by the real command on free ports and a data folder of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from nightdesk import settings as settings_module
from nightdesk.clock import CLOCK
from nightdesk.desk.admin import PASSWORD_FILE
from nightdesk.running import ports, runfile
from nightdesk.running.runfile import RunState
from nightdesk.settings import ROOT, Settings
from tests.harness.customer import Customer, wait_for
from tests.harness.person import Person

# Training included, on a slow machine; a shop with a model is open in seconds.
OPENING_S = 900
NIGHT = "2026-11-25T02:00:00+08:00"
"""When a shop's clock begins: nobody is on duty, whatever the hour of the machine."""
KNOWING_S = 300
RESTART_S = 300


class Shop:
    """``nightdesk up`` in a process of its own. ``environment`` adds to its environment."""

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None) -> None:
        desk, rasa, actions = ports.free(3)
        self.environment = {
            **os.environ,
            "NIGHTDESK_DATA": str(data),
            CLOCK: NIGHT,
            "NIGHTDESK_PORT": str(desk),
            "NIGHTDESK_RASA_PORT": str(rasa),
            "NIGHTDESK_ACTIONS_PORT": str(actions),
            "NIGHTDESK_SESSION_RATE": "100000/1",
            "NIGHTDESK_MESSAGE_RATE": "100000/1",
            **(environment or {}),
        }
        for name in ("ORDERS_URL", "SCHEDULING_URL", "TICKETS_URL", "KNOWLEDGE_URL"):
            self.environment.pop(name, None)
        self.settings: Settings = settings_module.load(self.environment)
        self.data = data
        self.url = self.settings.desk_url
        self._process: subprocess.Popen[bytes] | None = None
        self._database = data / "nightdesk.sqlite"
        self._clean = data / "clean.sqlite"
        self._customers: list[Customer] = []

    def open(self, knowing: bool = True) -> None:
        """Start and wait until every process is healthy; keeps a copy of the clean database.

        ``knowing``: wait also until it is as sure of the shop's answers as it will be, which takes
        the longest and matters only to who asks questions.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "up.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "nightdesk", "up"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        def opened() -> RunState | None:
            assert self._process is not None
            assert self._process.poll() is None, f"`up` has ended:\n{self.said()}"
            run = runfile.current(self.data)
            return run if run and run.pid == self._process.pid else None

        wait_for(opened, lambda run: run is not None and run.ready, OPENING_S)
        if knowing:
            with self.backends as client:
                wait_for(
                    lambda: client.get("/knowledge/ready").json(),
                    lambda parts: all(parts.values()),
                    KNOWING_S,
                )
        if not self._clean.exists():
            _copy(self._database, self._clean)

    @property
    def is_open(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """What ``up`` has printed."""
        return (self.data / "up.log").read_text(encoding="utf-8", errors="replace")

    def reset(self) -> None:
        """The database as it was after loading the merchant; every customer goes home."""
        while self._customers:
            self._customers.pop().close()
        _copy(self._clean, self._database)

    def settle(self) -> None:
        """Wait until the desk has handed on what it keeps for the backends."""
        kept = "SELECT count(*) FROM desk_outbox WHERE state = 'waiting'"
        with closing(sqlite3.connect(self._database)) as desk:
            wait_for(lambda: desk.execute(kept).fetchone()[0], lambda count: count == 0)

    def customer(self, lang: str = "zh", channel: str = "web") -> Customer:
        """A new visitor."""
        customer = Customer(self.url, lang, channel)
        self._customers.append(customer)
        return customer

    @property
    def console(self) -> str:
        """The page of the people on duty."""
        return f"{self.url}/console/"

    @property
    def first_password(self) -> str:
        return (self.data / PASSWORD_FILE).read_text(encoding="ascii")

    def admin(self) -> Person:
        """Who was there first, signed in to the console."""
        return Person(self.url, "admin", self.first_password)

    def tracker(self, customer: Customer) -> list[dict[str, Any]]:
        """All events of a conversation, as Rasa keeps them."""
        with httpx.Client(base_url=self._rasa_url, timeout=60, trust_env=False) as client:
            answer = client.get(
                f"/conversations/{customer.conversation_id}/tracker",
                params={"token": self.settings.rasa_token(), "include_events": "ALL"},
            )
        return list(answer.raise_for_status().json().get("events") or ())

    @property
    def _rasa_url(self) -> str:
        return f"http://{self.settings.private_host}:{self.settings.rasa_port}"

    @property
    def backends(self) -> httpx.Client:
        """A client of all four backends: ``shop.backends.get("/orders/…")``."""
        token = self.settings.service_token()
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=f"{self.url}/api", headers=headers, timeout=60, trust_env=False
        )

    def orders_of(self, customer: Customer) -> list[dict[str, object]]:
        """The orders of a conversation, as the order backend has them."""
        return self._of(customer, "/orders")

    def tickets_of(self, customer: Customer) -> list[dict[str, object]]:
        """The tickets of a conversation, as the ticket backend has them."""
        return self._of(customer, "/tickets")

    def appointments_of(self, customer: Customer) -> list[dict[str, object]]:
        """The appointments of a conversation, as the scheduling backend has them."""
        return self._of(customer, "/appointments")

    def _of(self, customer: Customer, path: str) -> list[dict[str, object]]:
        with self.backends as client:
            answer = client.get(path, params={"conversation_id": customer.conversation_id})
        assert answer.status_code == 200, answer.text
        content = answer.json()
        return list(content[path.strip("/")] if isinstance(content, dict) else content)

    def run(self) -> RunState:
        """The supervisor's view of the processes."""
        run = runfile.current(self.data)
        assert run is not None, f"`up` is not running:\n{self.said()}"
        return run

    def kill(self, name: str) -> int:
        """Kill a process (``desk``, ``rasa``, ``actions``) without warning; its process id."""
        pid = self.run().children[name].pid
        assert pid is not None, f"{name} is not running"
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, name: str, killed: int) -> None:
        """Wait until ``name`` is healthy again in another process than ``killed``."""
        wait_for(
            lambda: self.run().children[name],
            lambda child: child.state == "ready" and child.pid not in (None, killed),
            RESTART_S,
        )

    def close(self) -> int:
        """Stop as Ctrl-C does; the command's exit code."""
        while self._customers:
            self._customers.pop().close()
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(120)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite database into another, in one transaction, while others use it."""
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)
