"""Signed-in browsers: a random cookie, of which the database keeps only the hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.console import audit
from nightdesk.desk.console.accounts import Person, person
from nightdesk.desk.handoff.model import Agent, AgentSession

COOKIE = "nightdesk_agent"
LIFE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=20)


@dataclass(frozen=True)
class SignedIn:
    """A person at one browser; ``id`` is the session's."""

    id: str
    person: Person
    expires_at: datetime


class Sessions:
    """The sessions in the database: every desk process knows them. All methods block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, agent_id: str) -> str:
        """A new session; the value of its cookie."""
        token = secrets.token_urlsafe(32)
        now = clock.now()
        with self._database.write() as session:
            session.execute(delete(AgentSession).where(AgentSession.expires_at <= now))
            session.add(
                AgentSession(
                    id=_hash(token), agent_id=agent_id, created_at=now, expires_at=now + LIFE
                )
            )
            session.execute(update(Agent).where(Agent.id == agent_id).values(seen_at=now))
            audit.record(session, agent_id, "signed_in")
        return token

    def read(self, token: str) -> SignedIn | None:
        """Who has this cookie, if the session is valid now; the person is seen by it."""
        query = (
            select(Agent, AgentSession)
            .join(AgentSession, AgentSession.agent_id == Agent.id)
            .where(
                AgentSession.id == _hash(token),
                AgentSession.expires_at > clock.now(),
                Agent.active.is_(True),
            )
        )
        with self._database.read() as session:
            row = session.execute(query).first()
        if row is None:
            return None
        agent, signed = row
        if agent.seen_at is None or agent.seen_at < clock.now() - SEEN_EVERY:
            self.seen([agent.id])
        return SignedIn(signed.id, person(agent), signed.expires_at)

    def valid(self, ids: Iterable[str]) -> set[str]:
        """Those of the sessions ``ids`` that are valid now."""
        query = (
            select(AgentSession.id)
            .join(Agent, Agent.id == AgentSession.agent_id)
            .where(
                AgentSession.id.in_(list(ids)),
                AgentSession.expires_at > clock.now(),
                Agent.active.is_(True),
            )
        )
        with self._database.read() as session:
            return set(session.scalars(query))

    def seen(self, agent_ids: Iterable[str]) -> None:
        """These people are there now."""
        with self._database.write() as session:
            session.execute(
                update(Agent)
                .where(Agent.id.in_(list(agent_ids)))
                .values(seen_at=clock.now())
                .execution_options(synchronize_session=False)
            )

    def end(self, signed: SignedIn) -> None:
        """Sign out."""
        with self._database.write() as session:
            session.execute(delete(AgentSession).where(AgentSession.id == signed.id))
            audit.record(session, signed.person.id, "signed_out")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
