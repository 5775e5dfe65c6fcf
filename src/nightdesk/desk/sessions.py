"""Visitor sessions: signed tokens that name a conversation until a moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from itsdangerous import BadData, URLSafeSerializer

from nightdesk import clock


class InvalidTokenError(Exception):
    """The token is forged, damaged or out of date."""


@dataclass(frozen=True)
class Session:
    """``id`` is the conversation's."""

    id: str
    expires_at: datetime

    @property
    def seconds_left(self) -> float:
        return (self.expires_at - clock.now()).total_seconds()


class Tokens:
    """Issues and reads tokens under one secret; ``life`` in seconds."""

    def __init__(self, secret: str, life: float) -> None:
        self._life = timedelta(seconds=life)
        self._serializer = URLSafeSerializer(
            secret,
            salt="nightdesk visitor session",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def issue(self, conversation_id: str) -> tuple[str, Session]:
        """A token for the conversation, and what it says."""
        expires_at = (clock.now() + self._life).replace(microsecond=0)
        token = self._serializer.dumps([conversation_id, int(expires_at.timestamp())])
        return str(token), Session(conversation_id, expires_at)

    def read(self, token: str) -> Session:
        """What the token says. Raises InvalidTokenError."""
        try:
            conversation_id, expires = self._serializer.loads(token)
            session = Session(conversation_id, datetime.fromtimestamp(expires, timezone.utc))
        except (BadData, ValueError, TypeError) as error:
            raise InvalidTokenError(str(error)) from error
        if session.seconds_left <= 0:
            raise InvalidTokenError("the session is over")
        return session
