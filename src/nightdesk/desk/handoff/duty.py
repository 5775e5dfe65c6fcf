"""Whether somebody of the shop's people is there."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.desk.handoff.model import Agent
from nightdesk.merchant.profile import Profile

LATELY = timedelta(hours=12)
"""Who has not been seen for so long says nothing about today."""


def staffed(session: Session, profile: Profile, now: datetime) -> bool:
    """By the shop's hours, unless all who were seen lately have said that they are away.

    Within the hours nobody need be signed in: a notice fetches them.
    """
    if not profile.on_duty(now):
        return False
    seen = select(Agent.away).where(Agent.active.is_(True), Agent.seen_at > now - LATELY)
    away = list(session.execute(seen).scalars())
    return not away or not all(away)
