"""Rasa as the desk sees it: one REST call for each message, and its tracker as the witness."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from nightdesk import logs
from nightdesk.desk.records import Answer, Reply, Work
from nightdesk.desk.text import storable

log = logs.get(__name__)

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class RasaUnreachableError(Exception):
    """Rasa was not reached at all."""


class RasaFailedError(Exception):
    """Rasa was reached and gave no proper answer; it may or may not have had the message."""


class Rasa:
    """A client of one Rasa server. ``timeout`` (seconds) bounds a whole call."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str, timeout: float) -> None:
        self._client = client
        self._url = url
        self._token = token
        self._timeout = timeout

    async def send(self, work: Work) -> Answer:
        """Rasa's answer, with at least one reply that a customer can see.

        An empty answer has an explanation when the tracker has the replies.

        Raises:
            RasaUnreachableError, RasaFailedError: see there.
        """
        body = {
            "sender": work.conversation_id,
            "message": work.sent,
            "metadata": {
                "message_id": work.key,
                "channel": work.channel,
                "language": work.language,
                "owner": work.owner.value,
                "staffed": work.staffed,
            },
        }
        answer = await self._json(
            "POST",
            "/webhooks/rest/webhook",
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
        )
        if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
            raise RasaFailedError("the answer is not a list of messages")
        said = _answer(answer)
        if said.replies:
            return said
        known = await self.answer_of(work)
        if known is None:
            raise RasaFailedError("the answer is empty")
        return known

    async def answer_of(self, work: Work) -> Answer | None:
        """What Rasa's tracker has as the answer to an earlier attempt; None when it has none.

        Raises:
            RasaUnreachableError, RasaFailedError: the tracker cannot be read.
        """
        tracker = await self._json(
            "GET",
            f"/conversations/{work.conversation_id}/tracker",
            params={"token": self._token, "include_events": "ALL"},
        )
        events = tracker.get("events") if isinstance(tracker, dict) else None
        if not isinstance(events, list):
            raise RasaFailedError("the tracker has no events")
        answer = answer_after(events, work.key)
        return answer if answer.replies else None

    async def _json(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = await asyncio.wait_for(
                self._client.request(method, self._url + path, timeout=None, **request),
                self._timeout,
            )
        except _NOT_SENT as error:
            raise RasaUnreachableError(str(error)) from error
        except asyncio.TimeoutError as error:
            raise RasaFailedError(f"no answer within {self._timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RasaFailedError(repr(error)) from error
        if response.status_code != 200:
            raise RasaFailedError(f"{method} {path} was answered {response.status_code}")
        try:
            return response.json()
        except ValueError as error:
            raise RasaFailedError("the answer is not JSON") from error

    async def ready(self) -> bool:
        """Whether Rasa answers and has a model loaded."""
        try:
            status = await self._json("GET", "/status", params={"token": self._token})
        except (RasaUnreachableError, RasaFailedError):
            return False
        return isinstance(status, dict) and bool(status.get("model_file"))


def answer_after(events: list[dict[str, Any]], key: str) -> Answer:
    """The bot's messages between the last user event whose metadata names ``key`` and the next."""
    items: list[dict[str, Any]] = []
    ours = False
    for event in events:
        if event.get("event") == "user":
            ours = (event.get("metadata") or {}).get("message_id") == key
            if ours:
                items = []
        elif ours and event.get("event") == "bot":
            items.extend(_items_of_event(event))
    return _answer(items)


def _items_of_event(event: dict[str, Any]) -> list[dict[str, Any]]:
    """A tracker's bot event, cut into messages as Rasa's own output channel cuts it."""
    data = event.get("data") or {}
    buttons = data.get("quick_replies") or data.get("buttons")
    text = event.get("text") or ""
    parts = [text] if buttons else text.strip().split("\n\n")
    items: list[dict[str, Any]] = [{"text": part, "buttons": buttons} for part in parts]
    return items + [
        {name: data[name]} for name in ("image", "attachment", "custom") if data.get(name)
    ]


def _answer(items: list[dict[str, Any]]) -> Answer:
    """Messages of the REST channel: the replies, and the facts of the turn, which no customer sees.

    The action server hands the facts over as one message ``{"custom": {"turn": {…}}}``.
    """
    replies: list[Reply] = []
    facts: dict[str, Any] = {}
    for item in items:
        custom = item.get("custom")
        turn = custom.get("turn") if isinstance(custom, dict) else None
        if isinstance(turn, dict):
            facts.update(turn)
        elif custom:
            log.warning("custom_reply_ignored")
        replies += _replies(item)
    return Answer(replies, facts)


def _replies(item: dict[str, Any]) -> list[Reply]:
    """One message of the REST channel as what a customer can see of it: one reply, or none."""
    text = item.get("text") or item.get("attachment")
    image = item.get("image")
    buttons = tuple(
        (storable(str(button["title"])), storable(str(button.get("payload") or button["title"])))
        for button in item.get("buttons") or ()
        if isinstance(button, dict) and button.get("title")
    )
    if not (text or image or buttons):
        return []
    return [
        Reply(
            text=storable(str(text)) if text else None,
            image=storable(str(image)) if image else None,
            buttons=buttons,
        )
    ]
