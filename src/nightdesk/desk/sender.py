"""Sends what the outbox keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool

from nightdesk import clock, logs
from nightdesk.desk.handoff import errands
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.outbox import ERRAND, REFUSED, SENT, Outbox, Write
from nightdesk.desk.periodic import Periodic

log = logs.get(__name__)

_THANKS = {
    "orders": ("order_sent", ("order_no", "total", "currency")),
    "scheduling": ("appointment_sent", ("appointment_no",)),
    "tickets": ("ticket_sent", ("ticket_no",)),
}
"""What the customer is told, and the fields of the answer that it says."""
SERVICES = (*_THANKS, ERRAND)
"""What there is a sender for, each with its own pace: one that hangs holds up no other."""


class Sender(Periodic):
    """Tries each kept write for ``service`` until its backend takes or refuses it.

    ``urls``: the base URL of each backend.
    """

    failed = "outbox_failed"

    def __init__(
        self,
        service: str,
        outbox: Outbox,
        notifier: Notifier,
        client: httpx.AsyncClient,
        urls: Mapping[str, str],
        token: str,
        options: Options,
    ) -> None:
        super().__init__(options.sweep)
        self._service = service
        self._outbox = outbox
        self._notifier = notifier
        self._client = client
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {token}"}
        self._options = options

    async def round(self) -> None:
        for write in await run_in_threadpool(self._outbox.due, self._service):
            await self._send(write)

    async def _send(self, write: Write) -> None:
        """One attempt at one write."""
        if write.service == ERRAND:
            await self._run_errand(write)
            return
        try:
            response = await self._post(write.service, write.path, write.body, write.key)
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            await self._failed(write, repr(error))
            return
        if response.is_success and isinstance(answer, dict):
            await self._sent(write, answer)
        elif response.status_code in (400, 409, 422) and _is_refusal(answer):
            log.error("kept_write_refused", service=write.service, status=response.status_code)
            await self._alarm(write)
            await self._settle(write, REFUSED, "write_refused")
        else:
            await self._failed(write, f"status {response.status_code}")

    async def _run_errand(self, write: Write) -> None:
        """One attempt at one errand."""
        due = await run_in_threadpool(errands.due, self._outbox.database, write)
        if due is None:
            await self._settle(write, REFUSED, None)
            return
        try:
            if not due:
                raise ValueError("its ticket is not opened yet")
            await errands.run(
                self._client,
                self._urls["tickets"],
                self._headers,
                self._options.outbox_timeout,
                write,
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            await self._failed(write, repr(error))
        else:
            await self._settle(write, SENT, None)

    async def _sent(self, write: Write, answer: dict[str, Any]) -> None:
        sentence, said = _THANKS[write.service]
        if missing := [name for name in said if name not in answer]:
            await self._failed(write, f"the answer has no {', '.join(missing)}")
            return
        await self._settle(write, SENT, sentence, **{name: answer[name] for name in said})

    async def _settle(self, write: Write, state: str, sentence: str | None, **values: Any) -> None:
        if await run_in_threadpool(lambda: self._outbox.settle(write, state, sentence, **values)):
            log.info("kept_write_settled", service=write.service, state=state)
            self._notifier.notify(write.conversation_id)

    async def _failed(self, write: Write, reason: str) -> None:
        log.warning("kept_write_failed", service=write.service, reason=reason)
        if write.age.total_seconds() > self._options.outbox_alarm_after:
            await self._alarm(write)
        first, longest = self._options.outbox_backoff
        pause = min(longest, first * 2 ** min(write.attempts, 20))
        until = clock.now() + timedelta(seconds=pause)
        await run_in_threadpool(self._outbox.put_off, write, until)

    async def _alarm(self, write: Write) -> None:
        """Let a person know by a ticket, once; if tickets fail too, at the next attempt."""
        if write.ticket_no or write.service in ("tickets", ERRAND):
            return
        ticket = {
            "kind": "system",
            "priority": "high",
            "subject": "顾客确认的请求还没办成 · A confirmed request is not carried out yet",
            "description": f"{write.service} {write.path}\n{write.body}"[:4000],
            "conversation_id": write.conversation_id,
        }
        try:
            answer = await self._post("tickets", "/tickets", ticket, f"{write.key}-alarm")
            ticket_no = str(answer.raise_for_status().json()["ticket_no"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            log.error("outbox_ticket_failed", reason=repr(error))
            return
        await run_in_threadpool(self._outbox.alarmed, write, ticket_no)

    async def _post(
        self, service: str, path: str, body: dict[str, Any], key: str
    ) -> httpx.Response:
        return await self._client.post(
            self._urls[service] + path,
            json=body,
            headers={**self._headers, "Idempotency-Key": key},
            timeout=self._options.outbox_timeout,
        )


def _is_refusal(answer: object) -> bool:
    """Whether ``answer`` is an error of the contract: then the backend has understood."""
    return isinstance(answer, dict) and "error" in answer
