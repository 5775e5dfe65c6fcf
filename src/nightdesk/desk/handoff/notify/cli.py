"""``nightdesk notify test``: a test word to every place that is set up."""

from __future__ import annotations

import asyncio
import os
import sys

import typer

app = typer.Typer(help="Notifications to the shop's people.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Notifications to the shop's people."""


@app.command()
def test() -> None:
    """Send a test word to each place that is set up, and say what happened."""
    from nightdesk.desk.handoff.notify import trial
    from nightdesk.merchant.profile import load_profile
    from nightdesk.settings import load

    profile = load_profile(load().merchant)
    try:
        outcomes = asyncio.run(trial.run(os.environ, profile.languages, profile.zone))
    except ValueError as error:
        print(f"nightdesk: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    if not outcomes:
        print("No place is set up: see docs/notifications.md.")
        raise typer.Exit(1)
    for name, reason in outcomes.items():
        print(f"{name:10} {'taken' if reason is None else f'NOT taken: {reason}'}")
    raise typer.Exit(1 if any(outcomes.values()) else 0)
