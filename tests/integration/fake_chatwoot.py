"""A Chatwoot that answers as its documentation shows: developers.chatwoot.com/api-reference."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
from starlette.requests import Request
from starlette.routing import Route

from nightdesk.desk.handoff.workplace.chatwoot import Chatwoot
from nightdesk.desk.handoff.workplace.workplace import Workplace
from tests.integration.workplaces import DESK, SECRET, TOKEN, Elsewhere


class FakeChatwoot(Elsewhere):
    name = "chatwoot"
    people_end = "resolved"

    def __init__(self) -> None:
        self.contacts: dict[int, dict[str, Any]] = {}
        super().__init__()

    def workplace(self, client: httpx.AsyncClient) -> Workplace:
        return Chatwoot(client, self.server.url, TOKEN, 1, 3, SECRET)

    def admits(self, request: Request) -> bool:
        return request.headers.get("api_access_token") == TOKEN

    def routes(self) -> list[Route]:
        base = "/api/v1/accounts/1"
        one = base + "/conversations/{id:int}"
        return [
            self.route(base + "/contacts", self._contact, "POST"),
            self.route(base + "/contacts/search", self._search, "GET"),
            self.route(base + "/contacts/{id:int}/conversations", self._of_contact, "GET"),
            self.route(base + "/conversations", self._open, "POST"),
            self.route(one, self._show, "GET"),
            self.route(one, self._update, "PATCH"),
            self.route(one + "/messages", self._messages, "GET"),
            self.route(one + "/messages", self._message, "POST"),
            self.route(one + "/toggle_status", self._toggle, "POST"),
        ]

    def _contact(self, _request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        if any(one["identifier"] == body["identifier"] for one in self.contacts.values()):
            taken = "Identifier has already been taken"
            return 422, {"message": taken, "attributes": ["identifier"]}
        contact = {"id": self.next_id(), "name": body["name"], "identifier": body["identifier"]}
        self.contacts[contact["id"]] = contact
        inbox = {"source_id": body["source_id"], "inbox": {"id": body["inbox_id"]}}
        return 200, {"payload": {"contact": contact, "contact_inbox": inbox}}

    def _search(self, request: Request, _body: Any) -> tuple[int, Any]:
        wanted = request.query_params["q"]
        found = [one for one in self.contacts.values() if wanted in one["identifier"]]
        return 200, {"meta": {"count": len(found)}, "payload": found}

    def _of_contact(self, request: Request, _body: Any) -> tuple[int, Any]:
        contact = request.path_params["id"]
        of_contact = [one for one in self.cases.values() if one["contact_id"] == contact]
        return 200, {"payload": of_contact}

    def _open(self, _request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        assert body["inbox_id"] == 3
        assert body["contact_id"] in self.contacts
        case = {"id": self.next_id(), "meta": {"assignee": None}, **body}
        self.cases[case["id"]] = case
        self.lines[case["id"]] = []
        return 200, case

    def _show(self, request: Request, _body: Any) -> tuple[int, Any]:
        case = self.cases.get(request.path_params["id"])
        return (200, case) if case else (404, {"error": "Resource could not be found"})

    def _update(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        self.cases[request.path_params["id"]].update(body)
        return 200, {}

    def _messages(self, request: Request, _body: Any) -> tuple[int, Any]:
        after = int(request.query_params.get("after", 0))
        lines = [one for one in self.lines[request.path_params["id"]] if one["id"] > after]
        return 200, {"meta": {}, "payload": lines[:100]}

    def _message(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        number = request.path_params["id"]
        incoming = body["message_type"] == "incoming"
        sender = {"id": DESK, "name": "NightDesk", "type": "user"}
        line = {
            "id": self.next_id(),
            "content": body["content"],
            "message_type": 0 if incoming else 1,
            "private": body["private"],
            "source_id": body.get("source_id"),
            "sender": {"id": 5, "type": "contact"} if incoming else sender,
        }
        self.lines[number].append(line)
        if incoming and self.cases[number]["status"] == "resolved":
            self.cases[number]["status"] = "open"
        return 200, line

    def _toggle(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        self.cases[request.path_params["id"]]["status"] = body["status"]
        return 200, {"meta": {}, "payload": {"success": True, "current_status": body["status"]}}

    # What people do

    def write(
        self, number: int, who: tuple[int, str], text: str, internal: bool = False, **more: Any
    ) -> int:
        sender = {"id": who[0], "name": f"Agent {who[0]}", "available_name": who[1], "type": "user"}
        line = {
            "id": self.next_id(),
            "content": text,
            "message_type": 1,
            "private": internal,
            "source_id": None,
            "sender": sender,
            **more,
        }
        self.lines[number].append(line)
        return int(line["id"])

    def end(self, number: int) -> None:
        self.cases[number]["status"] = "resolved"

    def ended(self, number: int) -> bool:
        return bool(self.cases[number]["status"] == "resolved")

    def from_customer(self, number: int) -> list[str]:
        return [one["content"] for one in self.lines[number] if one["message_type"] == 0]

    def notes(self, number: int) -> list[str]:
        return [one["content"] for one in self.lines[number] if one["private"]]

    def event(self, number: int, secret: str = SECRET) -> tuple[dict[str, str], bytes]:
        """A ``message_created``, signed."""
        last = self.lines[number][-1]
        event = {
            "event": "message_created",
            "id": last["id"],
            "content": "not what is believed",
            "message_type": "outgoing",
            "private": False,
            "conversation": {"id": number, "status": "open", "inbox_id": 3},
            "account": {"id": 1, "name": "Shop"},
        }
        body, timestamp = json.dumps(event).encode(), str(int(time.time()))
        signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
        return {
            "X-Chatwoot-Timestamp": timestamp,
            "X-Chatwoot-Signature": f"sha256={signed.hexdigest()}",
        }, body
