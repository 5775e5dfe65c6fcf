"""Amounts of money as customers read them."""

from __future__ import annotations

from decimal import Decimal

_SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$"}


def price(amount: str | Decimal, currency: str) -> str:
    """``¥1,280`` or ``¥15.90``: decimals only where there are any.

    Raises:
        decimal.InvalidOperation: ``amount`` is no number.
    """
    value = Decimal(amount)
    digits = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{digits}" if symbol else f"{digits} {currency}"
