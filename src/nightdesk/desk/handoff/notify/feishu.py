"""飞书 (Feishu, Lark) custom bot.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: ``timestamp`` (seconds) and
``sign`` in the body; 20 KB; 100 messages a minute and 5 a second; ``code`` is 0 when it was taken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from nightdesk.desk.handoff.notify.message import Block, Message
from nightdesk.desk.handoff.notify.robot import Robot
from nightdesk.desk.limits import Rate

_MOST_BLOCKS = 20  # of a digest: one line of some 150 letters each, well below 20 KB


class Feishu(Robot):
    """Signed when it has a secret."""

    name = "feishu"
    limits = (Rate(100, 60), Rate(5, 1))
    code = "code"
    reason = "msg"
    pauses = {11232: 60.0, 99991400: 60.0}  # noqa: RUF012

    def request(self, message: Message) -> tuple[str, dict[str, Any]]:
        shown = message.blocks[:_MOST_BLOCKS]
        content = [row for block in shown for row in _rows(block, message.link_title)]
        if left := len(message.blocks) - len(shown):
            content.append([{"tag": "text", "text": message.more(left)}])
        body: dict[str, Any] = {
            "msg_type": "post",
            "content": {"post": {"zh_cn": {"title": message.title, "content": content}}},
        }
        if self._secret:
            timestamp = int(self._now())
            body |= {"timestamp": str(timestamp), "sign": sign(timestamp, self._secret)}
        return self._url, body


def _rows(block: Block, link_title: str) -> list[list[dict[str, str]]]:
    rows = [[{"tag": "text", "text": line}] for line in block.lines]
    link = [[{"tag": "a", "text": link_title, "href": block.link}]] if block.link else []
    return rows + link


def sign(timestamp: int, secret: str) -> str:
    """base64(HMAC-SHA256("timestamp\\nsecret", "")); ``timestamp`` in seconds."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()
