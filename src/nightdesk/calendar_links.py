"""Links to an appointment's calendar entry, which open without a session or a service token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

_PURPOSE = b"nightdesk calendar entry\0"


def signature(secret: str, appointment_no: str) -> str:
    """What proves that the shop itself gave out the link to ``appointment_no``.

    An HMAC-SHA256 (RFC 2104) cut to 128 bits, in URL-safe base 64.
    """
    digest = hmac.digest(secret.encode(), _PURPOSE + appointment_no.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def valid(secret: str, appointment_no: str, token: str) -> bool:
    """Whether ``token`` is the signature of ``appointment_no``."""
    return hmac.compare_digest(signature(secret, appointment_no).encode(), token.encode())


def path(secret: str, appointment_no: str) -> str:
    """The link's path on the desk."""
    number = quote(appointment_no, safe="")
    return f"/chat/appointments/{number}.ics?token={signature(secret, appointment_no)}"
