"""What a shop may tune of its desk. Durations are seconds; the defaults suit one small shop."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from nightdesk.desk.limits import Rate
from nightdesk.settings import WrongSettingError


@dataclass(frozen=True)
class Options:
    """Limits towards the customer, and patience with what stands behind the desk."""

    origins: tuple[str, ...] = ("*",)
    """Sites that may embed the widget. Sessions are bearer tokens, so any site is safe."""
    session_life: float = 7 * 24 * 3600
    session_rate: Rate = field(default_factory=lambda: Rate(30, 60))
    message_rate: Rate = field(default_factory=lambda: Rate(60, 60))
    longest_text: int = 1000
    largest_body: int = 64 * 1024
    most_waiting: int = 20
    """How many messages of one conversation may wait for their answers."""
    most_listeners: int = 20
    """How many pushes and waiting requests one conversation may hold open."""

    patience: float = 14.0
    """How long a customer waits before being told that the answer will come late."""
    rasa_timeout: float = 12.0
    backoff: tuple[float, float] = (0.5, 4.0)
    """The first pause between attempts, and the longest while the customer waits."""
    late_backoff: tuple[float, float] = (5.0, 30.0)
    """The same once the customer has been told."""
    give_up_after: float = 300.0
    """How long Rasa may be out of reach before a person gets a ticket."""
    most_wrong_answers: int = 10
    """How many bad answers (none, 5xx, timeout) a message gets before a person takes it."""
    ticket_backoff: tuple[float, float] = (5.0, 300.0)

    console_timeout: float = 4.0
    """How long the console waits for what a backend has of a customer."""

    outbox_timeout: float = 10.0
    outbox_backoff: tuple[float, float] = (2.0, 60.0)
    outbox_alarm_after: float = 60.0
    """How long a kept write may fail before a person gets a ticket."""

    notice_backoff: tuple[float, float] = (5.0, 900.0)
    """Pauses between attempts to notify one of the shop's places."""
    notice_life: float = 24 * 3600
    """How long a notice is tried for."""

    workplace_backoff: tuple[float, float] = (2.0, 300.0)
    """Pauses while the system where the people on duty work is out of reach."""
    workplace_pause: tuple[float, float] = (5.0, 120.0)
    """How often a case is looked at there: while a customer waits or talks, and for a call-back."""

    lease: float = 10.0
    """How long a dead desk process keeps its conversations from the others."""
    sweep: float = 2.0
    """How often messages that nobody serves are looked for."""
    poll: float = 1.0
    """How often one looks for what another desk process has written."""
    heartbeat: int = 15
    parallel: int = 64
    """How many messages are with Rasa at one time."""


def load(environ: Mapping[str, str] = os.environ) -> Options:
    """The options of this process.

    ``NIGHTDESK_ORIGINS`` is a list with commas; ``NIGHTDESK_SESSION_RATE`` (by address) and
    ``NIGHTDESK_MESSAGE_RATE`` (by conversation) read ``60/60``: so many in so many seconds.

    Raises:
        WrongSettingError: a rate is not written so.
    """
    given: dict[str, object] = {}
    if origins := environ.get("NIGHTDESK_ORIGINS"):
        given["origins"] = tuple(origin.strip().rstrip("/") for origin in origins.split(","))
    for name in ("session_rate", "message_rate"):
        variable = f"NIGHTDESK_{name.upper()}"
        if text := environ.get(variable):
            try:
                given[name] = Rate.parse(text)
            except ValueError as error:
                raise WrongSettingError(f"{variable} must be COUNT/SECONDS, as 60/60.") from error
    return Options(**given)  # type: ignore[arg-type]
