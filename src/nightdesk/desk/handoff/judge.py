"""Where the desk asks whether a person should take over: before the bot is asked, and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session

from nightdesk.desk.records import Reply


class Judge(Protocol):
    """Both are asked within the transaction that holds ``conversation`` locked, and change its
    owner there, by ``changes.escalate`` or ``changes.expect_callback``, or do not."""

    def before(self, session: Session, conversation: Any, message_id: int, text: str) -> None:
        """The customer's words ``text`` are stored as ``message_id``; nobody has seen them yet."""

    def staffed(self, session: Session) -> bool | None:
        """Whether somebody of the shop's people is there; None when nobody can tell."""

    def after(
        self,
        session: Session,
        conversation: Any,
        message_id: int,
        facts: dict[str, Any],
        replies: Sequence[Reply],
    ) -> None:
        """The bot's answer to ``message_id`` is stored. Facts without replies: it was given up."""
