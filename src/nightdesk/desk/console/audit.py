"""What the people on duty did, for the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.database import Database
from nightdesk.desk.console import masking
from nightdesk.desk.handoff.model import Agent, Audit

PAGE = 50

log = logs.get(__name__)


def record(
    session: Session, agent_id: str | None, action: str, subject: str = "", **details: Any
) -> None:
    """Add a row in the transaction of what was done; phones, mail and addresses are masked."""
    kept = masking.masked(details)
    session.add(
        Audit(at=clock.now(), agent_id=agent_id, action=action, subject=subject, details=kept)
    )
    log.info("console_action", action=action, subject=subject, agent_id=agent_id)


def page(database: Database, number: int) -> dict[str, Any]:
    """Page ``number`` (from 1), newest first."""
    rows = (
        select(Audit, Agent.name)
        .outerjoin(Agent, Agent.id == Audit.agent_id)
        .order_by(Audit.id.desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )
    with database.read() as session:
        found = session.execute(rows).all()
    return {
        "entries": [_view(row, name) for row, name in found[:PAGE]],
        "page": number,
        "more": len(found) > PAGE,
    }


def _view(row: Any, name: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at.isoformat(timespec="milliseconds"),
        "agent": {"id": row.agent_id, "name": name} if row.agent_id else None,
        "action": row.action,
        "subject": row.subject,
        "details": row.details,
    }
