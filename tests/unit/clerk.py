"""A customer who talks to the actions without Rasa: what was understood is written into the words.

``customer.says("place_order", "来[两桶](quantity)[全合成](product)")`` → the reply's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from actions.backends.client import Refused, Unavailable
from actions.backends.knowledge import Entry, Fault
from actions.backends.orders import Line, Order, Product
from actions.backends.tickets import Ticket
from actions.clerk.action import ClerkAction
from actions.clerk.services import Services
from nightdesk.clock import CLOCK
from nightdesk.merchant.profile import load_profile
from nightdesk.settings import ROOT
from tests.unit.clerk_scheduling import NIGHT, ZONE, FakeCatalogue, FakeScheduling

AFTERNOON = "2026-11-25T15:00:00+08:00"
_ENTITY = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def product(
    sku: str, name: str, price: str, stock: int, fits: str = "", unit: str = "个"
) -> Product:
    return Product(sku, name, sku.lower(), unit, "piece", price, "CNY", stock, tuple(fits.split()))


CATALOGUE = {
    "全合成": [product("OIL-FULL", "全合成机油", "298", 186, "X3 X5", "桶")],
    "半合成": [product("OIL-SEMI", "半合成机油", "158", 73, "X3", "桶")],
    "机油": [
        product("OIL-FULL", "全合成机油", "298", 186, "X3 X5", "桶"),
        product("OIL-SEMI", "半合成机油", "158", 73, "X3", "桶"),
    ],
    "脚垫": [product("MAT", "全包围脚垫", "368", 58, "E5 E7", "套")],
    "支架": [product("MOUNT", "手机支架", "45", 230)],
    "灭火器": [product("FIRE", "车载灭火器", "55", 0)],
    "大灯": [product("LED", "LED大灯", "369", 1, "", "对")],
    "充电桩": [product("EVC", "家用充电桩", "2380", 16)],
}

DESCRIBED = {"踩脚的": CATALOGUE["脚垫"], "烧油的": CATALOGUE["机油"]}
"""Words that name nothing → what they describe."""


@dataclass
class FakeOrders:
    """Sells the catalogue above. ``failing``: what the next placements raise, one each."""

    placed: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    failing: list[Exception] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)
    own: list[Order] = field(default_factory=list)
    others: list[Order] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    returns: list[tuple[str, str]] = field(default_factory=list)
    invoices: list[dict[str, Any]] = field(default_factory=list)

    def search(self, query: str, limit: int = 6) -> list[Product]:
        by_sku = {one.sku: one for options in CATALOGUE.values() for one in options}
        if query in by_sku:
            return [by_sku[query]]
        exact = [words for words in CATALOGUE if words in query]
        return list(CATALOGUE[max(exact, key=len)]) if exact else []

    def described(self, words: str, limit: int = 6) -> list[Product]:
        return [one for said, options in DESCRIBED.items() if said in words for one in options]

    def product(self, sku: str) -> Product:
        found = self.search(sku)[0]
        return Product(**{**found.as_json(), "stock": self.stock.get(sku, found.stock)})

    def place(self, order: dict[str, Any], key: str) -> Order:
        if self.failing:
            raise self.failing.pop(0)
        self.placed.append(order)
        self.keys.append(key)
        made = self._order(f"QM-TEST-{len(self.placed)}", order)
        self.own.insert(0, made)
        return made

    def _order(self, order_no: str, order: dict[str, Any]) -> Order:
        prices = {one.sku: Decimal(one.price) for options in CATALOGUE.values() for one in options}
        total = sum((prices[item["sku"]] * item["quantity"] for item in order["items"]), Decimal(0))
        lines = tuple(
            Line(item["sku"], self.search(item["sku"])[0].name_zh, item["quantity"])
            for item in order["items"]
        )
        customer = order["customer"]
        return Order(
            order_no,
            "placed",
            total,
            "CNY",
            lines,
            customer["name"],
            customer["phone"],
            order["address"],
        )

    def of_conversation(self, conversation_id: str) -> list[Order]:
        return self.own

    def find(self, order_no: str, phone_tail: str) -> Order:
        for order in self.others:
            if order.order_no == order_no and order.phone.endswith(phone_tail):
                return order
        raise Refused(404, "not_found", "", {})

    def change(self, order_no: str, change: dict[str, Any], key: str) -> Order:
        if self.failing:
            raise self.failing.pop(0)
        self.changes.append(change)
        return self.own[0] if self.own else self.others[0]

    def cancel(self, order_no: str, key: str) -> Order:
        if self.failing:
            raise self.failing.pop(0)
        self.cancelled.append(order_no)
        return self.own[0] if self.own else self.others[0]

    def request_return(self, order_no: str, kind: str, reason: str, key: str) -> str:
        if self.failing:
            raise self.failing.pop(0)
        self.returns.append((kind, reason))
        return f"{order_no}-R1"

    def request_invoice(self, order_no: str, invoice: dict[str, Any], key: str) -> None:
        self.invoices.append(invoice)


@dataclass
class FakeTickets:
    opened: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False
    own: list[Ticket] = field(default_factory=list)
    others: list[Ticket] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    phones: list[tuple[str, str, str]] = field(default_factory=list)

    def comment(self, ticket_no: str, author: str, text: str, key: str) -> None:
        self.comments.append((ticket_no, text))

    def give_phone(self, ticket_no: str, name: str, phone: str, key: str) -> None:
        self.phones.append((ticket_no, name, phone))

    def raise_priority(self, ticket_no: str, priority: str, key: str) -> None:
        self.raised.append(priority)

    def open(self, ticket: dict[str, Any], key: str) -> str:
        if self.down:
            raise Unavailable("down")
        self.opened.append(ticket)
        return f"T-{len(self.opened)}"

    def find(self, ticket_no: str) -> Ticket:
        for ticket in (*self.own, *self.others):
            if ticket.ticket_no == ticket_no:
                return ticket
        raise Refused(404, "not_found", "", {})

    def of_conversation(self, conversation_id: str) -> list[Ticket]:
        return self.own


@dataclass
class FakeKnowledge:
    """Finds ``entries`` for every question; ``about``: words → the entry that answers them.
    ``table``: words → what they may describe; one alone is sure."""

    entries: list[Entry] = field(default_factory=list)
    answerable: bool = False
    about: dict[str, Entry] = field(default_factory=dict)
    table: dict[str, list[Fault]] = field(default_factory=dict)
    persons_needed: int = 0
    unhelpful_: list[str] = field(default_factory=list)
    nearest: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    down: bool = False

    def unhelpful(self, entry_id: str, language: str, key: str) -> list[tuple[str, str]]:
        if self.down:
            raise Unavailable("down")
        self.unhelpful_.append(entry_id)
        return self.nearest

    def person_needed(self, key: str) -> None:
        self.persons_needed += 1

    def search(
        self, query: str, language: str, limit: int = 3, task: str = "", asked: bool = True
    ) -> tuple[list[Entry], bool]:
        if asked:
            self.tasks.append(task)
        found = [entry for words, entry in self.about.items() if words in query]
        return (found, True) if found else (self.entries, self.answerable)

    def answer(self, entry_id: str, language: str) -> Entry:
        for entry in (*self.entries, *self.about.values()):
            if entry.id == entry_id:
                return entry
        raise Refused(404, "not_found", "", {})

    def faults(self, query: str, language: str, limit: int = 3) -> tuple[list[Fault], bool]:
        for words, faults in self.table.items():
            if words in query:
                return faults, len(faults) == 1
        return [], False


@dataclass
class FakeDesk:
    kept: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    ratings: list[tuple[int, str]] = field(default_factory=list)
    down: bool = False

    def keep(self, service: str, path: str, body: dict[str, Any], key: str) -> None:
        if self.down:
            raise Unavailable("down")
        self.kept.append((service, body, key))

    def rate(self, conversation_id: str, score: int, reason: str, key: str) -> None:
        if self.down:
            raise Unavailable("down")
        self.ratings.append((score, reason))


@dataclass
class FakeUnderstanding:
    """``parts``: what stands in a part of a message → its intent, and its words with entities."""

    parts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def parse(self, text: str) -> dict[str, Any]:
        for words, (intent, marked) in self.parts.items():
            if words in text:
                plain, entities = unmarked(marked)
                return {
                    "text": plain,
                    "intent": {"name": intent, "confidence": 0.9},
                    "entities": entities,
                }
        return {"text": text, "intent": {"name": "nlu_fallback", "confidence": 0.9}}


class Customer:
    """One conversation with the actions over fake backends; the slots are kept as Rasa would.
    ``metadata``: what the desk adds to a message; ``facts``: what it is told of the last turn;
    ``at``: the moment at which it begins, by day unless told."""

    def __init__(self, monkeypatch: Any, at: str = AFTERNOON) -> None:
        monkeypatch.setenv(CLOCK, at)
        self.orders = FakeOrders()
        self.tickets = FakeTickets()
        self.knowledge = FakeKnowledge()
        self.catalogue = FakeCatalogue()
        self.scheduling = FakeScheduling()
        self.desk = FakeDesk()
        self.understanding = FakeUnderstanding()
        self.slot: dict[str, Any] | None = None
        self.buttons: list[dict[str, str]] = []
        self.metadata: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        fakes: dict[str, Any] = {
            "orders": self.orders,
            "tickets": self.tickets,
            "knowledge": self.knowledge,
            "catalogue": self.catalogue,
            "scheduling": self.scheduling,
            "desk": self.desk,
            "understanding": self.understanding,
        }
        services = Services(**fakes, profile=load_profile(ROOT / "merchants" / "qiming"))
        monkeypatch.setattr("actions.clerk.action.services", lambda: services)

    def says(self, intent: str, marked: str, language: str = "zh") -> str:
        """Says ``marked``, which is understood as ``intent``; the reply's text."""
        plain, entities = unmarked(marked)
        return self._send(intent, plain, entities, language)

    def taps(self, title: str) -> str:
        """Taps the button ``title`` of the last reply."""
        payload = next(one["payload"] for one in self.buttons if one["title"] == title)
        intent, _, data = payload[1:].partition("{")
        pairs = re.findall(r'"(\w+)":"([^"]+)"', data)
        entities = [{"entity": kind, "value": value} for kind, value in pairs]
        return self._send(intent, payload, entities, "zh")

    def _send(self, intent: str, text: str, entities: list[dict[str, Any]], language: str) -> str:
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": entities,
            "language": language,
            "metadata": {"message_id": text, **self.metadata},
        }
        answer = ACTIONS[intent].answer("conversation", message, self.slot)
        reply, events, self.facts = answer.reply, answer.events, answer.facts
        for event in events:
            if event["name"] == "state":
                self.slot = event["value"]
        self.buttons = reply.get("buttons", [])
        return str(reply["text"])


def at_night(monkeypatch: Any) -> Customer:
    """A customer at ``NIGHT``, when the clock stands still."""
    monkeypatch.setattr("nightdesk.clock.now", lambda zone=ZONE: NIGHT.astimezone(zone))
    return Customer(monkeypatch)


def unmarked(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """The plain words of ``marked``, and the entities that are written into it."""
    entities, plain = [], ""
    position = 0
    for match in _ENTITY.finditer(marked):
        plain += marked[position : match.start()]
        start = len(plain)
        plain += match[1]
        entity = {"entity": match[2], "value": match[1], "start": start, "end": len(plain)}
        entities.append(entity)
        position = match.end()
    return plain + marked[position:], entities


def _actions() -> dict[str, ClerkAction]:
    """Intent → its action, as the rules say."""
    import yaml
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    by_name = {name: run.__self__ for name, run in executor.actions.items()}
    found = {}
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"][0]["intent"], rule["steps"][1]["action"]
            found[intent] = by_name[action]
    return found


ACTIONS = _actions()
