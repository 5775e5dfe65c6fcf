"""The whole desk with its page for people: real backends, a Rasa that says what a test wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from nightdesk.database import Database, connect, migrate
from nightdesk.desk.admin import PASSWORD_FILE
from nightdesk.desk.app import create_app
from nightdesk.desk.options import Options
from nightdesk.merchant.load import load as fill
from nightdesk.merchant.reader import read
from nightdesk.merchant.records import Faq
from nightdesk.running import frontend
from nightdesk.settings import Settings, load
from tests.harness.merchants import always_open
from tests.harness.person import PASSWORD
from tests.integration.desk_world import HASTY, FakeRasa, Server, Visitor

API = "/console/api"
FAQS = (
    Faq("shipping", "配送", "运费怎么算？", "满 80 元包邮，不满收 10 元。", "", "", ("包邮吗",)),
    Faq("pickup", "配送", "可以自提吗？", "可以，当天到店取。", "", "", ("能自己去拿吗",)),
)


class Desk(Server):
    """A desk that knows its own port, for its backends are under its own ``/api``."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(None)
        settings = load({**environment, "NIGHTDESK_PORT": str(self.port)})
        self.folder: Path = settings.data
        self._app = create_app(
            settings,
            Options(**HASTY),
            frontend.WEB / "widget" / "dist",  # type: ignore[arg-type]
        )


class Shop:
    """A desk, and what stands around it."""

    def __init__(self, folder: Path, faqs: Sequence[Faq] | None = FAQS) -> None:
        self._environment = {
            "NIGHTDESK_DATA": str(folder / "data"),
            "NIGHTDESK_MERCHANT": str(always_open(folder / "shop", wait_minutes=240)),
            "NIGHTDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite'}",
            "NIGHTDESK_PORT": "0",
        }
        settings: Settings = load(self._environment)
        self.rasa = FakeRasa(settings.rasa_token())
        self.rasa.server.start()
        self._environment["NIGHTDESK_RASA_URL"] = self.rasa.server.url
        engine = connect(settings.database_url)
        migrate(engine)
        self.database = Database(engine)
        merchant = read(settings.merchant)
        if faqs is not None:
            object.__setattr__(merchant, "faqs", tuple(faqs))
        fill(merchant, self.database)
        self.desk = Desk(self._environment)
        self.desk.start()
        self.console = f"{self.desk.url}/console/"

    @property
    def url(self) -> str:
        return self.desk.url

    @property
    def first_password(self) -> str:
        return (self.desk.folder / PASSWORD_FILE).read_text("ascii")

    @contextmanager
    def browser(self, login: str = "admin", password: str | None = None) -> Iterator[httpx.Client]:
        """A signed-in client of the console's API."""
        with httpx.Client(
            base_url=f"{self.url}{API}", timeout=60, trust_env=False, headers={"Origin": self.url}
        ) as http:
            given = {"login": login, "password": password or self.first_password}
            http.post("/session", json=given).raise_for_status()
            yield http

    def colleague(self, login: str, name: str, role: str = "agent") -> dict[str, Any]:
        """A new account with the password PASSWORD."""
        with self.browser() as admin:
            body = {"login": login, "name": name, "role": role, "password": PASSWORD}
            made = admin.post("/agents", json=body)
            made.raise_for_status()
            return dict(made.json())

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    def close(self) -> None:
        self.rasa.release.set()
        self.rasa.server.ask_to_stop()
        self.desk.stop()
        self.rasa.server.stop()
        self.database.engine.dispose()


@contextmanager
def opened(folder: Path, faqs: Sequence[Faq] | None = FAQS) -> Iterator[Shop]:
    shop = Shop(folder, faqs)
    try:
        yield shop
    finally:
        shop.close()
