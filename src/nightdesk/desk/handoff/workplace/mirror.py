"""Keeps the cases where the people on duty work, and the conversations here, one and the same.

What is to be done is read from the database each time, so nothing is lost when a process ends or
the other system is down: it is done later, and done once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import httpx
from starlette.concurrency import run_in_threadpool

from nightdesk import logs
from nightdesk.database import Database
from nightdesk.desk.handoff.notify import words
from nightdesk.desk.handoff.ownership import (
    ImpossibleError,
    NotOwnerError,
    Owned,
    Owners,
    StaleError,
)
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.workplace.book import Book, LostError, Served
from nightdesk.desk.handoff.workplace.people import People
from nightdesk.desk.handoff.workplace.told import Teller, line_key
from nightdesk.desk.handoff.workplace.workplace import (
    OutOfReachError,
    Person,
    Said,
    Seen,
    Status,
    Workplace,
)
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.periodic import Periodic
from nightdesk.desk.text import clean

log = logs.get(__name__)

BOT_COMMAND = "/bot"
"""A note for colleagues that begins so gives the conversation back; the rest is the recap."""
_TRIES = 5
_PARALLEL = 8
_ENDED: words.Phrase = ("对话在这边已经结束。", "The conversation has ended on our side.")
_LATE: words.Phrase = (
    "没有发给顾客：对话已经结束，顾客再写就由机器人接待。",
    "Not sent: the conversation has ended, and the bot answers the customer's next words.",
)
_LEFT_OUT: words.Phrase = ("附件没有发给顾客。", "The attachment was not sent to the customer.")

_T = TypeVar("_T")


class Mirror(Periodic):
    """Any number of desks share the work. ``client`` is closed at the end."""

    failed = "cases_failed"

    def __init__(
        self,
        database: Database,
        workplace: Workplace,
        client: httpx.AsyncClient,
        notifier: Notifier,
        languages: Sequence[str],
        options: Options,
    ) -> None:
        super().__init__(options.poll)
        self.workplace = workplace
        self.book = Book(database, workplace.name)
        self._teller = Teller(database, workplace.name, languages)
        self._people = People(database, workplace.name)
        self._owners = Owners(database)
        self._client = client
        self._notifier = notifier
        self._languages = languages
        self._options = options
        self._room = asyncio.Semaphore(_PARALLEL)

    async def stop(self) -> None:
        await super().stop()
        await self._client.aclose()

    async def round(self) -> int:
        """Do all that is to be done now; how many cases that were."""
        await run_in_threadpool(self.book.enter_needed)
        due = await run_in_threadpool(self.book.due)
        return sum(await asyncio.gather(*(self._serve(link_id) for link_id in due)))

    async def _serve(self, link_id: int) -> bool:
        async with self._room:
            served = await run_in_threadpool(self.book.take, link_id)
            if served is None:
                return False
            try:
                await self._attempt(served)
            except LostError:
                log.warning("case_lost", case=served.key)
            return True

    async def _attempt(self, served: Served) -> None:
        try:
            await self._bring_together(served)
        except LostError:
            raise
        except OutOfReachError as error:
            await self._failed(served, str(error))
        except (StaleError, NotOwnerError, ImpossibleError) as error:
            await self._failed(served, f"the owner changed: {error}")
        except Exception as error:
            log.exception("case_broke", case=served.key)
            await self._failed(served, type(error).__name__)

    async def _failed(self, served: Served, reason: str) -> None:
        log.warning("case_failed", case=served.key, attempt=served.attempts, reason=reason)
        first, longest = self._options.workplace_backoff
        pause = min(longest, first * 2 ** min(served.attempts - 1, 20))
        await run_in_threadpool(self.book.failed, served, reason, pause)

    async def _bring_together(self, served: Served) -> None:
        if served.external_id is not None and not served.open:
            await self._refuse_late(served, served.external_id)
            return
        if served.external_id is None and not served.again and not await self._needed(served):
            await run_in_threadpool(self.book.close, served, 0)
            return
        external_id, said_id, said_as, seen_id = await self._open(served)
        for line in await run_in_threadpool(self._teller.untold, served.conversation_id, said_id):
            put = self.workplace.note if line.note else self.workplace.say
            key = f"{served.key}:{line.id}"
            said_as = await put(external_id, line.text, key, said_as, served.again)
            await run_in_threadpool(self.book.said, served, line.id, said_as)
            said_id = line.id
        seen = await self.workplace.look(external_id, seen_id)
        recap: str | None = None
        for said in seen.lines:
            if not said.internal:
                await self._answer(served, external_id, said, said_id)
            elif said.text.startswith(BOT_COMMAND):
                recap = said.text[len(BOT_COMMAND) :].strip()
        await self._end_here(served, seen, recap)
        # Only now: until then all of it is done again, and what was done is known by its id.
        await run_in_threadpool(self.book.seen, served, seen.last_id)
        await self._end_there(served, external_id, seen)

    async def _open(self, served: Served) -> tuple[str, int, int, int]:
        """The case there, made when it is not yet; then what is told, as what, and what is read."""
        if served.external_id is not None:
            return served.external_id, served.said_id, served.said_as, served.seen_id
        case, last = await run_in_threadpool(self._teller.case, served.conversation_id, served.key)
        made = await self.workplace.open(case, served.again)
        await run_in_threadpool(self.book.opened, served, made, last)
        log.info("case_opened", case=served.key, workplace=self.workplace.name)
        return made.external_id, last, made.last_id, made.last_id

    async def _answer(self, served: Served, external_id: str, said: Said, read_to: int) -> None:
        """Give the customer what a person wrote, once, and the person the conversation."""
        if await run_in_threadpool(self._teller.has, served.conversation_id, said.id):
            return
        problem = _LEFT_OUT if said.left_out else None
        if clean(said.text):
            given = await run_in_threadpool(self._write, served.conversation_id, said, read_to)
            problem = problem if given else _LATE
            self._notifier.notify(served.conversation_id)
        if problem:
            words_of_it = words.both(problem, self._languages)
            key = f"{served.key}:about:{said.id}"
            await self.workplace.note(external_id, words_of_it, key, said.id, served.again)

    def _write(self, conversation_id: str, said: Said, read_to: int) -> bool:
        """False when the conversation has ended."""
        agent_id = self._people.id_of(said.person)
        key = line_key(self.workplace.name, said.id)

        def attempt() -> bool:
            owned = self._owners.of(conversation_id)
            if owned.state is State.CLOSED:
                return False
            if owned.state is not State.HUMAN:
                self._owners.claim(conversation_id, agent_id, owned.version)
            elif owned.agent_id != agent_id:
                owner = str(owned.agent_id)
                self._owners.transfer(conversation_id, owner, agent_id, owned.version)
            self._owners.write(conversation_id, agent_id, said.text, key)
            return True

        given = _while_it_changes(attempt)
        if given and read_to:
            self._owners.read(conversation_id, "agent", read_to)
        return given

    async def _end_here(self, served: Served, seen: Seen, recap: str | None) -> None:
        """What its people decided there happens here, unless it is somebody else's here."""
        if seen.status is Status.OPEN and recap is None:
            return
        back = seen.status is not Status.RESOLVED
        by = seen.assignee
        await run_in_threadpool(self._decide, served.conversation_id, by, back, recap or "")
        self._notifier.notify(served.conversation_id)

    def _decide(self, conversation_id: str, by: Person | None, back: bool, recap: str) -> None:
        name = self.workplace.name

        def attempt() -> None:
            owned = self._owners.of(conversation_id)
            if owned.state is State.HUMAN:
                if self._people.has(owned.agent_id):
                    owner = str(owned.agent_id)
                    if back:
                        self._owners.hand_back(conversation_id, owner, owned.version, recap)
                    else:
                        self._owners.close(conversation_id, owner, owned.version, recap)
            elif _waits(owned) and not back:
                agent_id = self._people.id_of(by or Person("0", name.capitalize()))
                self._owners.close(conversation_id, agent_id, owned.version, recap)

        _while_it_changes(attempt)

    async def _end_there(self, served: Served, external_id: str, seen: Seen) -> None:
        """Close the case when nobody here needs it any more; else come back in a while."""
        if owned := await self._needed(served):
            soon, seldom = self._options.workplace_pause
            pause = seldom if owned.state is State.BOT else soon
            await run_in_threadpool(self.book.done, served, owned.version, pause)
            return
        if seen.status is not Status.RESOLVED:
            ended, key = words.both(_ENDED, self._languages), f"{served.key}:ended"
            await self.workplace.note(external_id, ended, key, seen.last_id, served.again)
            await self.workplace.resolve(external_id)
        await run_in_threadpool(self.book.close, served, seen.last_id)
        log.info("case_closed", case=served.key, workplace=self.workplace.name)

    async def _needed(self, served: Served) -> Owned | None:
        """The owner, when that is a person or should be one."""
        owned = await run_in_threadpool(self._owners.of, served.conversation_id)
        return owned if owned.state is State.HUMAN or _waits(owned) else None

    async def _refuse_late(self, served: Served, external_id: str) -> None:
        """Tell who writes in a case that has ended that no customer reads it."""
        seen = await self.workplace.look(external_id, served.seen_id)
        for said in seen.lines:
            known = await run_in_threadpool(self._teller.has, served.conversation_id, said.id)
            if not said.internal and not known:
                late, key = words.both(_LATE, self._languages), f"{served.key}:about:{said.id}"
                await self.workplace.note(external_id, late, key, said.id, served.again)
        await run_in_threadpool(self.book.close, served, seen.last_id)


def _waits(owned: Owned) -> bool:
    """Whether a person is wanted, now or for a call-back."""
    return owned.state is State.WAITING or (owned.state is State.BOT and owned.callback)


def _while_it_changes(attempt: Callable[[], _T]) -> _T:
    """``attempt`` until nobody changes the owner meanwhile. Raises what the last one raised."""
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except (StaleError, NotOwnerError, ImpossibleError):
            continue
    return attempt()
