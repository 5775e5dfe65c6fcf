"""Rasa's REST channel as the desk uses it: the same format, with a lock on the door.

In ``credentials.yml``: ``nightdesk.bot.channel.DeskInput:``. Differences from ``RestInput``: the
logs of a message carry its conversation's id; with ``NIGHTDESK_RASA_TOKEN`` set, only who shows it
as a bearer token comes in; a request names its sender and its message or is refused; ``stream`` is
ignored, because a stream never ends when an action raises; a failure is answered 500, not 200.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from nightdesk import logs

log = logs.get(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]


class DeskInput(RestInput):
    """The channel ``rest`` at ``/webhooks/rest/webhook``."""

    def __init__(self, token: str | None = None) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        return "rest"

    @classmethod
    def from_credentials(cls, _credentials: dict[str, Any] | None) -> DeskInput:
        return cls(os.environ.get("NIGHTDESK_RASA_TOKEN"))

    def _admits(self, request: Request) -> bool:
        if not self._token:
            return True
        shown = request.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {self._token}".encode())

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """``GET /`` (health) and ``POST /webhook``."""
        blueprint = Blueprint("desk_webhook", __name__)

        @blueprint.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @blueprint.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return json({"error": "unauthorized"}, status=401)
            body = request.json
            sender = body.get("sender") if isinstance(body, dict) else None
            text = body.get("message") if isinstance(body, dict) else None
            if not (isinstance(sender, str) and sender and isinstance(text, str)):
                return json({"error": "sender and message are needed"}, status=422)
            logs.in_conversation(sender)
            collector = CollectingOutputChannel()
            message = UserMessage(
                text,
                collector,
                sender,
                input_channel=self._extract_input_channel(request),
                metadata=self.get_metadata(request),
            )
            begun = time.monotonic()
            try:
                await on_new_message(message)
            except Exception:
                log.exception("message_failed")
                if not collector.messages:
                    return json({"error": "the message was not processed"}, status=500)
            taken = round((time.monotonic() - begun) * 1000, 1)
            log.info("message_handled", replies=len(collector.messages), ms=taken)
            return json(collector.messages)

        return blueprint
