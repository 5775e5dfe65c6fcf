"""The tickets of a hand-off go with the conversation: to who takes it, and resolved at its end, or
when the customer waits no longer.

What is to be done with them is kept in the outbox, in the transaction of the change, and tried
until the tickets backend has taken it. No customer waits for it, and none is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.database import Database
from nightdesk.desk import outbox
from nightdesk.desk.handoff.model import Agent, Ownership
from nightdesk.desk.handoff.states import Cause
from nightdesk.desk.outbox import ERRAND, Write

log = logs.get(__name__)

_KINDS = ("handoff", "callback")
_OPEN = ("open", "in_progress")
_REFUSED = (404, 409, 422)
_STATUS = {
    Cause.CLAIMED: "in_progress",
    Cause.TRANSFERRED: "in_progress",
    Cause.HANDED_BACK: "resolved",
    Cause.WITHDRAWN: "resolved",
    Cause.ENDED: "resolved",
}


def keep(
    session: Session,
    conversation_id: str,
    cause: Cause,
    version: int,
    by: str | None,
    owner: str | None,
) -> None:
    """Keep what a change by the person ``by`` (None: by the customer) means for the tickets;
    ``owner``: the person who has the conversation then."""
    status = _STATUS.get(cause)
    if status is None:
        return
    change: dict[str, Any] = {
        "status": status,
        "by": _person(session, by).name if by is not None else "customer",
    }
    if owner is not None:
        change["assignee"] = _person(session, owner).login
    outbox.keep(
        session,
        Write(
            key=f"errand-{conversation_id}-{version}",
            conversation_id=conversation_id,
            service=ERRAND,
            path="/tickets",
            body={"version": version, "change": change},
            kept_at=clock.now(),
        ),
    )


def due(database: Database, write: Write) -> bool | None:
    """Whether it may be run now; None when it must not be any more: the owner has changed since,
    or the customer wants a person again, whose ticket is another. Blocks."""
    with database.read() as session:
        owner = session.get(Ownership, write.conversation_id)
        resolves = write.body["change"]["status"] == "resolved"
        if owner is None or owner.version != write.body["version"] or (owner.callback and resolves):
            return None
        return not outbox.waits(session, write.conversation_id, "tickets")


async def run(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], timeout: float, write: Write
) -> None:
    """Change every open ticket of the hand-off as ``write`` says.

    Raises:
        httpx.HTTPError, ValueError, KeyError, TypeError: the backend did not take all of it.
    """
    given: dict[str, Any] = {"headers": dict(headers), "timeout": timeout}
    params = {"conversation_id": write.conversation_id, "status": _OPEN}
    found = await client.get(url + write.path, params=params, **given)
    for ticket in found.raise_for_status().json()["tickets"]:
        if ticket["kind"] not in _KINDS:
            continue
        path = f"{write.path}/{quote(str(ticket['ticket_no']), safe='')}"
        answer = await client.patch(url + path, json=write.body["change"], **given)
        if answer.status_code in _REFUSED:  # closed by somebody else meanwhile, or gone
            log.warning("handoff_ticket_left", status=answer.status_code)
            continue
        answer.raise_for_status()


def _person(session: Session, agent_id: str) -> Any:
    return session.get(Agent, agent_id)
