"""The normalised, JSON-serialisable value of an entity's text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from nightdesk.language.email import parse_email
from nightdesk.language.money import parse_money
from nightdesk.language.numbers import canonical
from nightdesk.language.person import parse_person
from nightdesk.language.phone import parse_phone
from nightdesk.language.quantity import parse_quantity
from nightdesk.language.rating import parse_rating
from nightdesk.language.when import parse_duration, parse_when

_REGIONS = {"CNY": "CN", "HKD": "HK", "TWD": "TW", "MOP": "MO", "USD": "US", "GBP": "GB"}


@dataclass(frozen=True)
class Shop:
    """What of the merchant's profile decides how texts are read."""

    zone: ZoneInfo
    currency: str
    order_prefix: str

    @property
    def region(self) -> str:
        """Where a telephone number without a country code is from."""
        return _REGIONS.get(self.currency, "CN")

    @classmethod
    def from_folder(cls, folder: Path) -> Shop:
        """The shop of a merchant's ``profile.yml``; a mainland shop where it says nothing."""
        path = folder / "profile.yml"
        profile = yaml.safe_load(path.read_text(encoding="utf-8-sig")) if path.exists() else None
        profile = profile or {}
        return cls(
            ZoneInfo(profile.get("timezone") or "Asia/Shanghai"),
            profile.get("currency") or "CNY",
            str(profile.get("order_no_prefix") or ""),
        )


def _plain(number: Decimal) -> str:
    """``2`` rather than ``2.0``, ``2E+1`` or ``2.50``."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(text: str, shop: Shop, now: datetime) -> Any:
    quantity = parse_quantity(text)
    if quantity is None:
        return None
    return {"number": _plain(quantity.number), "unit": quantity.unit, "vague": quantity.vague}


def _money(text: str, shop: Shop, now: datetime) -> Any:
    money = parse_money(text, shop.currency)
    if money is None:
        return None
    return {"amount": _plain(money.amount), "currency": money.currency, "vague": money.vague}


def _rating(text: str, shop: Shop, now: datetime) -> Any:
    rating = parse_rating(text)
    return None if rating is None else {"score": _plain(rating.score), "out_of": rating.out_of}


def _phone(text: str, shop: Shop, now: datetime) -> Any:
    phone = parse_phone(text, shop.region)
    return phone.e164 or phone.digits or None


def _time(text: str, shop: Shop, now: datetime) -> Any:
    when = parse_when(text, now, shop.zone)
    if when is not None:
        return when.as_json()
    duration = parse_duration(text)
    return None if duration is None else {"seconds": int(duration.total_seconds())}


_READERS: dict[str, Callable[[str, Shop, datetime], Any]] = {
    "quantity": _quantity,
    "money": _money,
    "rating": _rating,
    "phone": _phone,
    "time": _time,
    "email": lambda text, shop, now: parse_email(text),
    "person": lambda text, shop, now: parse_person(text),
    **dict.fromkeys(
        ("order_no", "appointment_no", "ticket_no", "tracking_no"),
        lambda text, shop, now: canonical(text) or None,
    ),
}


def value(entity: str, text: str, shop: Shop, now: datetime) -> Any:
    """The value of ``text`` as ``entity``; else the stripped text.

    - ``quantity``: ``{number, unit, vague}``; ``money``: ``{amount, currency, vague}``;
    - ``rating``: ``{score, out_of}``; all numbers are decimal strings;
    - ``time``: ``{start, end, grain, bound}``, or ``{seconds}`` for a length of time;
    - ``phone``: E.164, or the digits of a wrong one; reference numbers in capitals, unspaced.
    """
    reader = _READERS.get(entity)
    read = reader(text, shop, now) if reader else None
    return text.strip() if read is None else read
