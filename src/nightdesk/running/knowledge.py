"""Waits until the knowledge service knows all that it will: before that, it answers less surely."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from nightdesk.settings import Settings

LONGEST_S = 120.0
PAUSE_S = 0.5


async def wait(
    settings: Settings,
    progress: Callable[[str], None],
    longest: float = LONGEST_S,
    transport: httpx.AsyncBaseTransport | None = None,
) -> bool:
    """Whether entries and faults are searched with all that is known, within ``longest`` seconds.

    A service of the shop's own need not say: what gives no such answer is taken as ready.
    ``transport``: what answers instead of the network, for tests.
    """
    headers = {"Authorization": f"Bearer {settings.service_token()}"}
    until = time.monotonic() + longest
    async with httpx.AsyncClient(
        headers=headers, timeout=10.0, trust_env=False, transport=transport
    ) as client:
        while True:
            missing = await _missing(client, f"{settings.knowledge_url}/knowledge/ready")
            if not missing:
                return True
            if time.monotonic() >= until:
                progress(f"still learning {', '.join(missing)}; answers are less sure until then")
                return False
            progress(f"learning {', '.join(missing)}")
            await asyncio.sleep(PAUSE_S)


async def _missing(client: httpx.AsyncClient, url: str) -> list[str]:
    """What is not learnt yet."""
    try:
        answer = await client.get(url)
        answer.raise_for_status()
        return [name for name, ready in dict(answer.json()).items() if ready is False]
    except httpx.TimeoutException:  # busy learning
        return ["questions"]
    except (httpx.HTTPError, ValueError, TypeError):
        return []
