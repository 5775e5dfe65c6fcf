"""The tasks of a desk end when it stops, also those that miss the first word."""

from __future__ import annotations

import asyncio

from nightdesk.desk import ending
from nightdesk.desk.ending import end


def test_a_task_that_loses_its_first_cancellation_ends_all_the_same(monkeypatch):
    monkeypatch.setattr(ending, "AGAIN_S", 0.01)
    lost = []

    async def deaf() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append("once")

    async def run() -> list[bool]:
        tasks = [asyncio.create_task(deaf()), asyncio.create_task(asyncio.sleep(3600))]
        await asyncio.sleep(0)
        await end(tasks)
        return [task.cancelled() for task in tasks]

    assert asyncio.run(run()) == [True, True]
    assert lost == ["once"]


def test_nothing_to_end_is_no_fault():
    asyncio.run(end([]))
