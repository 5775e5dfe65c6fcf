"""Wrong passwords, counted in the database: every desk process locks the same doors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.backends.service import ServiceError
from nightdesk.database import Database, alone
from nightdesk.desk.handoff.model import SignInMiss

LOCKED = timedelta(minutes=15)


@dataclass(frozen=True)
class Door:
    """What is locked after ``most`` misses within ``LOCKED``, until they are so old."""

    subject: str
    most: int = 5


class Misses:
    """The misses of all processes on one database. Methods block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def knock(self, doors: Sequence[Door]) -> None:
        """Count a try at every door before it is judged, so that many at once are not free.

        Raises:
            ServiceError: 429 ``locked`` {seconds}; then nothing is counted.
        """
        with self._database.write() as session:
            for subject in sorted(door.subject for door in doors):
                alone(session, subject)
            now = clock.now()
            session.execute(delete(SignInMiss).where(SignInMiss.at <= now - LOCKED))
            wait = max((_wait(session, door) for door in doors), default=timedelta(0))
            if not wait:
                session.add_all(SignInMiss(subject=door.subject, at=now) for door in doors)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            raise ServiceError(429, "locked", "Too many wrong passwords.", seconds=seconds)

    def clear(self, doors: Sequence[Door]) -> None:
        """Forget the misses: it was the right password."""
        subjects = [door.subject for door in doors]
        with self._database.write() as session:
            session.execute(delete(SignInMiss).where(SignInMiss.subject.in_(subjects)))


def _wait(session: Session, door: Door) -> timedelta:
    """For how long the door is locked."""
    newest = (
        select(SignInMiss.at)
        .where(SignInMiss.subject == door.subject)
        .order_by(SignInMiss.at.desc())
        .limit(door.most)
    )
    times = list(session.scalars(newest))
    return times[-1] + LOCKED - clock.now() if len(times) >= door.most else timedelta(0)
