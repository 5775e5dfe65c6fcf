"""The knowledge page over the real service: a shop of three answers, and what its customers asked.

``python -m tests.browser.knowledge_world`` serves the demo's shop, for looking at the page.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from nightdesk.backends.apps import backend_app
from nightdesk.backends.knowledge.api import router
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.backends.service import answer_errors, application
from nightdesk.database import Database, connect, migrate
from nightdesk.desk import knowledge
from nightdesk.desk.admin import PASSWORD_FILE, Admin
from nightdesk.desk.app import Pages
from nightdesk.desk.misses import Misses
from nightdesk.desk.passwords import Passwords
from nightdesk.merchant.load import load
from nightdesk.merchant.reader import Merchant, read
from nightdesk.merchant.records import Faq
from nightdesk.running import frontend
from nightdesk.settings import ROOT
from tests.browser.fake_desk import serving

TOKEN = "service-secret"


def faq(key: str, question: str, answer: str, *others: str) -> Faq:
    return Faq(key, "配送", question, answer, "", "", others)


SHOP = (
    faq("shipping_fee", "运费怎么算？", "满 80 元包邮，不满收 10 元。", "包邮吗", "邮费多少钱"),
    faq("shipping_time", "多久能送到？", "发货后 2–4 天。", "几天能到货", "啥时候能到"),
    faq("shop_pickup", "可以自提吗？", "可以，当天到店取。", "能自己去拿吗", "到店取货行不"),
)

ASKED = (
    "能带狗进店吗",
    "狗可以进去不",
    "可以带宠物吗",
    "你们那儿能刻字吗",
    "可以在杯子上刻字吗",
    "刻字要钱吗",
    "包邮吗",
    "运费多少",
    "哪个电影好看",
)


@dataclass(frozen=True)
class World:
    """``page``: the address of the page. ``password``: the first one."""

    page: str
    service: str
    password: str

    def ask(self, question: str, conversation: str, task: str = "") -> dict[str, Any]:
        """A customer's question, as the actions pass it on."""
        query = {"q": question, "task": task}
        return self._call("GET", "/knowledge/search", conversation, params=query)

    def says_unhelpful(self, entry: str, conversation: str) -> dict[str, Any]:
        """A customer's tap on "not what I asked"."""
        body = {"entry": entry}
        return self._call("POST", "/knowledge/asked/unhelpful", conversation, json=body)

    def _call(self, method: str, path: str, conversation: str, **content: Any) -> dict[str, Any]:
        answer = httpx.request(
            method,
            self.service + path,
            headers={"Authorization": f"Bearer {TOKEN}", "X-Conversation-Id": conversation},
            trust_env=False,
            timeout=60,
            **content,
        )
        answer.raise_for_status()
        return dict(answer.json())


@contextmanager
def world(
    folder: Path, faqs: Sequence[Faq] = SHOP, merchant: Merchant | None = None
) -> Iterator[World]:
    """The service and a desk with the page in front of it, on free ports.

    ``merchant``: whose products, services and branches the answers may name.
    """
    engine = connect(f"sqlite:///{folder / 'shop.sqlite'}")
    migrate(engine)
    database = Database(engine)
    merchant = merchant or read(ROOT / "tests" / "unit" / "shop")
    load(replace(merchant, faqs=tuple(faqs)), database)
    others = backend_app(database, merchant.profile, TOKEN, ["orders", "scheduling"])
    inside = httpx.ASGITransport(app=others)
    neighbours = Neighbours(merchant.profile, "http://inside", "http://inside", TOKEN, inside)
    routes = router(database, fit_in_background=False, neighbours=neighbours)
    with ExitStack() as stack:
        service = stack.enter_context(serving(application("knowledge", routes, TOKEN)))
        admin = Admin(folder, "session-secret", Passwords(), Misses(database))
        desk = FastAPI()
        client = httpx.AsyncClient(trust_env=False)
        desk.include_router(knowledge.router(client, service, TOKEN, admin))
        answer_errors(desk)
        pages = frontend.WEB / "knowledge" / "dist"
        desk.mount("/knowledge", Pages(directory=pages, html=True))
        address = stack.enter_context(serving(desk))
        password = (folder / PASSWORD_FILE).read_text("ascii")
        yield World(f"{address}/knowledge/", service, password)
    engine.dispose()


@contextmanager
def demo() -> Iterator[World]:
    """The demo's shop after a night of questions."""
    shop = read(ROOT / "merchants" / "qiming")
    with tempfile.TemporaryDirectory() as place, world(Path(place), shop.faqs, shop) as here:
        for number, question in enumerate(ASKED):
            here.ask(question, f"c-{number}")
        for question in ("几天能到货", "啥时候能到啊"):
            here.ask(question, "c-again")
        for conversation in ("c-no", "c-not"):
            here.ask("包邮吗", conversation)
            here.says_unhelpful("shipping_fee", conversation)
        for conversation in ("c-cart", "c-other-cart"):
            here.ask("能刻字不", conversation, task="order")
        yield here


def main() -> None:
    with demo() as here:
        print(here.page, here.password, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
