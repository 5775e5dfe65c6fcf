"""Changes of a placed order: address, recipient, phone, quantities; read back, then carried out."""

from __future__ import annotations

import re
from typing import Any

from actions.after_sales.services import Service
from actions.backends.client import Refused
from actions.backends.orders import Order
from actions.orders.contact_words import bare_name
from actions.orders.reading import read_changes
from nightdesk.language.address import missing, parse_address
from nightdesk.language.person import parse_person
from nightdesk.language.phone import parse_phone

_RECIPIENT = re.compile(r"收[件货]人|姓名|名字|\brecipient\b|\bname\b", re.I)


class Change(Service):
    """Reads what shall be changed into ``address``, ``name``, ``phone`` and ``wishes``."""

    wish = "change"

    def take(self, question: str) -> bool:
        answer = self.confirmed(question)
        self.data["sure"] = answer is True
        if answer is False:
            for field in ("address", "name", "phone", "wishes"):
                self.data.pop(field, None)
            return True
        return self._take_details() or answer is True

    def _take_details(self) -> bool:
        turn, found = self.conversation.turn, False
        for entity in turn.all("address")[-1:]:
            if "street" in missing(parse_address(entity.text)):
                self.conversation.say("order_address_without_street", address=entity.text)
            else:
                self.data["address"] = entity.text
            found = True
        for entity in turn.all("person")[-1:]:
            self.data["name"] = parse_person(entity.text) or entity.text
            found = True
        if _RECIPIENT.search(turn.text) and not turn.any("person") and (name := bare_name(turn)):
            self.data["name"] = name
            found = True
        for entity in turn.all("phone")[-1:]:
            phone = parse_phone(entity.text)
            if phone.valid:
                self.data["phone"] = phone.e164.removeprefix("+86")
                found = True
        changes = [change for change in read_changes(turn) if change.product or change.quantity]
        if changes:
            self.data["wishes"] = [
                {
                    "kind": change.kind,
                    "product": change.product,
                    "quantity": int(change.quantity.pieces()) if change.quantity else None,
                }
                for change in changes
            ]
            found = True
        return found

    def proceed(self, order: Order) -> None:
        if order.status not in ("placed", "paid"):
            self.finish(f"after_sales_{order.status}", order_no=order.order_no, items="")
            return
        change, summary = self._change(order)
        if not change:
            self.conversation.ask("after_sales_change_what", order_no=order.order_no)
        elif not self.data.get("sure"):
            self.conversation.ask(
                "after_sales_change_confirm",
                order_no=order.order_no,
                summary="\n".join(f"· {line}" for line in summary),
            )
            self.conversation.offer(
                (self.conversation.wording("button_confirm"), "/affirm"),
                (self.conversation.wording("button_change"), "/deny"),
            )
        else:
            self._carry_out(order, change)

    def _change(self, order: Order) -> tuple[dict[str, Any], list[str]]:
        """The body of the ``PATCH``, and what it changes in words."""
        change: dict[str, Any] = {}
        summary: list[str] = []
        if address := self.data.get("address"):
            change["address"] = address
            summary.append(address)
        if self.data.get("name") or self.data.get("phone"):
            change["customer"] = {
                "name": self.data.get("name") or order.recipient,
                "phone": self.data.get("phone") or order.phone,
            }
            summary.append("　".join(change["customer"].values()))
        items = self._items(order)
        if items is not None:
            change["items"] = [
                {"sku": sku, "quantity": quantity} for sku, (_name, quantity) in items.items()
            ]
            summary.extend(f"{name} × {quantity}" for name, quantity in items.values())
        return change, summary

    def _items(self, order: Order) -> dict[str, tuple[str, int]] | None:
        """The lines after the wishes, by sku; None when nothing changes in them."""
        language = self.conversation.language
        items = {line.sku: (line.called(language), line.quantity) for line in order.lines}
        before = dict(items)
        for wish in self.data.get("wishes", ()):
            sku, name = self._meant(wish["product"], order)
            if not sku and not wish["product"]:
                continue
            if not sku:
                self.conversation.say("order_unknown_product", product=wish["product"])
            elif wish["kind"] == "remove":
                items.pop(sku, None)
            else:
                items[sku] = (name, wish["quantity"] or 1)
        if not items:
            self.conversation.say("after_sales_change_empty")
            return None
        return items if items != before else None

    def _meant(self, product: str, order: Order) -> tuple[str, str]:
        """The sku and name that ``product`` means: one of the order's before any other."""
        if not product and len(order.lines) == 1:
            line = order.lines[0]
            return line.sku, line.called(self.conversation.language)
        hits = self.conversation.services.orders.search(product) if product else []
        own = {line.sku for line in order.lines}
        hits.sort(key=lambda hit: (hit.sku not in own, -hit.score))
        return (hits[0].sku, hits[0].name(self.conversation.language)) if hits else ("", "")

    def _carry_out(self, order: Order, change: dict[str, Any]) -> None:
        key = self.conversation.key("change", order.order_no, change)
        try:
            changed = self.conversation.services.orders.change(order.order_no, change, key)
        except Refused as refusal:
            self.refused(refusal, order)
        else:
            total = self.conversation.price(changed.total)
            self.finish("after_sales_change_done", order_no=order.order_no, total=total)
