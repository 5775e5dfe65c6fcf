"""Fields that the contracts share, each with a limit to its size."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo

from pydantic import BaseModel, ConstrainedStr

from nightdesk.backends.service import ServiceError

# No NUL, which PostgreSQL does not store, and no half of a surrogate pair, which is no character.
STORABLE = r"^[^\x00\ud800-\udfff]*$"
PHONE = r"^\+?[0-9][0-9 ()\-]{3,30}$"
PHONE_TAIL = r"^[0-9]{4}$"


class _Text(ConstrainedStr):
    strip_whitespace = True
    min_length = 1
    regex = STORABLE


class Code(_Text):
    max_length = 64


class Name(_Text):
    max_length = 100


class Line(_Text):
    max_length = 200


class Words(_Text):
    max_length = 8000


class Remark(_Text):
    min_length = 0
    max_length = 2000


class ConversationId(_Text):
    max_length = 128


class Phone(ConstrainedStr):
    strip_whitespace = True
    regex = PHONE


class Customer(BaseModel):
    """Who books: both are needed to prove later that the appointment is theirs."""

    name: Name
    phone: Phone


def moment(text: str) -> datetime:
    """An ISO 8601 time of a query, aware or not; a bare date is its beginning.

    A ``+`` that was not percent-encoded arrives as a space and is taken as meant.

    Raises:
        ValueError: it is no such time.
    """
    plain = text.strip().replace("Z", "+00:00").replace("z", "+00:00")
    if "T" in plain and " " in plain:
        plain = plain.replace(" ", "+")
    return datetime.fromisoformat(plain)


def aware(name: str, given: datetime, zone: tzinfo) -> datetime:
    """``given`` in UTC; without an offset it is local to ``zone``.

    Raises:
        ServiceError: 422 ``invalid``: the field ``name`` is not of the years 2000 to 2100.
    """
    if not 2000 <= given.year <= 2100:
        raise ServiceError(422, "invalid", f"{name} is not a time of these years.")
    local = given if given.tzinfo else given.replace(tzinfo=zone)
    return local.astimezone(timezone.utc)
