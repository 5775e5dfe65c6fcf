"""A webhook of the shop's own: one signed POST of JSON for each notice.

``X-NightDesk-Signature: t=<seconds>,v1=<hex of HMAC-SHA256(secret, "<t>." + body)>``. A repeat has
the same ``id`` in the body and in ``X-NightDesk-Event``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable

import httpx

from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.handoff.notify.target import Target, post


class Webhook(Target):
    """Any 2xx takes the notice."""

    name = "webhook"
    gathers = False

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        secret: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._now = now

    async def send(self, message: Message) -> None:
        notice = {"id": message.id, "title": message.title, **message.facts[0]}
        body = json.dumps(notice, ensure_ascii=False, sort_keys=True).encode()
        timestamp = int(self._now())
        headers = {
            "X-NightDesk-Event": message.id,
            "X-NightDesk-Signature": f"t={timestamp},v1={sign(timestamp, body, self._secret)}",
        }
        await post(self._client, self._url, body, headers, self._secret)


def sign(timestamp: int, body: bytes, secret: str) -> str:
    """The signature's ``v1``."""
    text = str(timestamp).encode() + b"." + body
    return hmac.digest(secret.encode(), text, hashlib.sha256).hex()
