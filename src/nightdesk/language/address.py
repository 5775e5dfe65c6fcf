"""Delivery addresses: their parts, and what is missing before a courier can find the door."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Literal

from nightdesk.language import numerals
from nightdesk.language.tokens import fold_in_place

Part = Literal["city", "street", "number"]

_lock = threading.Lock()  # jionlp is not thread-safe
_NUMERAL = rf"(?:{numerals.HAN}|[0-9a-z][0-9a-z-]{{0,9}}|[甲乙丙丁])"
_STREET = re.compile(
    r"[\w·-]{1,24}?(?:大道|公路|[路街道巷弄村里屯庄]|胡同|社区|小区|新村|花园|大厦|广场|中心|"
    r"园区?|工业区|学校?|大学|医院|酒店|公寓|"
    r"苑|城|府|邨|半岛|半島|队|组|镇|乡)"
)
_NUMBER = re.compile(
    rf"{_NUMERAL}\s?(?:号院?|弄|栋|幢|座|楼|单元|室|层|房|f|门|排|户)|(?:号|栋|幢|座|单元|楼|"
    rf"室)\s?[0-9a-z-]+|"
    r"[0-9]+(?:[-－—–][0-9]+)+|(?<=[路街道巷园苑区城邨])[0-9]{1,5}"
)
_ENGLISH_STREET = re.compile(
    r"\b(?:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|square|sq|"
    r"place|pl|terrace|close|crescent|highway|hwy|rue|via|calle|platz|allee|weg|jalan|jln|"
    r"lorong)\b|"
    r"stra(?:ss|ß)e|\w{3,}(?:str|weg|platz|gasse|laan|straat|gatan|vej)\b\.?"
)
_TAIWAN_HK = re.compile(r"台[湾北中南]|新北|高雄|桃园|香港|九龙|新界|澳门")
_GAP = re.compile(r"[\s,，]+")
_LATIN = re.compile(r"[a-zà-öø-ɏ]{3,}")


@dataclass(frozen=True)
class Address:
    """An address in parts; each is empty when it was not said. ``country``: ISO 3166 or empty.

    ``street`` is the road, village or compound, ``number`` everything from the house number on.
    """

    text: str
    country: str
    province: str
    city: str
    district: str
    street: str
    number: str

    def one_line(self) -> str:
        """The address as a courier in its country writes it, province and city completed."""
        if self.country != "CN":
            return self.text
        head = self.province if self.province != self.city else ""
        return f"{head}{self.city}{self.district}{self.street}{self.number}"


def parse_address(text: str) -> Address:
    """The parts of ``text``, which is taken to be an address whatever it says."""
    plain = re.sub(r"\s+", " ", text).strip().strip(",，。.;；")[:300]
    folded = fold_in_place(plain)
    if _LATIN.search(folded) and len(re.findall(r"[\u4e00-\u9fff]", folded)) < 4:
        return _foreign(plain, folded)
    parts = _located(folded)
    chinese = "".join(folded.split())
    province, city, district = (parts.get(key) or "" for key in ("province", "city", "county"))
    detail = parts.get("detail") or ""
    match = _STREET.match(detail)
    number = _NUMBER.search(detail)
    if (number and (match is None or match.end() > number.start())) or number:
        street, rest = detail[: number.start()], detail[number.start() :]
    else:
        street, rest = (detail, "") if match else ("", detail if detail.isdigit() else "")
        street = street or ("" if rest else detail)
    country = "CN" if not _TAIWAN_HK.match(province or chinese) else ""
    return Address(plain, country, province, city, district, street, rest)


def _located(folded: str) -> dict[str, str | None]:
    """Province, city, county and detail; a city that was named after the street is put first
    (``人民路5号 广州天河``)."""
    chinese = "".join(folded.split())
    with _lock:
        import jionlp

        parts: dict[str, str | None] = jionlp.parse_location(chinese)
        for border in _GAP.finditer(folded) if not parts.get("detail") else ():
            street, place = folded[: border.start()], folded[border.end() :]
            behind = jionlp.parse_location("".join(place.split()))
            if behind.get("city") and not behind.get("detail"):
                return {**behind, "detail": "".join(street.split())}
    return parts


def _foreign(plain: str, folded: str) -> Address:
    number = re.search(r"\b[0-9]{1,5}[a-z]?(?:[-/][0-9a-z]{1,5})?\b", folded)
    has_street = _ENGLISH_STREET.search(folded) or len(_LATIN.findall(folded)) >= 2
    parts = [part.strip() for part in plain.split(",") if part.strip()]
    city = parts[-2] if len(parts) > 2 else parts[-1] if len(parts) > 1 else ""
    street = parts[0] if parts and has_street else ""
    return Address(
        plain,
        "",
        "",
        city or (plain if not number else ""),
        "",
        street,
        number[0] if number else "",
    )


def missing(address: Address) -> tuple[Part, ...]:
    """Which parts a courier still needs, in the order in which to ask; empty when none is.

    A district says its city. Addresses abroad are the customer's to know: only a house number or
    a postcode, and more than one word, are asked of them.
    """
    lacking: list[Part] = []
    if address.country == "CN":
        if not (address.city or address.district):
            lacking.append("city")
        if not address.street:
            lacking.append("street")
        if not address.number:
            lacking.append("number")
        return tuple(lacking)
    if not address.street:
        lacking.append("street")
    if not address.number:
        lacking.append("number")
    return tuple(lacking)


def completed(text: str, known: str) -> str:
    """``text``, an address that corrects ``known``, with what only ``known`` says of the place:
    all before the street when that is the same one, else the city (``红星路三段11号``)."""
    new, old = parse_address(text), parse_address(known) if known else None
    if old is None or new.country != "CN" or "city" not in missing(new) or not old.city:
        return text
    street = new.street or new.text
    place = known.find(street[:3])
    return (known[:place] if place > 0 else old.city) + text


def looks_like_address(text: str) -> bool:
    """Whether ``text`` is an address rather than the name of a place: it has a street or a "
    "house."""
    folded = fold_in_place(text)
    if len(folded) < 5:
        return False
    if _LATIN.search(folded) and len(re.findall(r"[\u4e00-\u9fff]", folded)) < 4:
        return bool(re.search(r"[0-9]", folded) and _ENGLISH_STREET.search(folded))
    return bool(_NUMBER.search(folded) and _STREET.search(folded))
