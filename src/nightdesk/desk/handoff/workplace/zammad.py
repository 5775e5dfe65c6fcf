"""Zammad: a case is a ticket, what is said its articles.

https://docs.zammad.org/en/latest/api/intro.html (header ``Authorization: Token token=…``). A
webhook is signed: ``X-Hub-Signature: sha1=<hex of HMAC-SHA1(token of the signature, body)>``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import httpx

from nightdesk.desk.handoff.workplace.workplace import (
    Case,
    Client,
    ForgedError,
    Opened,
    Person,
    Said,
    Seen,
    Status,
    Workplace,
)

_PRIORITIES = {"urgent": "3 high", "high": "3 high", "normal": "2 normal", "low": "1 low"}
_ENDED = ("closed", "merged", "removed")
_BREAKS = ("br", "p", "div", "li", "tr", "blockquote")


class Zammad(Workplace):
    """Tickets of one ``group``, by a token with ``ticket.agent``.

    A person answers the customer with an article that is not internal. Closing the ticket ends the
    conversation here.
    """

    name = "zammad"

    def __init__(
        self, client: httpx.AsyncClient, url: str, token: str, group: str, secret: str
    ) -> None:
        headers = {"Authorization": f"Token token={token}"}
        self._api = Client(client, f"{url}/api/v1", headers, token)
        self._group = group
        self._secret = secret

    async def open(self, case: Case, again: bool) -> Opened:
        title = f"[{case.key}] {case.title}"
        ticket = await self._earlier(title, case.key) if again else None
        if ticket is None:
            body = {
                "title": title,
                "group": self._group,
                # Zammad wants an address; one that nothing is ever delivered to (RFC 2606).
                "customer_id": f"guess:{case.conversation_id}@nightdesk.invalid",
                "priority": _PRIORITIES.get(case.priority, "2 normal"),
                "article": _article(case.opening, sender="Agent", internal=True)
                | {"subject": case.customer},
            }
            ticket = await self._api.made("/tickets", body)
        articles = await self._articles(str(ticket), 0)
        return Opened(str(ticket), min((int(one["id"]) for one in articles), default=0))

    async def _earlier(self, title: str, key: str) -> int | None:
        found = await self._api.call("GET", "/tickets/search", query=key, limit=10)
        tickets = (found or {}).get("assets", {}).get("Ticket", {}).values()
        return next((int(one["id"]) for one in tickets if one.get("title") == title), None)

    async def say(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        said = await self._put(external_id, text, after, again, "Customer", internal=False)
        ticket = await self._api.object("GET", f"/tickets/{external_id}", expand="true")
        if ticket.get("state") in _ENDED:  # who closed it has not read this
            await self._api.call("PUT", f"/tickets/{external_id}", {"state": "open"})
        return said

    async def note(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        return await self._put(external_id, text, after, again, "Agent", internal=True)

    async def _put(
        self, external_id: str, text: str, after: int, again: bool, sender: str, internal: bool
    ) -> int:
        if again:  # in order and one at a time: the same words after the last are these
            for article in await self._articles(external_id, after):
                same = (article.get("sender"), bool(article.get("internal"))) == (sender, internal)
                if same and _text(article) == text:
                    return int(article["id"])
        body = _article(text, sender, internal) | {"ticket_id": int(external_id)}
        return await self._api.made("/ticket_articles", body)

    async def _articles(self, external_id: str, after: int) -> list[dict[str, Any]]:
        path = f"/ticket_articles/by_ticket/{external_id}"
        found = await self._api.rows(path, expand="true")
        return sorted(
            (one for one in found if int(one["id"]) > after), key=lambda one: int(one["id"])
        )

    async def look(self, external_id: str, after: int) -> Seen:
        # The state first: what a person wrote before closing is among the articles then.
        ticket = await self._api.object("GET", f"/tickets/{external_id}", expand="true")
        articles = await self._articles(external_id, after)
        return Seen(
            status=Status.RESOLVED if ticket.get("state") in _ENDED else Status.OPEN,
            lines=tuple(_said(one) for one in articles if one.get("sender") == "Agent"),
            last_id=max([after, *(int(one["id"]) for one in articles)]),
        )

    async def resolve(self, external_id: str) -> None:
        await self._api.call("PUT", f"/tickets/{external_id}", {"state": "closed"})

    def subject(self, headers: Mapping[str, str], body: bytes) -> str | None:
        right = "sha1=" + hmac.digest(self._secret.encode(), body, hashlib.sha1).hex()
        given = headers.get("x-hub-signature", "")
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise ForgedError
        try:
            return str(json.loads(body)["ticket"]["id"])
        except (ValueError, KeyError, TypeError):
            return None


def _article(text: str, sender: str, internal: bool) -> dict[str, Any]:
    return {
        "body": text,
        "content_type": "text/plain",
        "type": "note",
        "sender": sender,
        "internal": internal,
    }


def _said(article: Mapping[str, Any]) -> Said:
    name = re.sub(r"\s*<[^>]*>$", "", str(article.get("from") or "")).strip(' "')
    return Said(
        id=int(article["id"]),
        person=Person(str(article.get("created_by_id", 0)), name or "Zammad"),
        text=_text(article),
        internal=bool(article.get("internal")),
        left_out=bool(article.get("attachments")),
    )


def _text(article: Mapping[str, Any]) -> str:
    body = str(article.get("body") or "")
    if article.get("content_type") != "text/html":
        return body.strip()
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """The words of an article, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))
