"""Conversations that go from the bot to a person and back, over the real processes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any

from tests.harness.customer import Customer, wait_for
from tests.harness.person import Person
from tests.harness.shop import Shop

PATIENCE_S = 300
"""For anything: two busy processors and a process that starts anew are no fault."""
BEGIN, DETAILS, YES = "来两桶全合成5W-30", "寄上海浦东张江路88号，张伟13800138000", "确认下单"
ITEMS = {"QM-OIL-5W30": 2}


def patiently(call: Callable[[], Any], met: Callable[[Any], bool] = lambda _: True) -> Any:
    """As a page does: what could not be reached is asked again."""
    return wait_for(call, met, PATIENCE_S)


class Talk:
    """A customer in the middle of an order, and what both sides have written so far."""

    def __init__(self, shop: Shop, customer: Customer | None = None) -> None:
        self.shop = shop
        self.customer = customer or shop.customer()
        self.id = self.customer.conversation_id
        self.said: list[str] = []
        self.written: list[str] = []
        self.changes: list[str] = []
        self.say(BEGIN)

    def say(self, text: str) -> None:
        """The customer writes; what was not answered is sent again as the same message."""
        key = f"m{len(self.said)}"
        self.said.append(text)
        patiently(lambda: self.customer.send({"text": text}, client_message_id=key))

    def write(self, person: Person, text: str) -> None:
        key = f"a{len(self.written)}"
        self.written.append(text)
        patiently(lambda: person.write(self.id, text, key))

    def wait_for_a_person(self) -> None:
        self.say("转人工")
        self.changes.append("escalated")

    def claim(self, person: Person) -> None:
        person.claim(self.id)
        self.changes.append("claimed")

    def hand_back(self, person: Person, recap: str) -> None:
        """The bot asks its open question again, after what was agreed."""
        person.hand_back(self.id, recap)
        self.changes.append("handed_back")

        def asked(lines: list[dict[str, Any]]) -> bool:
            told = [n for n, line in enumerate(lines) if recap in (line.get("text") or "")]
            return bool(told) and any(line["from"] == "bot" for line in lines[told[-1] :])

        self.customer.wait_until(asked, PATIENCE_S)

    def order(self) -> None:
        """Answers what the bot asks until the order is placed."""
        for text in (DETAILS, YES, DETAILS, YES):
            if self.orders():
                return
            self.say(text)
            if text == YES:
                self.settled()
        assert self.orders(), self.text()

    def settled(self) -> None:
        """Wait until every line of the customer's is answered or a person's."""
        waiting = "SELECT count(*) FROM desk_deliveries WHERE state = 'pending'"
        with closing(sqlite3.connect(self.shop.data / "nightdesk.sqlite")) as desk:
            patiently(lambda: desk.execute(waiting).fetchone()[0], lambda count: count == 0)

    def orders(self) -> list[dict[str, Any]]:
        return patiently(lambda: self.shop.orders_of(self.customer))

    def text(self) -> str:
        lines = patiently(self.customer.transcript)
        return "\n".join(f"{line['from']}: {line.get('text')}" for line in lines)

    def check(self, person: Person) -> None:
        """Nothing is lost, nothing is there twice, and both sides see the same."""
        lines = patiently(self.customer.transcript)
        of = {
            side: [one["text"] for one in lines if one["from"] == side]
            for side in ("customer", "agent")
        }
        assert of == {"customer": self.said, "agent": self.written}, self.text()
        answers = Counter(
            (line.get("in_reply_to"), line.get("text")) for line in lines if line["from"] == "bot"
        )
        assert not [one for one, count in answers.items() if count > 1], self.text()
        seen = patiently(lambda: person.look(self.id))
        assert [line["id"] for line in seen["lines"]] == [line["id"] for line in lines]
        assert [one["cause"] for one in seen["transitions"]] == self.changes

    def check_order(self) -> None:
        (order,) = self.orders()
        assert {item["sku"]: item["quantity"] for item in order["items"]} == ITEMS, self.text()


def heard(shop: Shop, customer: Customer) -> list[str]:
    """What Rasa was told, in order."""
    events = patiently(lambda: shop.tracker(customer))
    return [str(event["text"]) for event in events if event["event"] == "user"]


def grow_old(shop: Shop, customer: Customer, days: float) -> None:
    """Let Rasa believe that all of the conversation was so long ago."""
    own = (customer.conversation_id,)
    with closing(sqlite3.connect(shop.data / "rasa" / "tracker.sqlite", timeout=60)) as rasa, rasa:
        rows = rasa.execute("SELECT id, data FROM events WHERE sender_id = ?", own).fetchall()
        assert rows
        for number, data in rows:
            event = json.loads(data)
            event["timestamp"] -= days * 86_400
            rasa.execute(
                "UPDATE events SET data = ?, timestamp = ? WHERE id = ?",
                (json.dumps(event), event["timestamp"], number),
            )


def claimed(person: Person, conversation: str) -> dict[str, Any]:
    """As the page's button does; when the answer was lost, the second try finds it theirs."""
    item = person.item(conversation)
    if item["state"] != "human":
        item = person.claim(conversation, item["version"])
    assert item["agent"]["id"] == person.me["id"]
    return item
