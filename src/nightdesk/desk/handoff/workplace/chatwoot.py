"""Chatwoot, through an inbox of the channel “API”.

https://developers.chatwoot.com/api-reference (application API, header ``api_access_token``). A
webhook is signed since version 4: ``X-Chatwoot-Signature: sha256=<hex of HMAC-SHA256(secret,
"<X-Chatwoot-Timestamp>." + body)>``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from nightdesk.desk.handoff.workplace.workplace import (
    Case,
    Client,
    ForgedError,
    Opened,
    OutOfReachError,
    Person,
    RefusedError,
    Said,
    Seen,
    Status,
    Workplace,
)

_INCOMING, _OUTGOING = 0, 1
_FRESH_S = 300
_PRIORITIES = {"urgent": "urgent", "high": "high", "normal": "medium", "low": "low"}
_STATUSES = {"resolved": Status.RESOLVED, "pending": Status.BOT}
_KEY = "nightdesk"


class Chatwoot(Workplace):
    """``inbox``: the numeric id of the API inbox of ``account``.

    A customer is a contact, a case a conversation. Resolving it ends it here, the status “pending”
    gives it back to the bot.
    """

    name = "chatwoot"

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        token: str,
        account: int,
        inbox: int,
        secret: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        base = f"{url}/api/v1/accounts/{account}"
        self._api = Client(client, base, {"api_access_token": token}, token)
        self._inbox = inbox
        self._secret = secret
        self._now = now

    async def open(self, case: Case, again: bool) -> Opened:
        contact = await self._contact(case)
        external_id = await self._earlier(contact, case.key) if again else None
        if external_id is None:
            body = {
                "inbox_id": self._inbox,
                "contact_id": contact,
                "source_id": case.conversation_id,
                "status": "open",
                "custom_attributes": {_KEY: case.key},
            }
            external_id = str(await self._api.made("/conversations", body))
        try:
            priority = {"priority": _PRIORITIES.get(case.priority, "medium")}
            await self._api.call("PATCH", f"/conversations/{external_id}", priority)
        except RefusedError:
            pass  # an old Chatwoot has no priorities; the opening names it all the same
        last = await self.note(external_id, case.opening, f"{case.key}:opening", 0, again)
        return Opened(external_id, last)

    async def _contact(self, case: Case) -> int:
        """The customer's contact, made at their first case."""
        body = {
            "inbox_id": self._inbox,
            "name": case.customer,
            "identifier": case.conversation_id,
            "source_id": case.conversation_id,
        }
        try:
            made = await self._api.object("POST", "/contacts", body)
            return int(made["payload"]["contact"]["id"])
        except (KeyError, TypeError, ValueError):
            raise OutOfReachError("the contact made has no id: is the URL Chatwoot's?") from None
        except RefusedError as refused:  # 422: there is one already
            search = {"q": case.conversation_id}
            for contact in await self._api.rows("/contacts/search", "payload", **search):
                if contact.get("identifier") == case.conversation_id:
                    return int(contact["id"])
            raise OutOfReachError(str(refused)) from None

    async def _earlier(self, contact: int, key: str) -> str | None:
        for conversation in await self._api.rows(f"/contacts/{contact}/conversations", "payload"):
            if (conversation.get("custom_attributes") or {}).get(_KEY) == key:
                return str(conversation["id"])
        return None

    async def say(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        return await self._put(external_id, text, key, after, again, "incoming", private=False)

    async def note(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        return await self._put(external_id, text, key, after, again, "outgoing", private=True)

    async def _put(
        self,
        external_id: str,
        text: str,
        key: str,
        after: int,
        again: bool,
        kind: str,
        private: bool,
    ) -> int:
        path = f"/conversations/{external_id}/messages"
        if again:
            for message in await self._messages(external_id, after):
                same = message.get("content") == text and bool(message.get("private")) is private
                if message.get("source_id") == key or (same and not _is_of_person(message)):
                    return int(message["id"])
        body = {
            "content": text,
            "message_type": kind,
            "private": private,
            "content_type": "text",
            "source_id": key,
        }
        return await self._api.made(path, body)

    async def _messages(self, external_id: str, after: int) -> list[dict[str, Any]]:
        """Those with an id above ``after``, in order. The API gives at most 100 at a time."""
        path = f"/conversations/{external_id}/messages"
        found: dict[int, dict[str, Any]] = {}
        last = after
        while True:
            answer = await self._api.rows(path, "payload", after=last)
            page = [one for one in answer if int(one["id"]) > last]
            if not page:
                return [found[number] for number in sorted(found)]
            found.update({int(one["id"]): one for one in page})
            last = max(found)

    async def look(self, external_id: str, after: int) -> Seen:
        # The status first: what a person wrote before resolving is among the messages then.
        case = await self._api.object("GET", f"/conversations/{external_id}")
        messages = await self._messages(external_id, after)
        assignee = (case.get("meta") or {}).get("assignee")
        return Seen(
            status=_STATUSES.get(str(case.get("status")), Status.OPEN),
            lines=tuple(_said(message) for message in messages if _is_of_person(message)),
            last_id=max([after, *(int(message["id"]) for message in messages)]),
            assignee=_person(assignee) if assignee else None,
        )

    async def resolve(self, external_id: str) -> None:
        path = f"/conversations/{external_id}/toggle_status"
        await self._api.call("POST", path, {"status": "resolved"})

    def subject(self, headers: Mapping[str, str], body: bytes) -> str | None:
        timestamp = headers.get("x-chatwoot-timestamp", "")
        signed = timestamp.encode() + b"." + body
        right = "sha256=" + hmac.digest(self._secret.encode(), signed, hashlib.sha256).hex()
        given = headers.get("x-chatwoot-signature", "")
        fresh = timestamp.isdecimal() and abs(self._now() - int(timestamp)) < _FRESH_S
        if not fresh or not hmac.compare_digest(given.encode(), right.encode()):
            raise ForgedError
        try:
            event = json.loads(body)
            # A message event holds its conversation; a conversation event is one.
            subject = event.get("conversation") or event
            return str(subject["id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def _is_of_person(message: Mapping[str, Any]) -> bool:
    sender = message.get("sender") or {}
    return message.get("message_type") == _OUTGOING and sender.get("type", "user") == "user"


def _said(message: Mapping[str, Any]) -> Said:
    links = [one.get("data_url") for one in message.get("attachments") or ()]
    text = "\n".join([message.get("content") or "", *filter(None, links)]).strip()
    return Said(
        id=int(message["id"]),
        person=_person(message.get("sender") or {}),
        text=text,
        internal=bool(message.get("private")),
    )


def _person(user: Mapping[str, Any]) -> Person:
    name = user.get("available_name") or user.get("name") or "Chatwoot"
    return Person(str(user.get("id", 0)), str(name))
