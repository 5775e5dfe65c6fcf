"""Who gets the order and where: reads name, phone and address, and says what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.clerk.conversation import Conversation
from actions.orders.contact_words import (
    BARE_NAME,
    ENDS,
    HAN,
    LABELS,
    PARTS,
    POLITE,
    STREET,
    address_and_name,
    bare_name,
    corrected_name,
    is_abroad,
    joined,
    name_in,
    phones_apart,
    whole_address,
    whole_name,
    words_left,
)
from nightdesk.language.address import completed, looks_like_address, missing, parse_address
from nightdesk.language.person import parse_person, surname
from nightdesk.language.phone import mended, parse_phone

FIELDS = ("name", "phone", "address")
MAX_ADDRESS = 300

_NUMBER_FIRST = re.compile(
    r"(?:\b(?:flat|unit|room|suite|apt|apartment|no)\b\.?\s?)?\b[0-9]{1,5}[A-Za-z]?\b.*",
    re.I | re.S,
)
_ALONE_BEFORE = re.compile(r"(?:^|[\s,，。;；])([\u4e00-\u9fff]{1,3})[\s,，]*$")
_LATIN_BEFORE = re.compile(r"[,;\n]\s*([A-Za-z'’]{2,}(?: [A-Za-z'’]{2,})?)[\s,:]*$")
_ALONE_AFTER = re.compile(r"[\s,，]+([\u4e00-\u9fff]{1,3})(?=$|[\s,，。;；])")
_NO_WORD_FOR_A_NAME = re.compile(
    r"谢|电话|手机|号码|下单|急|尽快|收货|联系|快点|麻烦|地址|确认|订单|预约|就行|可以|好的|不要|唔该|唔該|多谢"
)
_ABOUT_AN_ADDRESS = re.compile(r"地址|门牌|路名|寄到?|送到?|\b(?:address|street|ship|send)\b", re.I)
_IT_IS = re.compile(r"^(?:是|就是|在|应该是|补充一下|门牌号?是?)+")


class Contact:
    """Merges what a turn says about the customer into the conversation's state.

    ``fields``: what is needed, of ``FIELDS``.
    """

    def __init__(self, conversation: Conversation, fields: Sequence[str] = FIELDS) -> None:
        self._conversation = conversation
        self._turn = phones_apart(conversation.turn)
        self._fields = fields
        self._customer = conversation.state.customer
        self.complained = False
        self._mended = False

    def missing(self) -> list[str]:
        """The fields that are not known yet."""
        return [field for field in self._fields if not getattr(self._customer, field)]

    def take(self, asked: bool) -> bool:
        """Takes name, phone and address from the turn; whether there were any, good or bad.

        ``asked``: the customer was asked for them, so that bare words may be an answer.
        """
        turn = self._turn
        taken = False
        for phone in turn.all("phone")[-1:] if not self._mended else ():
            self._take_phone(phone.text)
            taken = True
        for address in turn.all("address")[-1:] if "address" in self._fields else ():
            place, name = address_and_name(whole_address(turn, address))
            self._take_address(place)
            if len(name) > 1 and not turn.any("person"):
                self._customer.name = name
            taken = True
        for person in turn.all("person")[-1:]:
            words = LABELS.sub("", person.text).strip() or person.text
            self._customer.name = whole_name(turn, person, parse_person(words) or words)
            taken = True
        if not turn.any("person") and (name := corrected_name(turn)):
            self._customer.name = name
            taken = True
        if not turn.any("address") and "address" in self._fields:
            if turn.any("phone"):
                self._take_written_address()
            elif self._customer.address and _ABOUT_AN_ADDRESS.search(turn.text):
                before = self._customer.address
                self._take_written_address()
                taken = taken or self._customer.address != before or self.complained
        if asked and not turn.tapped:
            taken = self._take_bare_words() or taken
        elif turn.any("phone", "address") and not turn.any("person"):
            self._customer.name = (
                self._customer.name or bare_name(turn) or self._word_beside_phone()
            )
        return taken

    def mend_phone(self) -> bool:
        """Corrects some digits of the phone that is known, if the turn does; whether it did."""
        known = self._customer.phone
        phone = mended(known, self._turn.text) if known else None
        if phone is None or self._turn.tapped:
            return False
        self._mended = True
        self._take_phone(phone)
        return True

    def _take_phone(self, text: str) -> None:
        phone = parse_phone(text)
        if phone.valid or is_abroad(phone):
            self._customer.phone = phone.e164.removeprefix("+86") or phone.digits
        else:
            self._complain(f"order_phone_{phone.fault}", phone=text)

    def _take_address(self, text: str) -> None:
        task = self._conversation.state.task or {}
        begun = task.pop("address_begun", "")
        address = text.strip()[:MAX_ADDRESS]
        if begun and not address.startswith(begun[:2]):
            address = joined(begun, _IT_IS.sub("", address))
        address = completed(address, self._customer.address) if not begun else address
        lacking = missing(parse_address(address))
        if lacking and (not begun or "street" in lacking):
            task["address_begun"] = address
            self._complain(f"order_address_without_{lacking[0]}", address=address)
        else:
            self._customer.address = address

    def _take_written_address(self) -> None:
        """An address that stands unmarked beside a phone; in English its number comes first."""
        turn = self._turn
        rest = words_left(turn)
        latin = _NUMBER_FIRST.search(rest)
        parts = [part.strip(ENDS) for part in PARTS.split(rest)]
        if not HAN.search(rest) and latin and looks_like_address(latin[0]):
            self._take_address(" ".join(latin[0].split()).strip(ENDS))
        elif found := [part for part in parts if HAN.search(part) and looks_like_address(part)]:
            self._take_address(found[-1])
        elif places := turn.all("location"):
            self._take_address(turn.text[places[0].start : places[-1].end])

    def _take_bare_words(self) -> bool:
        """Words that no entity was found in, when they can only be what was asked for."""
        turn, missing = self._turn, self.missing()
        rest = " ".join(words_left(turn).split())
        if self._customer.address:  # it was read from these words, perhaps
            rest = rest.replace(self._customer.address, " ", 1).strip(ENDS)
        taken = False
        loose = turn.any("phone") or missing == ["name"]
        name = name_in(rest, loose) or self._only_word(rest, missing)
        if "name" in missing and not turn.any("person") and name:
            self._customer.name = name
            rest = rest.replace(name, " ", 1).strip(" ，,")
            taken = True
        if "phone" in missing and not turn.any("phone") and re.search(r"\d{6,}", rest):
            self._take_phone(re.sub(r"[^\d+]", "", rest))
            return True
        if "address" in missing and not turn.any("address") and STREET.search(rest):
            self._take_address(re.sub(r"^[\s,，]+|(?<=,)[\s,]+", " ", rest).strip())
            return True
        return taken

    def _only_word(self, rest: str, missing: list[str]) -> str:
        """The one short word of an answer, when a name is what is missing: whatever it begins with,
        it is the name."""
        turn = self._turn
        alone = missing == ["name"] and turn.intent not in ("affirm", "deny")
        if alone and BARE_NAME.fullmatch(rest):
            return parse_person(rest) or ""
        return self._word_beside_phone()

    def _word_beside_phone(self) -> str:
        """The word that stands alone right before or after a phone (``步惊云 180…``); a Latin one
        between a comma and it (``…, raj 180…``)."""
        turn = self._turn
        for phone in turn.all("phone")[-1:]:
            if latin := _LATIN_BEFORE.search(turn.text[: phone.start]):
                words = POLITE.sub(" ", latin[1]).strip()
                if words and not any(words in entity.text for entity in turn.entities):
                    return parse_person(words) or ""
            before = _ALONE_BEFORE.search(turn.text[: phone.start])
            after = _ALONE_AFTER.match(turn.text, phone.end)
            for word in (found[1] for found in (before, after) if found):
                marked = any(word in entity.text for entity in turn.entities)
                short = len(word) == 1 and surname(word) != word
                if not (marked or short or _NO_WORD_FOR_A_NAME.search(word)):
                    return parse_person(word) or ""
        return ""

    def _complain(self, name: str, **values: str) -> None:
        self.complained = True
        self._conversation.say(name, **values)
