"""A Chatwoot and a Zammad that answer as their documentation shows, and lose answers when told to.

Shapes: https://developers.chatwoot.com/api-reference and https://docs.zammad.org/en/latest/api.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nightdesk.desk.handoff.workplace.chatwoot import Chatwoot
from nightdesk.desk.handoff.workplace.workplace import Workplace
from nightdesk.desk.handoff.workplace.zammad import Zammad
from tests.integration.desk_world import Server

TOKEN, SECRET = "token-of-the-desk", "secret of the webhooks"
LI, WANG = (7, "小李"), (8, "小王")
DESK = 1
"""The user whose token the desk has."""


class Elsewhere:
    """What both have in common. ``moods``, one a request: ``500`` does nothing, ``lost`` does it
    and loses the answer, ``ok``. ``down``: no request does anything.
    """

    name: str

    def __init__(self) -> None:
        self.cases: dict[int, dict[str, Any]] = {}
        self.lines: dict[int, list[dict[str, Any]]] = {}
        self.moods: deque[str] = deque()
        self.down = False
        self.requests = 0
        self._ids = iter(range(100, 10_000))
        self.server = Server(Starlette(routes=self.routes()))

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def workplace(self, client: httpx.AsyncClient) -> Workplace:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {
            "NIGHTDESK_AGENT_DESK": self.name,
            "NIGHTDESK_AGENT_DESK_URL": self.server.url,
            "NIGHTDESK_AGENT_DESK_TOKEN": TOKEN,
            "NIGHTDESK_AGENT_DESK_SECRET": SECRET,
            "NIGHTDESK_AGENT_DESK_ACCOUNT": "1",
            "NIGHTDESK_AGENT_DESK_INBOX": "3",
            "NIGHTDESK_AGENT_DESK_GROUP": "Night",
        }

    def route(self, path: str, do: Any, method: str) -> Route:
        async def answer(request: Request) -> Response:
            self.requests += 1
            if not self.admits(request):
                return JSONResponse({"error": "Invalid Access Token"}, status_code=401)
            mood = self.moods.popleft() if self.moods else "ok"
            if self.down or mood == "500":
                return JSONResponse({"error": "down"}, status_code=500)
            body = json.loads(await request.body() or b"{}")
            status, content = do(request, body)
            if mood == "lost":
                return JSONResponse({"error": "gateway"}, status_code=502)
            return JSONResponse(content, status_code=status)

        return Route(path, answer, methods=[method])

    def admits(self, request: Request) -> bool:
        raise NotImplementedError

    def only(self) -> int:
        """The id of the one case there is."""
        assert len(self.cases) == 1, self.cases
        return next(iter(self.cases))

    def next_id(self) -> int:
        return next(self._ids)


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
