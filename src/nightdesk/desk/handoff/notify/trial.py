"""A test word to every place that is set up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from nightdesk import clock
from nightdesk.desk.handoff.notify import configuration
from nightdesk.desk.handoff.notify.message import Message, compose
from nightdesk.desk.handoff.notify.target import NotTakenError, Target


async def run(
    environ: Mapping[str, str], languages: Sequence[str], zone: tzinfo
) -> dict[str, str | None]:
    """For each place why it did not take the word, or None.

    Raises:
        ValueError: a place is set up wrongly.
    """
    async with configuration.client() as client:
        targets = configuration.targets(environ, client)
        outcomes = await asyncio.gather(
            *(_send(target, _word(target.name, languages, zone)) for target in targets)
        )
    return dict(zip((target.name for target in targets), outcomes, strict=True))


async def _send(target: Target, message: Message) -> str | None:
    try:
        await target.send(message)
    except NotTakenError as error:
        return error.reason
    return None


def _word(target: str, languages: Sequence[str], zone: tzinfo) -> Message:
    now = clock.now()
    facts = {"kind": "test", "priority": "normal", "at": now.isoformat(timespec="seconds")}
    return compose([(f"test:{now.timestamp():.3f}:{target}", facts)], languages, zone)
