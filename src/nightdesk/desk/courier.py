"""Brings each message to Rasa and its answer back: in order, once, and never without a word.

The request that stored a message only waits here. A task for each conversation with something
waiting does the work, so a customer who closes the page, or a desk that is killed, changes nothing:
whoever comes next finds the message in the database and goes on.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool

from nightdesk import clock, logs
from nightdesk.desk.ending import end
from nightdesk.desk.notifier import Change, Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.queue import Queue
from nightdesk.desk.rasa import Rasa, RasaFailedError, RasaUnreachableError
from nightdesk.desk.records import Answer, NotYet, Outcome, Work
from nightdesk.desk.store import Store
from nightdesk.desk.tickets import NoTicketError, Tickets

log = logs.get(__name__)

_BUSY_POLL = 0.25
_POLLS_BACK = 5


class Courier:
    """One per process. ``start`` takes up what an earlier process left; ``stop`` hands it on."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        notifier: Notifier,
        rasa: Rasa,
        tickets: Tickets,
        options: Options,
    ) -> None:
        self._store = store
        self._queue = queue
        self._notifier = notifier
        self._rasa = rasa
        self._tickets = tickets
        self._options = options
        self._room = asyncio.Semaphore(options.parallel)
        self._workers: dict[str, Change] = {}
        self._newest: deque[int] = deque(maxlen=_POLLS_BACK)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await run_in_threadpool(self._queue.release_all)
        self._spawn(self._forever(self._sweep, self._options.sweep))
        self._spawn(self._forever(self._open_tickets, self._options.sweep))
        self._spawn(self._forever(self._watch, self._options.poll))

    async def stop(self) -> None:
        while self._tasks:  # one that ends may have begun another
            await end(self._tasks)
        await run_in_threadpool(self._queue.release_all)

    def kick(self, conversation_id: str) -> None:
        """See to what waits in this conversation now."""
        if change := self._workers.get(conversation_id):
            change.set()
        else:
            self._workers[conversation_id] = change = Change()
            self._spawn(self._serve(conversation_id, change))

    async def outcome(self, conversation_id: str, message_id: int) -> Outcome:
        """How the message ended for the customer; after ``patience``, an apology and a promise."""
        deadline = time.monotonic() + self._options.patience
        with self._notifier.listen(conversation_id) as change:
            while True:
                outcome = await run_in_threadpool(self._store.outcome, message_id)
                if outcome.settled:
                    return outcome
                left = deadline - time.monotonic()
                if left <= 0:
                    await self._promise(conversation_id, message_id)
                    return await run_in_threadpool(self._store.outcome, message_id)
                await change.wait(left)

    async def _promise(self, conversation_id: str, message_id: int) -> None:
        if await run_in_threadpool(self._queue.promise, conversation_id, message_id):
            log.warning("answer_promised", conversation_id=conversation_id, message_id=message_id)
            self._notifier.notify(conversation_id)

    # One conversation

    async def _serve(self, conversation_id: str, change: Change) -> None:
        """Work off the conversation's queue, then leave."""
        logs.in_conversation(conversation_id)
        try:
            while True:
                change.clear()
                claimed = await run_in_threadpool(self._queue.claim, conversation_id)
                if isinstance(claimed, Work):
                    await self._deliver(claimed)
                elif isinstance(claimed, NotYet):
                    wait = (claimed.until - clock.now()).total_seconds()
                    await change.wait(min(wait, _BUSY_POLL) if claimed.busy else wait)
                elif not change.is_set():
                    return
        except Exception:
            # The database does not answer: the message is in it, and the sweep comes again.
            log.exception("conversation_left")
        finally:
            del self._workers[conversation_id]

    async def _deliver(self, work: Work) -> None:
        """One attempt at one message."""
        keeper = asyncio.create_task(self._keep_lease(work.conversation_id))
        try:
            answer = await self._ask(work)
        except RasaUnreachableError as error:
            await self._failed(work, str(error), wrong=False)
        except RasaFailedError as error:
            await self._failed(work, str(error), wrong=True)
        except Exception as error:
            log.exception("attempt_broke", message_id=work.message_id)
            await self._failed(work, repr(error), wrong=True)
        else:
            kept = await run_in_threadpool(self._queue.answer, work, answer)
            log.info("message_answered", message_id=work.message_id, shown=kept)
            self._notifier.notify(work.conversation_id)
        finally:
            keeper.cancel()

    async def _ask(self, work: Work) -> Answer:
        async with self._room:
            if work.earlier_attempts:
                # That attempt may have been carried out although its answer was lost.
                known = await self._rasa.answer_of(work)
                if known is not None:
                    return known
            return await self._rasa.send(work)

    async def _keep_lease(self, conversation_id: str) -> None:
        while True:
            await asyncio.sleep(self._options.lease / 3)
            await run_in_threadpool(self._queue.renew, conversation_id)

    async def _failed(self, work: Work, reason: str, wrong: bool) -> None:
        age = (clock.now() - work.received_at).total_seconds()
        log.warning(
            "attempt_failed",
            message_id=work.message_id,
            attempt=work.earlier_attempts + 1,
            age_s=round(age, 1),
            reason=reason,
        )
        hopeless = work.wrong_answers + 1 >= self._options.most_wrong_answers
        if (wrong and hopeless) or (not wrong and age > self._options.give_up_after):
            await run_in_threadpool(self._queue.give_up, work)
            log.error("message_given_up", message_id=work.message_id)
            self._spawn(self._open_tickets())
            return
        late = work.promised or age > self._options.patience
        first, longest = self._options.late_backoff if late else self._options.backoff
        pause = _pause(work.earlier_attempts, first, longest)
        until = clock.now() + timedelta(seconds=pause)
        await run_in_threadpool(self._queue.put_off, work, until, wrong)

    # What nobody waits for

    async def _forever(self, job: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            try:
                await job()
            except Exception:
                log.exception("sweep_failed")
            await asyncio.sleep(pause)

    async def _watch(self) -> None:
        """Wake who waits for what another desk process has written.

        Looks some polls back: PostgreSQL may commit a message after one with a higher id.
        """
        floor = self._newest[0] if self._newest else sys.maxsize
        newest, written = await run_in_threadpool(self._store.written_after, floor)
        self._newest.append(newest)
        for conversation_id in written:
            self._notifier.notify(conversation_id)

    async def _sweep(self) -> None:
        """Take up orphaned messages and say the overdue word."""
        for conversation_id in await run_in_threadpool(self._queue.waiting):
            if conversation_id not in self._workers:
                self.kick(conversation_id)
        # A little later than the request itself would have said it.
        patience = self._options.patience + self._options.sweep
        for conversation_id, message_id in await run_in_threadpool(
            self._queue.unpromised, patience
        ):
            await self._promise(conversation_id, message_id)

    async def _open_tickets(self) -> None:
        """Open the tickets that are due, up to the first that fails: then the backend is down."""
        for given in await run_in_threadpool(self._queue.tickets_due):
            try:
                ticket_no = await self._tickets.open(given)
            except NoTicketError as error:
                log.error("ticket_failed", message_id=given.message_id, reason=str(error))
                pause = _pause(given.attempts, *self._options.ticket_backoff)
                until = clock.now() + timedelta(seconds=pause)
                await run_in_threadpool(self._queue.ticket_put_off, given, until)
                return
            await run_in_threadpool(self._queue.ticket_opened, given, ticket_no)
            log.info("ticket_opened", message_id=given.message_id, ticket_no=ticket_no)
            self._notifier.notify(given.conversation_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _pause(earlier: int, first: float, longest: float) -> float:
    """Seconds before the next attempt: doubled each time, up to ``longest``."""
    return float(min(longest, first * 2 ** min(earlier, 20)))
