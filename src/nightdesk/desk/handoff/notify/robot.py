"""What the group robots of the three platforms have in common: JSON in, a code in JSON out."""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import httpx

from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.handoff.notify.target import NotTakenError, Target, clear, post


class Robot(Target):
    """A robot of a group chat at ``url``, which holds its key.

    ``now``: seconds since the epoch in real time, which the platforms check, whatever the desk's
    own clock was set to.
    """

    code: ClassVar[str]
    """The field of the answer that is 0 when the message was taken, whatever the HTTP status."""
    reason: ClassVar[str]
    pauses: ClassVar[Mapping[int, float]] = {}
    """Codes that mean “too often”, with the seconds to wait."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        secret: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._now = now

    @abstractmethod
    def request(self, message: Message) -> tuple[str, dict[str, Any]]:
        """The URL and body of ``message``, signed for this moment."""

    async def send(self, message: Message) -> None:
        url, body = self.request(message)
        content = json.dumps(body, ensure_ascii=False).encode()
        hidden = (self._url, self._url.rpartition("=")[2], self._url.rpartition("/")[2])
        response = await post(self._client, url, content, {}, *hidden, self._secret)
        try:
            answer = response.json()
            code = answer[self.code]
        except (ValueError, KeyError, TypeError):
            raise NotTakenError("the answer is not the platform's: is the URL right?") from None
        if code != 0:
            reason = clear(f"{code} {answer.get(self.reason, '')}", *hidden, self._secret)
            raise NotTakenError(reason, self.pauses.get(code))
