"""The people who work elsewhere, as rows among the shop's people: they have names, and no login."""

from __future__ import annotations

import hashlib
from typing import Any

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.handoff.workplace.workplace import Person


class People:
    """Those of one ``workplace``. All methods block."""

    def __init__(self, database: Database, workplace: str) -> None:
        self._database = database
        self._workplace = workplace

    def id_of(self, person: Person) -> str:
        """The id of ``person`` here, entered at first sight and renamed when they are."""
        login = f"{self._workplace}:{person.id}"[:64]
        agent_id = hashlib.sha256(login.encode()).hexdigest()[:32]
        name = person.name.strip()[:64]
        with self._database.read() as session:
            known: Any = session.get(Agent, agent_id)
        if known is not None and known.name == name:
            return agent_id
        with self._database.write() as session:
            row: Any = session.get(Agent, agent_id)
            if row is None:
                row = Agent(id=agent_id, login=login, role="agent", created_at=clock.now())
                # No password has this hash, and who is not active cannot sign in either.
                row.password_hash, row.active, row.away = "", False, False
                session.add(row)
            row.name = name
        return agent_id

    def has(self, agent_id: str | None) -> bool:
        """Whether this is one of them."""
        with self._database.read() as session:
            agent: Any = session.get(Agent, agent_id) if agent_id else None
            return agent is not None and agent.login.startswith(f"{self._workplace}:")
