"""The one clock that every process asks.

``NIGHTDESK_CLOCK=2026-11-23T03:00:00+08:00`` starts all processes at that moment, from which time
runs on. ``NIGHTDESK_CLOCK_STARTED`` (seconds since the epoch, set by the supervisor) is the real
moment that it stands for, so that a process which is started again does not go back in time.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone, tzinfo

CLOCK = "NIGHTDESK_CLOCK"
CLOCK_STARTED = "NIGHTDESK_CLOCK_STARTED"
_EXAMPLE = "2026-11-23T03:00:00+08:00"

_process_started = time.time()


def process_start() -> str:
    """The real moment at which this process began, as ``NIGHTDESK_CLOCK_STARTED`` carries it."""
    return repr(_process_started)


def _offset() -> timedelta:
    text = os.environ.get(CLOCK)
    if not text:
        return timedelta(0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{CLOCK}={text!r} is no time, as {_EXAMPLE}") from error
    if moment.tzinfo is None:
        raise ValueError(f"{CLOCK}={text!r} needs an offset, as {_EXAMPLE}")
    started = float(os.environ.get(CLOCK_STARTED) or _process_started)
    return moment - datetime.fromtimestamp(started, timezone.utc)


def now(zone: tzinfo = timezone.utc) -> datetime:
    """The current time as an aware datetime in ``zone``.

    Raises:
        ValueError: ``NIGHTDESK_CLOCK`` is not ISO 8601 with an offset.
    """
    return (datetime.now(timezone.utc) + _offset()).astimezone(zone)
