"""What is pushed to a customer's page: messages, who has the conversation, typing, reading."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.notifier import Change
from nightdesk.desk.options import Options
from nightdesk.desk.sessions import Session
from nightdesk.desk.store import PAGE, Store

_LOOK_ANYWAY = 30.0  # seconds; a wake-up should never be missed
_LOOK_AT_QUEUE = 5.0
"""While waiting: the place moves by what happens in other conversations."""


@dataclass
class Shown:
    """What a page has been told."""

    last: int
    owner: dict[str, Any] = field(default_factory=dict)
    read: int = 0
    typed: datetime | None = None


class Live:
    """Any number of pages. What another desk process writes is seen at the next look."""

    def __init__(self, store: Store, owners: Owners, typing: Typing, options: Options) -> None:
        self._store = store
        self._owners = owners
        self._typing = typing
        self._options = options

    async def stream(
        self, session: Session, after: int, change: Change
    ) -> AsyncIterator[ServerSentEvent]:
        """Events from the message ``after`` on, until the session is over."""
        shown = Shown(after)
        while session.seconds_left > 0:
            events = await run_in_threadpool(self._look, session.id, shown)
            for event in events:
                yield event
            if len(events) < PAGE:  # else there may be more
                await change.wait(min(self._pause(shown), session.seconds_left))

    def _pause(self, shown: Shown) -> float:
        status = shown.owner["status"]
        if status == State.HUMAN.value:
            return self._options.poll
        return _LOOK_AT_QUEUE if status == State.WAITING.value else _LOOK_ANYWAY

    def _look(self, conversation_id: str, shown: Shown) -> list[ServerSentEvent]:
        """What is new to the page. The owner comes first, typing after what was typed."""
        events = []
        owner = self._owners.seen_by_customer(conversation_id)
        if owner != shown.owner:
            shown.owner = owner
            events.append(_event("status", owner))
        for line in self._store.transcript(conversation_id, shown.last):
            shown.last = line["id"]
            events.append(_event("message", line, id=str(line["id"])))
        if (read := self._owners.reads(conversation_id)["agent"]) > shown.read:
            shown.read = read
            events.append(_event("read", {"message_id": read}))
        if owner["status"] == State.HUMAN.value:
            typed = self._typing.just_now(conversation_id, "agent")
            if typed is not None and typed != shown.typed:
                shown.typed = typed
                events.append(_event("typing", {"from": "agent"}))
        return events


def _event(name: str, data: dict[str, Any], id: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, id=id)
