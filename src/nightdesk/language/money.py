"""Amounts of money: ``三百块``, ``两百五``, ``¥299``, ``1.5万``, ``50 USD``, ``八十文``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nightdesk.language import numerals
from nightdesk.language.tokens import fold_in_place

_CURRENCIES = {
    "CNY": "¥ rmb cny 人民币 yuan kuai 块钱 块 元 大洋 钱",
    "HKD": "hk$ hkd 港币 港纸 港元 蚊",
    "TWD": "nt$ ntd twd 台币 新台币",
    "USD": "$ us$ usd 美金 美元 刀 刀乐 bucks dollars dollar",
    "EUR": "€ eur euro euros 欧元 欧",
    "GBP": "£ gbp 英镑 镑 quid pounds pound",
    "JPY": "jpy 日元 円",
    "SGD": "s$ sgd",
}
_CODE = {mark: code for code, marks in _CURRENCIES.items() for mark in marks.split()}
_MARKS = "|".join(re.escape(mark) for mark in sorted(_CODE, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?:约|大概|about |around )?(?P<before>{_MARKS})?\s*"
    rf"(?P<number>{numerals.ARABIC}\s?(?:k|w|千|万|百)?|{numerals.HAN}|半|[a-z]+(?: "
    rf"[a-z]+){{0,3}}?)"
    rf"(?P<more>多|"
    rf"来)?\s*(?:个)?(?P<after>{_MARKS})?(?P<rest>[零〇一二三四五六七八九半0-9]{{1,2}})?"
    rf"(?P<small>毛|角|分)?(?:钱)?"
)


@dataclass(frozen=True)
class Money:
    """An exact amount in an ISO 4217 currency; ``vague`` for ``三百多``."""

    amount: Decimal
    currency: str
    vague: bool = False


def parse_money(text: str, currency: str = "CNY") -> Money | None:
    """The amount that ``text``, the whole of it, names; None if it names none.

    Args:
        text: digits or words, with or without a currency.
        currency: what the shop counts in, for an amount without a currency (蚊 and 文 stay HKD).
    """
    folded = " ".join(fold_in_place(text).split()).replace("文", "蚊")
    match = _AMOUNT.fullmatch(folded)
    if match is None:
        return None
    amount = numerals.parse_number(match["number"])
    if amount is None:
        return None
    mark = match["before"] or match["after"]
    rest, small = match["rest"], match["small"]
    if rest:  # 三块五 is 3.5; 三块五毛二 is not written here
        part = Decimal("0.5") if rest == "半" else numerals.parse_number(rest)
        if part is None:
            return None
        amount += part if rest == "半" else part / (100 if small == "分" or len(rest) > 1 else 10)
    elif small:
        amount /= 100 if small == "分" else 10
    local = {"块", "块钱", "元", "钱"}
    code = _CODE[mark] if mark and mark not in local else currency
    if mark in {"¥"}:
        code = "CNY" if currency not in {"JPY"} else currency
    return Money(amount, code, vague=bool(match["more"]))
