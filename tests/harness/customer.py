"""A customer at the chat page: speaks the desk's chat contract as the widget does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Reply:
    """All that came back for one message. ``text``: the messages' texts, one a line."""

    status: str
    messages: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        return "\n".join(message["text"] for message in self.messages if message.get("text"))

    @property
    def buttons(self) -> dict[str, str]:
        """Payloads by title, of all messages."""
        return {
            button["title"]: button["payload"]
            for message in self.messages
            for button in message.get("buttons") or ()
        }

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __str__(self) -> str:
        buttons = "".join(f"\n  [{title}]" for title in self.buttons)
        return f"({self.status}) {self.text}{buttons}"


class Customer:
    """One visitor with a session of their own. ``last`` is the newest reply."""

    def __init__(self, desk_url: str, lang: str = "zh", channel: str = "web") -> None:
        self.lang = lang
        self._client = httpx.Client(base_url=desk_url, timeout=60, trust_env=False)
        opened = self._client.post("/chat/sessions", json={"channel": channel, "lang": lang})
        assert opened.status_code == 201, opened.text
        session = opened.json()
        self.conversation_id: str = session["session_id"]
        self.token: str = session["token"]
        self._client.headers["Authorization"] = f"Bearer {self.token}"
        self.last = Reply("bot", ())

    def say(self, text: str) -> Reply:
        """Write ``text`` and wait for the answer."""
        return self.send({"text": text})

    def tap(self, title: str) -> Reply:
        """Tap the button ``title`` of the last reply; a part of the title is enough."""
        found = [name for name in self.last.buttons if title in name]
        assert len(found) == 1, f"no single button {title!r} in: {self.last}"
        return self.send({"payload": self.last.buttons[found[0]]})

    def send(self, message: dict[str, Any], client_message_id: str | None = None) -> Reply:
        """Post a message as it is; the same ``client_message_id`` is the same message."""
        body = {"client_message_id": client_message_id or uuid.uuid4().hex, **message}
        answer = self._client.post("/chat/messages", json=body)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        content = answer.json()
        self.last = Reply(content["status"], tuple(content["messages"]))
        return self.last

    def talk(self, *lines: str) -> Reply:
        """Say all ``lines`` one after the other; the reply to the last."""
        for line in lines:
            self.say(line)
        return self.last

    def transcript(self, after: str | None = None) -> list[dict[str, Any]]:
        """The conversation as the desk keeps it."""
        answer = self._client.get("/chat/messages", params={"after": after} if after else {})
        assert answer.status_code == 200, answer.text
        content = answer.json()
        return list(content["messages"] if isinstance(content, dict) else content)

    def wait_until(
        self, met: Callable[[list[dict[str, Any]]], bool], seconds: float = 60
    ) -> list[dict[str, Any]]:
        """Read the transcript until ``met(transcript)``; fails after ``seconds``."""
        return wait_for(self.transcript, met, seconds)

    def close(self) -> None:
        self._client.close()


def wait_for(ask: Callable[[], Any], met: Callable[[Any], bool], seconds: float = 60) -> Any:
    """Ask until the answer satisfies ``met``, and return it; an unreachable server is asked again.

    Raises:
        AssertionError: it did not within ``seconds``; with the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
            if met(answer):
                return answer
        except httpx.HTTPError as error:
            answer = repr(error)
        assert time.monotonic() < deadline, f"not within {seconds} s; last: {answer}"
        time.sleep(0.1)
