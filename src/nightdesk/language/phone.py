"""Telephone numbers: the mainland, Hong Kong, Taiwan and the world, written or spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from nightdesk.language.numerals import spoken_in_place
from nightdesk.language.tokens import fold_in_place

Fault = Literal["", "empty", "too_short", "too_long", "not_a_number"]
_REGIONS = ("CN", "HK", "TW", "MO")
_MOBILE_LENGTH = 11  # a mainland mobile number
_FIND = re.compile(r"(?<![0-9a-z@.])\+?\(?[0-9](?:[ ()./-]{0,3}[0-9]){5,18}(?![0-9])")
_NO_PHONE = re.compile(r"[^0-9+#*()./ext分机转 -]")


@dataclass(frozen=True)
class Phone:
    """A number as it was understood.

    Attributes:
        e164: ``+8613800138000``; empty when ``fault`` says what is wrong.
        region: ISO 3166 code, empty for a number that no region claims.
        mobile: whether it can get a text message.
        fault: ``too_short``, ``too_long``, ``not_a_number``, ``empty``, or empty for a good one.
        digits: what was typed, digits (and a leading plus) only.
    """

    e164: str
    region: str
    mobile: bool
    fault: Fault
    digits: str

    @property
    def valid(self) -> bool:
        return not self.fault

    @property
    def tail(self) -> str:
        """The last four digits, by which a customer proves that an order is theirs."""
        return self.digits[-4:]


def parse_phone(text: str, region: str = "CN") -> Phone:
    """The telephone number that ``text``, the whole of it, is meant to be.

    Args:
        text: digits in any width or spoken (``幺三八…``), with separators, prefix or extension.
        region: where a number without a country code is from, tried first.
    """
    folded = spoken_in_place(fold_in_place(text)).strip()
    number = re.sub(r"^(?:00)(?=[1-9][0-9]{9})", "+", re.sub(r"[^0-9+]", "", folded))
    number = number[:1] + number[1:].replace("+", "")
    plain = number.lstrip("+")
    if not plain:
        return Phone("", "", False, "not_a_number" if folded else "empty", "")
    if _NO_PHONE.search(folded):
        return Phone("", "", False, "not_a_number", number)
    for code in dict.fromkeys((region, *_REGIONS)):
        parsed = _parse(number, code)
        if parsed is not None and phonenumbers.is_valid_number(parsed):
            kind = phonenumbers.number_type(parsed)
            mobile = kind in {
                phonenumbers.PhoneNumberType.MOBILE,
                phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
            }
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            where = phonenumbers.region_code_for_number(parsed) or ""
            return Phone(e164, where, mobile, "", number)
        if number.startswith("+"):
            break
    return Phone("", "", False, _fault(number, region), number)


def _parse(number: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _fault(number: str, region: str) -> Fault:
    """Why a number that no region claims is none; lengths are judged by the likeliest kind."""
    if not number.startswith("+") and re.match(r"1[3-9]", number):
        if len(number) != _MOBILE_LENGTH:
            return "too_short" if len(number) < _MOBILE_LENGTH else "too_long"
        return "not_a_number"
    parsed = _parse(number, region)
    if parsed is None:
        return "too_short" if len(number) < 7 else "not_a_number"
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason in {
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    }:
        return "too_short"
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        return "too_long"
    return "not_a_number"


def find_phones(text: str, region: str = "CN") -> list[tuple[int, int, Phone]]:
    """``(start, end, phone)`` of each valid telephone number in ``text``."""
    spoken = spoken_in_place(fold_in_place(text))
    found = []
    for match in _FIND.finditer(spoken):
        phone = parse_phone(match[0], region)
        if phone.valid:
            found.append((match.start(), match.end(), phone))
    return found


_DIGITS = r"[0-9零〇一二三四五六七八九幺]"
_HAN_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_LAST = re.compile(
    rf"(?:最后|最尾|末尾|末|尾|后面?|后头)的?(?:[一两二三四五六1-6]个?[位号]数?字?|尾?号)?"
    rf"[^0-9零〇一二三四五六七八九]{{0,5}}?(?:是|为|成|系)\s*({_DIGITS}{{1,6}})(?![0-9])"
    rf"|\b(?:last|final)\b[^0-9]{{0,20}}?\b(?:is|are|be|to)\s+([0-9]{{1,6}})\b",
    re.I,
)
_ABOUT_DIGITS = re.compile(r"电话|手机|号码|[位尾]|\b(?:phone|mobile|number|digits?)\b", re.I)
_NEW_NOT_OLD = re.compile(
    r"(?<![0-9])([0-9]{1,8})[\s,，]*(?:不是|唔系|\bnot\b|instead of)\s*([0-9]{1,8})(?![0-9])", re.I
)
_OLD_BUT_NEW = re.compile(
    r"(?:不是|\bnot\b)\s*([0-9]{1,8})[\s,，]*(?:而?应?该?是|but|it'?s)\s*([0-9]{1,8})(?![0-9])"
    r"|(?<![0-9])([0-9]{2,8})(?:那?里?|这?里?)?[打写输敲]?错了?[\s,，]*(?:应该|应当)?是\s*([0-9]{2,8})(?![0-9])",
    re.I,
)


def mended(known: str, text: str) -> str | None:
    """``known``, a number, as ``text`` corrects some of its digits (``最后四位是1234``,
    ``5566不是5656``); None when it says nothing clear about them."""
    folded = fold_in_place(text)
    about = bool(_ABOUT_DIGITS.search(folded))
    if about and (found := _LAST.search(folded)):
        digits = (found[1] or found[2]).translate(_HAN_DIGITS)
        new = known[: -len(digits)] + digits
        return new if new != known else None
    if found := _OLD_BUT_NEW.search(folded):
        old, right = found[1] or found[3], found[2] or found[4]
    elif found := _NEW_NOT_OLD.search(folded):
        right, old = found[1], found[2]
    else:
        return None
    begins = known.startswith(old) and len(old) > 2
    meant = about or begins or len(old) > 3  # a house number or a count is shorter
    clear = meant and len(old) == len(right) and (known.count(old) == 1 or begins)
    return known.replace(old, right, 1) if clear else None
