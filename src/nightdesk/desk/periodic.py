"""A job that is done again and again while the desk runs."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from nightdesk import logs
from nightdesk.desk.ending import end

log = logs.get(__name__)


class Periodic(ABC):
    """Does ``round`` every ``pause`` seconds between ``start`` and ``stop``. One per process.

    A round that raises is logged as ``failed`` and tried again.
    """

    failed = "round_failed"

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def round(self) -> object:
        """Do all that is to be done now."""

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            await end([self._task])

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Exception:
                log.exception(self.failed)
            await asyncio.sleep(self._pause)
