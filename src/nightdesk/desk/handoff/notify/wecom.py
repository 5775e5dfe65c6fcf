"""企业微信 (WeCom) group robot.

https://developer.work.weixin.qq.com/document/path/91770: ``POST …/webhook/send?key=…``; Markdown of
at most 4096 bytes; 20 messages a minute; the answer's ``errcode`` is 0 when it was taken.
"""

from __future__ import annotations

from typing import Any

from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.handoff.notify.robot import Robot
from nightdesk.desk.limits import Rate

_MOST_BYTES = 4096


class WeCom(Robot):
    """The key in the URL is all the protection that the platform has."""

    name = "wecom"
    limits = (Rate(20, 60),)
    code = "errcode"
    reason = "errmsg"
    pauses = {45009: 60.0, 45033: 60.0}  # noqa: RUF012

    def request(self, message: Message) -> tuple[str, dict[str, Any]]:
        content = message.markdown(_MOST_BYTES)
        return self._url, {"msgtype": "markdown", "markdown": {"content": content}}
