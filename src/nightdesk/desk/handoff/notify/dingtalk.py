"""钉钉 (DingTalk) custom robot.

https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages: a robot admits a
message by its signature (加签), or by a keyword in it (``NightDesk`` is always there); Markdown,
20,000 bytes; 20 messages a minute, else nothing is taken for ten; ``errcode`` is 0 when it was.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote_plus

from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.handoff.notify.robot import Robot
from nightdesk.desk.limits import Rate

_MOST_BYTES = 18_000


class DingTalk(Robot):
    """Signed when it has a secret."""

    name = "dingtalk"
    limits = (Rate(20, 60),)
    code = "errcode"
    reason = "errmsg"
    pauses = {130101: 600.0, 410100: 600.0}  # noqa: RUF012

    def request(self, message: Message) -> tuple[str, dict[str, Any]]:
        body = {
            "msgtype": "markdown",
            "markdown": {"title": message.title, "text": message.markdown(_MOST_BYTES)},
        }
        if not self._secret:
            return self._url, body
        timestamp = round(self._now() * 1000)
        signature = quote_plus(sign(timestamp, self._secret))
        return f"{self._url}&timestamp={timestamp}&sign={signature}", body


def sign(timestamp: int, secret: str) -> str:
    """base64(HMAC-SHA256(secret, "timestamp\\nsecret")); ``timestamp`` in milliseconds."""
    text = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()
