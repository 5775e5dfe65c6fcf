"""A Zammad that answers as its documentation shows: docs.zammad.org/en/latest/api."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx
from starlette.requests import Request
from starlette.routing import Route

from nightdesk.desk.handoff.workplace.workplace import Workplace
from nightdesk.desk.handoff.workplace.zammad import Zammad
from tests.integration.workplaces import DESK, SECRET, TOKEN, Elsewhere


class FakeZammad(Elsewhere):
    name = "zammad"

    def workplace(self, client: httpx.AsyncClient) -> Workplace:
        return Zammad(client, self.server.url, TOKEN, "Night", SECRET)

    def admits(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Token token={TOKEN}"

    def routes(self) -> list[Route]:
        base = "/api/v1"
        return [
            self.route(base + "/tickets", self._open, "POST"),
            self.route(base + "/tickets/search", self._search, "GET"),
            self.route(base + "/tickets/{id:int}", self._show, "GET"),
            self.route(base + "/tickets/{id:int}", self._update, "PUT"),
            self.route(base + "/ticket_articles", self._article, "POST"),
            self.route(base + "/ticket_articles/by_ticket/{id:int}", self._articles, "GET"),
        ]

    def _open(self, _request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        assert body["group"] == "Night"
        assert body["customer_id"].startswith("guess:")
        ticket = {"id": self.next_id(), "number": "22019", "state": "new", "title": body["title"]}
        ticket["priority"] = body["priority"]
        self.cases[ticket["id"]] = ticket
        self.lines[ticket["id"]] = []
        self._add(ticket["id"], body["article"])
        return 201, ticket

    def _search(self, request: Request, _body: Any) -> tuple[int, Any]:
        wanted = request.query_params["query"]
        found = {str(key): one for key, one in self.cases.items() if wanted in one["title"]}
        assets = {"assets": {"Ticket": found}} if found else {"assets": {}}
        return 200, {"tickets": [int(key) for key in found], "tickets_count": len(found), **assets}

    def _show(self, request: Request, _body: Any) -> tuple[int, Any]:
        return 200, self.cases[request.path_params["id"]]

    def _update(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        self.cases[request.path_params["id"]].update(body)
        return 200, {}

    def _article(self, _request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        return 201, self._add(body["ticket_id"], body)

    def _articles(self, request: Request, _body: Any) -> tuple[int, Any]:
        return 200, self.lines[request.path_params["id"]]

    def _add(self, number: int, article: dict[str, Any], **more: Any) -> dict[str, Any]:
        line = {
            "id": self.next_id(),
            "ticket_id": number,
            "from": "NightDesk Bot",
            "created_by_id": DESK,
            "attachments": [],
            **article,
            **more,
        }
        self.lines[number].append(line)
        return line

    # What people do

    def write(
        self, number: int, who: tuple[int, str], text: str, internal: bool = False, **more: Any
    ) -> int:
        article = {
            "body": f"<div>{text}</div>",
            "content_type": "text/html",
            "type": "note",
            "sender": "Agent",
            "internal": internal,
            "from": f"{who[1]} <{who[0]}@shop.example>",
            "created_by_id": who[0],
        }
        return int(self._add(number, article, **more)["id"])

    def end(self, number: int) -> None:
        self.cases[number]["state"] = "closed"

    def ended(self, number: int) -> bool:
        return bool(self.cases[number]["state"] == "closed")

    def from_customer(self, number: int) -> list[str]:
        return [one["body"] for one in self.lines[number] if one["sender"] == "Customer"]

    def notes(self, number: int) -> list[str]:
        return [one["body"] for one in self.lines[number] if one["internal"]]

    def event(self, number: int, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
        """A trigger's webhook, signed."""
        ticket = {**self.cases[number], "group": {"id": 3, "name": "Night"}}
        article = {**self.lines[number][-1], "body": "not what is believed"}
        body = json.dumps({"ticket": ticket, "article": article}, ensure_ascii=False).encode()
        signed = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        return {"X-Hub-Signature": f"sha1={signed}", "X-Zammad-Trigger": "NightDesk"}, body
