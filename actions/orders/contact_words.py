"""The words about who gets an order and where: names, addresses and phones as they are typed."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.clerk.turn import Entity, Turn
from nightdesk.language.address import missing, parse_address
from nightdesk.language.person import is_plausible, parse_person, surname
from nightdesk.language.phone import Phone, parse_phone

LABELS = re.compile(
    r"(?:收货|收件|联系|预约)?(?:人|家长|车主|地址|电话|手机号?|姓名|名字)(?:是|叫|为)?[:： ]*"
    r"|寄到?|送到?|[我他她佢](?:叫|喊|是|姓|係|系)|叫我"
    r"|\b(?:my )?(?:name|address|phone)(?: number)?(?: is|:)"
    r"|\bi'?m\b|\bit'?s\b|\bship (?:it )?to\b",
    re.I,
)
PARTS = re.compile(r"[,，。.;；!！?？\n]+")
HAN = re.compile(r"[\u4e00-\u9fff]+")
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
_ABOUT_A_NAME = re.compile(r"名字|姓名|收[件货]人|名(?:写|打|错)|\b(?:name|recipient)\b", re.I)
_IT_READS = re.compile(
    r"(?:[\s,，：:]*(?<!不)(?:是|叫|成|为|换|写)|[\s,，：:]+)(?:我?(?:老婆|老公|媳妇|爱人|[妈爸弟姐妹哥]+|儿子|女儿|同事|朋友))?"
    r"([\u4e00-\u9fff]{2,4}?)(?=不是|吧|才对|电话|手机|号码|地址|[\s,，。.！!]|$)"
    r"|\b(?:is|be|to|it'?s|that'?s)\s+([A-Z][a-z'’]+(?: [A-Z][a-z'’.]+){1,3})"
)
POLITE = re.compile(r"\b(?:please|pls|thanks|thank you|thx|cheers|hi|hello|hey|then|at)\b", re.I)
ENDS = " ，,。.；;：:、！!\n"
_WORDS_APART = re.compile(r"[,，。.;；!！?？\n]+|(?<![A-Za-z])\s+|\s+(?![A-Za-z])")
BARE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[A-Z][a-z'’]+(?: [A-Z][a-z'’.]+){1,3}")
STREET = re.compile(
    r"[路街道巷弄村镇乡苑园庄里]|小区|大厦|公寓|\d+\s*[号栋幢室座楼]|\b(?:street|st|road|rd|avenue|ave|lane|block|unit|flat)\b",
    re.I,
)


def phones_apart(turn: Turn) -> Turn:
    """``turn`` without the digits that stand behind a phone and were taken into it
    (``13688889999 21 Zhongshan Road``)."""
    entities = []
    for one in turn.entities:
        head = one.text.rpartition(" ")[0] if one.kind == "phone" and not turn.tapped else ""
        if head and not parse_phone(one.text).valid and parse_phone(head).valid:
            one = replace(one, text=head, end=one.start + len(head))
        entities.append(one)
    return replace(turn, entities=tuple(entities))


def is_abroad(phone: Phone) -> bool:
    """Whether it has another country's code and a length that there is: which numbers a country
    has given out is not known for sure."""
    abroad = phone.digits.startswith("+") and not phone.digits.startswith("+86")
    return abroad and phone.fault == "not_a_number"


def corrected_name(turn: Turn) -> str:
    """The name in words about a name (``名字打错了 是李娜娜``); nothing when they say none."""
    if turn.tapped or not _ABOUT_A_NAME.search(turn.text):
        return ""
    rest = words_left(turn, labels=False)
    for found in _IT_READS.finditer(rest):
        name = found[1] or found[2]
        if parse_person(name) == name and surname(name):
            return name
    return ""


def bare_name(turn: Turn) -> str:
    """The last words that can be a name by themselves (``辛月 151… 保定市…``); else nothing."""
    rest = words_left(turn)
    for part in reversed(_WORDS_APART.split(rest)):
        name = part.strip()
        if BARE_NAME.fullmatch(name) and is_plausible(name) and parse_person(name):
            return name
    return ""


def whole_name(turn: Turn, person: Entity, name: str) -> str:
    """The name of which only a part was recognised: the rest stands right beside it (``周|阿根``),
    or the full name follows the family name (``我姓蒋 蒋大川``)."""
    if " " in name and name.split()[-1].startswith(name.split()[0]):
        return name.split()[-1]  # 周 周桂芳
    if turn.tapped or not HAN.fullmatch(name):
        return name
    before, after = _HAN_BEFORE.search(turn.text[: person.start]), HAN.match(turn.text, person.end)
    behind = LABELS.split(after[0])[0] if after else ""  # 收件人是韩冰|电话幺三六…
    ahead = LABELS.split(before[0])[-1] if before else ""
    token = ahead + person.text + behind
    again = len(name) == 1 and behind.startswith(name) and 1 < len(behind) <= LONGEST_NAME
    if again and parse_person(behind) == behind:  # 我姓童童文斌
        return behind
    if len(name) < len(token) <= LONGEST_NAME and surname(token) and parse_person(token) == token:
        return token
    alone = r"(?<![\u4e00-\u9fff])(?:我?[叫喊]|名字)?(NAME[\u4e00-\u9fff]{1,2})(?![\u4e00-\u9fff])"
    found = re.findall(alone.replace("NAME", name), turn.text) if len(name) == 1 else []
    return found[-1] if found else name


def whole_address(turn: Turn, address: Entity) -> str:
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


def address_and_name(text: str) -> tuple[str, str]:
    """An address, and the name that was written behind it."""
    latin = _LATIN_NAME_AT_THE_END.search(text)
    if latin and not STREET.search(latin[1]):
        return text[: latin.start()], latin[1]
    found = _NAME_AT_THE_END.search(text)
    if found is None or not surname(found[1]):
        return text, ""
    return text[: found.start()], found[1]


def joined(begun: str, more: str) -> str:
    """Two halves of an address, the larger place first."""
    if "city" in missing(parse_address(begun)):
        return more + begun
    return begun + more


def name_in(text: str, loose: bool) -> str | None:
    """The part of a bare answer that can be a name: of Chinese ones the last, as the name follows
    other words; of others the first, as it comes before the address.

    ``loose``: a name surely is there, so that one in small letters is believed too.
    """
    words = POLITE.sub(" ", text)
    border = PARTS if STREET.search(words) else _WORDS_APART
    parts = [part.strip() for part in border.split(words) if part.strip()]
    if len(parts) > 1 or not loose:  # among other words, a Latin name is written as one
        parts = [part for part in parts if not part.isascii() or BARE_NAME.fullmatch(part)]
    parsed = (parse_person(part) for part in parts)
    names = [name for name in parsed if name and len(name) > 1 and is_plausible(name)]
    chinese = [name for name in names if not name.isascii()]
    return chinese[-1] if chinese else names[0] if names else None


def words_left(turn: Turn, labels: bool = True) -> str:
    """The words of ``turn`` beside its entities, without labels unless they are wanted too.

    A time that is none to the clock is a name that looked like one (``我姓周 周桂芳``)."""
    text = turn.text
    for entity in turn.entities:
        if entity.kind != "time" or not isinstance(entity.value, str):
            text = text.replace(entity.text, " ", 1)
    return (LABELS.sub(" ", text) if labels else text).strip(ENDS)
