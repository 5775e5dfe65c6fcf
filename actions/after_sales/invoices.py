"""What an invoice needs: a title, the tax number of a company, an e-mail address."""

from __future__ import annotations

import re
from typing import Any

from actions.clerk.turn import Turn
from nightdesk.language.email import parse_email

PERSONAL = "个人"
_PERSONAL = re.compile(r"个人|個人|私人|\bpersonal\b|\bindividual\b", re.I)
_COMPANY = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()·&]{2,60}?(?:有限责任公司|有限公司|股份公司|集团|公司|事务所|中心|学校"
    r"|医院|商行|经营部|工作室|合作社|厂)"
    r"|\b[A-Z][\w&.' -]{1,60}?\s(?:Ltd|Limited|Inc|LLC|GmbH|Co)\b\.?",
)
_LABEL = re.compile(r"^(?:.*?(?:抬头|開|开|写|给|是|为|叫|title)[:：是写为叫\s]*)", re.I)
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{15,20}(?![0-9A-Za-z])", re.I)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


_ASKED = re.compile(r"发票|發票|[开開].{0,3}票|[专專普]票|抬[头頭]|[税稅][号號]|\binvoice\b", re.I)


def is_invoice(turn: Turn) -> bool:
    """Whether a message of bare details is for an invoice: it names one, and its e-mail or code; or
    has the code of a taxpayer."""
    if turn.tapped:
        return False
    code = _CODE.search(turn.text)
    if code and valid_tax_no(code[0].upper()):
        return True
    return (turn.any("email") or code is not None) and bool(_ASKED.search(turn.text))


class Invoice:
    """Over the task's JSON: ``title``, ``tax_no``, ``email``."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def take(self, turn: Turn, asked: bool) -> bool:
        """Takes what the turn says; whether it said anything of an invoice."""
        before = dict(self._data)
        if turn.tapped and asked:
            self._data["title"] = PERSONAL
        for entity in turn.all("email")[-1:]:
            self._data["email"] = parse_email(entity.text) or entity.text
        text = turn.text
        if code := _CODE.search(text):
            self._data["tax_no"] = code[0].upper()
            text = text.replace(code[0], " ")
        if company := _COMPANY.search(_LABEL.sub("", text) or text):
            self._data["title"] = company[0].strip()
        elif _PERSONAL.search(text):
            self._data["title"] = PERSONAL
        return self._data != before

    def problem(self) -> str:
        """What is missing or wrong: ``title``, ``tax_no``, ``wrong_tax_no``, ``email``, or none."""
        title = self._data.get("title", "")
        if not title:
            return "title"
        if title != PERSONAL and not self._data.get("tax_no"):
            return "tax_no"
        if title != PERSONAL and not valid_tax_no(self._data["tax_no"]):
            self._data.pop("tax_no")
            return "wrong_tax_no"
        return "" if self._data.get("email") else "email"

    def as_json(self) -> dict[str, Any]:
        """The body of ``POST /orders/{no}/invoice``."""
        personal = self._data["title"] == PERSONAL
        return {
            "title": self._data["title"],
            "tax_no": None if personal else self._data["tax_no"],
            "email": self._data["email"],
        }


def valid_tax_no(number: str) -> bool:
    """Whether ``number`` is a taxpayer's number of mainland China.

    18 characters: a unified social credit identifier with its check character (GB 32100-2015:
    weights 3^i mod 31, modulus 31); 15 or 20: an older number, which has no check character.
    """
    if len(number) in (15, 20):
        return number.isalnum()
    if len(number) != 18 or any(character not in _ALPHABET for character in number):
        return False
    total = sum(
        _ALPHABET.index(character) * weight
        for character, weight in zip(number, _WEIGHTS, strict=False)
    )
    return _ALPHABET[(31 - total % 31) % 31] == number[-1]
