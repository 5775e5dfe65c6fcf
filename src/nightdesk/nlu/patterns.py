"""Regular shapes of entities in a folded message: hints for the tagger, and a few certainties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightdesk.language import numerals
from nightdesk.language.quantity import MEASURES

_N = rf"(?:{numerals.HAN}|[0-9]{1, 12}(?:\.[0-9]{1, 4})?|半|[两几一二三四五]?[两几三四五六])"
_MEASURE = "|".join(sorted((m for m in MEASURES if not m.isascii()), key=len, reverse=True))
_WEEKDAY = r"(?:周|星期|礼拜|拜)(?:[一二三四五六日天末1-6]|头|中)?"
_DAY = (
    r"大?[今明后昨前听寻琴隔当次翌][天日朝儿晚夜早](?:个|子)?|聽日|今个|明个|昨个|后个|赶明儿?|"
    r"今[晚早]|明[晚早]|昨[晚夜]|"
    r"刚才|刚刚|头先|啱啱|而家|现在|马上|立刻|眼下|这会儿|[上下这本今呢]+个?(?:月|年|季度)|"
    r"[今明去前后]年|"
    r"月[底初中末头尾]|年[底初前后中末]|节[前后]|饭[前后]|假期"
)
_PART = (
    r"凌晨|清晨|大?清早|[早晚]上|早晨|一早|上午|上昼|朝早|朝头早|头晌|前晌|中午|正午|晌午|晏昼|"
    r"中晌|下午|下昼|后晌|过晌|下半天|上半天|"
    r"傍晚|夜晚|晚间|夜里|半夜|大?半夜|夜间|夜头|晚头|白天|收工|下班|放学|午休|晚|早"
)
_HOLIDAY = (
    r"春节|过年|大年|除夕|年三十|年廿八|元宵|清明|端午|五一|劳动节|中秋|国庆|十一|双十一|双11|"
    r"双十二|618|六一八|元旦|圣诞|"
    r"平安夜|情人节|七夕|重阳|腊八|小年|冬至|寒假|暑假|教师节|母亲节|父亲节|儿童节|妇女节|三八|"
    r"女神节|黑五"
)
_CLOCK = (
    r"(?:[0-9]{1,2}[:点时h][0-9]{2}分?|"
    + _N
    + r"(?:点|时)(?:钟|整|半|"
    + _N
    + r"(?:刻|分|个字)?)?(?:多|来钟)?)"
)
_DATE = (
    r"[0-9]{2,4}[年/.-][0-9]{1,2}[月/.-][0-9]{1,2}[日号]?|(?:"
    + _N
    + r"年)?"
    + _N
    + r"月(?:份|"
    + _N
    + r"[日号]?|[底初中头])?|(?:初|廿)"
    + _N
    + r"|"
    + _N
    + r"[号日](?![楼院线店机])|(?:腊|正|冬)月(?:"
    + _N
    + r")?"
)
_SPAN = (
    _N
    + r"个?多?(?:天|日|周|礼拜|星期|月|年|小时|钟头|钟|分钟|秒|晚|季度)之?"
    + r"(?:前|后|内|以前|以后|以内|左右|上下)?"
)
_HAN_TIME = rf"(?:{_DATE}|{_DAY}|[上下这本今呢]*个?{_WEEKDAY}|{_HOLIDAY}|{_PART}|{_CLOCK}|{_SPAN})"
_LINK = r"(?:[的嘞嘅滴 ,]|前后|左右|以后|以前|之后|之前|过后|[前后到至~-])?"
_EN_WORD = (
    r"(?:mon|tues?|wednes|wed|thurs?|thu|fri|satur|sat|sun)(?:day)?s?|jan(?:uary)?|"
    r"feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|"
    r"june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|today|"
    r"tonight|tonite|tomorrow|tmrw?|"
    r"tomo|tmr|yesterday|morning|afternoon|evening|night|noon|midnight|weekend|week|month|year|"
    r"christmas|easter|"
    r"hour|hours|days?|weeks|months|minutes|mins|o'?clock|am|pm|[0-9]{1,2}(?:st|nd|rd|th)|"
    r"[0-9]{1,2}[:.][0-9]{2}(?: ?[ap]m)?|"
    r"[0-9]{1,2} ?[ap]m|quarter|half past|next|last|this"
)
_EN_TIME = (
    rf"\b(?:{_EN_WORD})\b(?:[ ,/-]+(?:(?:at|the|of|in|on|past|to|around|after|before) )*"
    rf"(?:{_EN_WORD}|[0-9]{{1,2}}|{numerals.ENGLISH})\b)*"
)

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(
        r"[a-z0-9][a-z0-9._%+-]{0,63}\s?@\s?[a-z0-9-]{1,63}(?:\s?\.\s?[a-z0-9-]{1,63}){1,5}")),
    ("phone", re.compile(r"\+?\(?[0-9][0-9 ()-]{6,18}[0-9]|[零〇一二三四五六七八九幺0-9]{7,13}")),
    ("code", re.compile(
        r"(?:[a-z]{1,5}[ -]?)?[0-9][0-9-]{2,24}[0-9]|[a-z]{1,4}-?[0-9]{3,20}|"
        r"[a-z]{1,4}[零一二三四五六七八九幺]{3,20}")),
    ("rating", re.compile(
        rf"(?:{_N}|满)分|{_N}(?:颗|个)?星|"
        r"[0-9]{1,3} ?(?:/|out of) ?[0-9]{1,3}|[0-9a-z]{1,6} stars?")),
    ("money", re.compile(
        rf"[¥$€£]\s?{numerals.ARABIC}|{_N}(?:多)?(?:块钱|块|元|蚊|文|刀|毛|刀乐|欧|镑|钱|"
        rf"张票)(?:{_N})?|"
        rf"{numerals.ARABIC} ?(?:rmb|usd|cny|hkd|yuan|bucks|dollars?|euros?|eur|quid|kuai)")),
    ("time", re.compile(rf"(?:{_HAN_TIME})(?:{_LINK}{_HAN_TIME})*|{_EN_TIME}")),
    ("quantity", re.compile(
        rf"(?:{_N})(?:多|来)?\s?(?:{_MEASURE})(?:半)?|俩|仨|半打|\b(?:{numerals.ENGLISH}|"
        rf"[0-9]{1,9})\b(?:\s(?:pcs|pieces?|"
        rf"sets?|pairs?|boxes|bottles?|cans?|bags?|packs?|units?|tubs?|dozen|of))?")),
    ("address", re.compile(
        rf"(?:路|街|道|巷|弄|村|大道|胡同|里){_N}+(?:号|弄)|{_N}(?:号楼?|栋|幢|座|单元|室|楼|"
        rf"层|弄|号院)|[省市区县镇乡]|"
        r"\b(?:street|st|road|rd|avenue|ave|lane|drive|blvd|apt|suite|floor|room)\b")),
    ("person", re.compile(
        r"[\u4e00-\u9fff](?:先生|女士|小姐|师傅|老师|总|经理|太太|生|姐|哥|叔|姨)|"
        r"\b(?:mrs?|ms|miss|dr)\b")),
)  # fmt: skip


def shapes(folded: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, shape)`` of each regular shape in a folded text; shapes may overlap."""
    for name, pattern in _SHAPES:
        for match in pattern.finditer(folded):
            if match.end() > match.start():
                yield match.start(), match.end(), name
