"""Ends the tasks of a desk that stops."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_S = 1.0
"""How long a task may take to end before it is told again."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel ``tasks`` until all of them have ended.

    Once is not enough: ``asyncio.wait_for`` of Python 3.10 loses a cancellation that comes just as
    what it waits for ends (https://bugs.python.org/issue37658).
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _ended, left = await asyncio.wait(left, timeout=AGAIN_S)
