"""Customers' phones, mails and addresses made unreadable for who does not serve them."""

from __future__ import annotations

from typing import Any

from nightdesk import logs

_HIDDEN = frozenset({"email", "address"})
_PLAIN = frozenset({"conversation_id", "image", "at", "start", "end"})


def phone(number: str | None) -> str | None:
    """``13800138000`` → ``138****8000``; one too short to show seven digits of shows two."""
    if not number:
        return None
    digits = "".join(letter for letter in number if letter.isdecimal())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"****{digits[-2:]}"


def masked(value: Any, key: str = "") -> Any:
    """JSON like ``value``, with all that is personal in it masked."""
    if isinstance(value, dict):
        return {name: masked(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, key) for item in value]
    if not isinstance(value, str) or key in _PLAIN or key.endswith(("_at", "_no")):
        return value
    if key == "phone":
        return phone(value)
    if key in _HIDDEN:
        return "***" if value else value
    return logs.mask(value)
