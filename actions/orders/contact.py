"""Who gets the order and where: reads name, phone and address, and says what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.clerk.conversation import Conversation
from actions.clerk.turn import Entity, Turn
from nightdesk.language.address import completed, looks_like_address, missing, parse_address
from nightdesk.language.person import is_plausible, parse_person, surname
from nightdesk.language.phone import mended, parse_phone

FIELDS = ("name", "phone", "address")
MAX_ADDRESS = 300

_LABELS = re.compile(
    r"(?:收货|收件|联系|预约)?(?:人|家长|车主|地址|电话|手机号?|姓名|名字)(?:是|叫|为)?[:： ]*"
    r"|寄到?|送到?|[我他她佢](?:叫|喊|是|姓|係|系)|叫我"
    r"|\b(?:my )?(?:name|address|phone)(?: number)?(?: is|:)"
    r"|\bi'?m\b|\bit'?s\b|\bship (?:it )?to\b",
    re.I,
)
_PARTS = re.compile(r"[,，。.;；!！?？\n]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]+$")
LONGEST_NAME = 4
_NAME_AT_THE_END = re.compile(
    r"(?<=[号室栋幢座楼层房路街巷道村镇0-9])[\s,，]+([\u4e00-\u9fff]{1,4})$"
)
_LATIN_NAME_AT_THE_END = re.compile(
    r"(?<=[a-z])[.;\n]\s*([A-Z][a-z'’]+(?: [A-Z][a-z'’]+){1,2})[.\s]*$"
)
_NUMBER_GOES_ON = re.compile(
    r"(?:[0-9零一二三四五六七八九十百]*(?:号院?|弄|栋|幢|座|楼|单元|室|层|房|门)[0-9A-Za-z-]*)+"
)
_PLACE_BEHIND = re.compile(r"[\s,，]*[\u4e00-\u9fff]{2,9}(?=[\s,，。;；]|$)")
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
_ABOUT_A_NAME = re.compile(r"名字|姓名|收[件货]人|名(?:写|打|错)|\b(?:name|recipient)\b", re.I)
_IT_READS = re.compile(
    r"(?:[\s,，：:]*(?<!不)(?:是|叫|成|为|换|写)|[\s,，：:]+)(?:我?(?:老婆|老公|媳妇|爱人|[妈爸弟姐妹哥]+|儿子|女儿|同事|朋友))?"
    r"([\u4e00-\u9fff]{2,4}?)(?=不是|吧|才对|电话|手机|号码|地址|[\s,，。.！!]|$)"
    r"|\b(?:is|be|to|it'?s|that'?s)\s+([A-Z][a-z'’]+(?: [A-Z][a-z'’.]+){1,3})"
)
_IT_IS = re.compile(r"^(?:是|就是|在|应该是|补充一下|门牌号?是?)+")
_POLITE = re.compile(r"\b(?:please|pls|thanks|thank you|thx|cheers|hi|hello|hey|then|at)\b", re.I)
_ENDS = " ，,。.；;：:、！!\n"
_WORDS_APART = re.compile(r"[,，。.;；!！?？\n]+|(?<![A-Za-z])\s+|\s+(?![A-Za-z])")
_BARE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[A-Z][a-z'’]+(?: [A-Z][a-z'’.]+){1,3}")
_STREET = re.compile(
    r"[路街道巷弄村镇乡苑园庄里]|小区|大厦|公寓|\d+\s*[号栋幢室座楼]|\b(?:street|st|road|rd|avenue|ave|lane|block|unit|flat)\b",
    re.I,
)


class Contact:
    """Merges what a turn says about the customer into the conversation's state.

    ``fields``: what is needed, of ``FIELDS``.
    """

    def __init__(self, conversation: Conversation, fields: Sequence[str] = FIELDS) -> None:
        self._conversation = conversation
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
        turn = self._conversation.turn
        taken = False
        for phone in turn.all("phone")[-1:] if not self._mended else ():
            self._take_phone(phone.text)
            taken = True
        for address in turn.all("address")[-1:] if "address" in self._fields else ():
            place, name = _address_and_name(_whole_address(turn, address))
            self._take_address(place)
            if len(name) > 1 and not turn.any("person"):
                self._customer.name = name
            taken = True
        for person in turn.all("person")[-1:]:
            words = _LABELS.sub("", person.text).strip() or person.text
            self._customer.name = _whole_name(turn, person, parse_person(words) or words)
            taken = True
        if not turn.any("person") and (name := _corrected_name(turn)):
            self._customer.name = name
            taken = True
        if turn.any("phone") and not turn.any("address") and "address" in self._fields:
            self._take_written_address()
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
        phone = mended(known, self._conversation.turn.text) if known else None
        if phone is None or self._conversation.turn.tapped:
            return False
        self._mended = True
        self._take_phone(phone)
        return True

    def _take_phone(self, text: str) -> None:
        phone = parse_phone(text)
        if phone.valid:
            self._customer.phone = phone.e164.removeprefix("+86") or phone.digits
        else:
            self._complain(f"order_phone_{phone.fault}", phone=text)

    def _take_address(self, text: str) -> None:
        task = self._conversation.state.task or {}
        begun = task.pop("address_begun", "")
        address = text.strip()[:MAX_ADDRESS]
        if begun and not address.startswith(begun[:2]):
            address = _joined(begun, _IT_IS.sub("", address))
        address = completed(address, self._customer.address) if not begun else address
        lacking = missing(parse_address(address))
        if lacking and (not begun or "street" in lacking):
            task["address_begun"] = address
            self._complain(f"order_address_without_{lacking[0]}", address=address)
        else:
            self._customer.address = address

    def _take_written_address(self) -> None:
        """An address that stands unmarked beside a phone; in English its number comes first."""
        turn = self._conversation.turn
        rest = _words_left(turn)
        latin = _NUMBER_FIRST.search(rest)
        parts = [part.strip(_ENDS) for part in _PARTS.split(rest)]
        if not _HAN.search(rest) and latin and looks_like_address(latin[0]):
            self._take_address(" ".join(latin[0].split()).strip(_ENDS))
        elif found := [part for part in parts if _HAN.search(part) and looks_like_address(part)]:
            self._take_address(found[-1])
        elif places := turn.all("location"):
            self._take_address(turn.text[places[0].start : places[-1].end])

    def _take_bare_words(self) -> bool:
        """Words that no entity was found in, when they can only be what was asked for."""
        turn, missing = self._conversation.turn, self.missing()
        rest = _words_left(turn)
        taken = False
        loose = turn.any("phone") or missing == ["name"]
        name = _name_in(rest, loose) or self._only_word(rest, missing)
        if "name" in missing and not turn.any("person") and name:
            self._customer.name = name
            rest = rest.replace(name, " ", 1).strip(" ，,")
            taken = True
        if "phone" in missing and not turn.any("phone") and re.search(r"\d{6,}", rest):
            self._take_phone(re.sub(r"[^\d+]", "", rest))
            return True
        if "address" in missing and not turn.any("address") and _STREET.search(rest):
            self._take_address(re.sub(r"^[\s,，]+|(?<=,)[\s,]+", " ", rest).strip())
            return True
        return taken

    def _only_word(self, rest: str, missing: list[str]) -> str:
        """The one short word of an answer, when a name is what is missing: whatever it begins with,
        it is the name."""
        turn = self._conversation.turn
        alone = missing == ["name"] and turn.intent not in ("affirm", "deny")
        if alone and _BARE_NAME.fullmatch(rest):
            return parse_person(rest) or ""
        return self._word_beside_phone()

    def _word_beside_phone(self) -> str:
        """The word that stands alone right before or after a phone (``步惊云 180…``); a Latin one
        between a comma and it (``…, raj 180…``)."""
        turn = self._conversation.turn
        for phone in turn.all("phone")[-1:]:
            if latin := _LATIN_BEFORE.search(turn.text[: phone.start]):
                words = _POLITE.sub(" ", latin[1]).strip()
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


def _corrected_name(turn: Turn) -> str:
    """The name in words about a name (``名字打错了 是李娜娜``); nothing when they say none."""
    if turn.tapped or not _ABOUT_A_NAME.search(turn.text):
        return ""
    rest = _words_left(turn, labels=False)
    for found in _IT_READS.finditer(rest):
        name = found[1] or found[2]
        if parse_person(name) == name and surname(name):
            return name
    return ""


def bare_name(turn: Turn) -> str:
    """The last words that can be a name by themselves (``辛月 151… 保定市…``); else nothing."""
    rest = _words_left(turn)
    for part in reversed(_WORDS_APART.split(rest)):
        name = part.strip()
        if _BARE_NAME.fullmatch(name) and is_plausible(name) and parse_person(name):
            return name
    return ""


def _whole_name(turn: Turn, person: Entity, name: str) -> str:
    """The name of which only a part was recognised: the rest stands right beside it (``周|阿根``),
    or the full name follows the family name (``我姓蒋 蒋大川``)."""
    if turn.tapped or not _HAN.fullmatch(name):
        return name
    before, after = _HAN_BEFORE.search(turn.text[: person.start]), _HAN.match(turn.text, person.end)
    behind = _LABELS.split(after[0])[0] if after else ""  # 收件人是韩冰|电话幺三六…
    token = (before[0] if before else "") + person.text + behind
    again = len(name) == 1 and behind.startswith(name) and 1 < len(behind) <= LONGEST_NAME
    if again and parse_person(behind) == behind:  # 我姓童童文斌
        return behind
    if len(name) < len(token) <= LONGEST_NAME and surname(token) and parse_person(token) == token:
        return token
    alone = r"(?<![\u4e00-\u9fff])(?:我?[叫喊]|名字)?(NAME[\u4e00-\u9fff]{1,2})(?![\u4e00-\u9fff])"
    found = re.findall(alone.replace("NAME", name), turn.text) if len(name) == 1 else []
    return found[-1] if found else name


def _whole_address(turn: Turn, address: Entity) -> str:
    """The address of which only a part was recognised: its number runs on (``一百|二十号``), or its
    city stands behind it (``人民路5号，|广州天河``)."""
    if turn.tapped:
        return address.text
    end = address.end
    if rest := _NUMBER_GOES_ON.match(turn.text, end):
        end = rest.end()
    if behind := _PLACE_BEHIND.match(turn.text, end):
        places = [one for one in turn.all("location") if one.start < behind.end() and one.end > end]
        end = behind.end() if places else end
    return turn.text[address.start : end]


def _address_and_name(text: str) -> tuple[str, str]:
    """An address, and the name that was written behind it."""
    latin = _LATIN_NAME_AT_THE_END.search(text)
    if latin and not _STREET.search(latin[1]):
        return text[: latin.start()], latin[1]
    found = _NAME_AT_THE_END.search(text)
    if found is None or not surname(found[1]):
        return text, ""
    return text[: found.start()], found[1]


def _joined(begun: str, more: str) -> str:
    """Two halves of an address, the larger place first."""
    if "city" in missing(parse_address(begun)):
        return more + begun
    return begun + more


def _name_in(text: str, loose: bool) -> str | None:
    """The part of a bare answer that can be a name: of Chinese ones the last, as the name follows
    other words; of others the first, as it comes before the address.

    ``loose``: a name surely is there, so that one in small letters is believed too.
    """
    words = _POLITE.sub(" ", text)
    border = _PARTS if _STREET.search(words) else _WORDS_APART
    parts = [part.strip() for part in border.split(words) if part.strip()]
    if len(parts) > 1 or not loose:  # among other words, a Latin name is written as one
        parts = [part for part in parts if not part.isascii() or _BARE_NAME.fullmatch(part)]
    parsed = (parse_person(part) for part in parts)
    names = [name for name in parsed if name and len(name) > 1 and is_plausible(name)]
    chinese = [name for name in names if not name.isascii()]
    return chinese[-1] if chinese else names[0] if names else None


def _words_left(turn: Turn, labels: bool = True) -> str:
    """The words of ``turn`` beside its entities, without labels unless they are wanted too.

    A time that is none to the clock is a name that looked like one (``我姓周 周桂芳``)."""
    text = turn.text
    for entity in turn.entities:
        if entity.kind != "time" or not isinstance(entity.value, str):
            text = text.replace(entity.text, " ", 1)
    return (_LABELS.sub(" ", text) if labels else text).strip(_ENDS)
