"""The words that dialects, abbreviations and slips have for days and hours, made standard."""

from __future__ import annotations

import re

#: Words of dialects, abbreviations and common slips, in the order in which they are replaced.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"大后[日天儿添]|大後日", "大后天"),
    (r"大前[日天儿]", "大前天"),
    (r"明仔[载日]|明早起", "明天"),
    (r"今仔日|今儿个?|今个儿?|今朝|今日|今天子|尽[天儿]", "今天"),
    (r"赶明儿?|明儿个?|明个儿?|明朝|明日|听日|聽日|翌日|次日|明田|明添", "明天"),
    (r"(?<![庆旦节一秋午明期间假的])第二天", "明天"),  # the second day of a holiday is a date
    (r"后儿个?|后个|后日|后朝|後日|后仔", "后天"),
    (r"夜来|昨儿个?|昨个|昨日|寻日|琴日|尋日|昨晡日|昨仔", "昨天"),
    (r"前儿个?|前日|前晡日", "前天"),
    (r"今[晚夜碗完](?:上|间|黑)?", "今天晚上"),
    (r"[明听聽][晚夜](?:上|间|黑)?", "明天晚上"),
    (r"[昨寻琴][晚夜](?:上|间)?", "昨天晚上"),
    (r"后晚(?:上)?", "后天晚上"),
    (r"明早(?:上|晨)?", "明天早上"),
    (r"今早(?:上|晨)?", "今天早上"),
    (r"后早", "后天早上"),
    (r"头晌|上晌|前晌|上昼|上半[天日]|顶早", "上午"),
    (r"后晌|下晌|过晌|下昼|下半[天日]|下晡|下舞|下五|下屋|晏昼后", "下午"),
    (r"晌午|晏昼|中晌|正午|中饭|中昼", "中午"),
    (r"朝头早|朝早|清早|大早|一早|透早|早浪|早起|清晨|早晨|早间", "早上"),
    (r"夜头|夜晚|夜里|夜间|晚间|黑了|暗时|晚头|晚黑|擦黑|黑晚", "晚上"),
    (r"半夜三更|大半夜|三更半夜|深夜", "半夜"),
    (r"星期|礼拜|拜(?=[一二三四五六日])", "周"),
    (r"周[天头]", "周日"),
    (r"呢个|本(?=周|月)|今个?(?=周)|这个?(?=周)", "这"),
    (r"下个(?=周)", "下"),
    (r"上个(?=周)", "上"),
    (r"点钟|点整|时整|点正", "点"),
    (r"钟头|个钟(?!头)|粒钟", "小时"),
    (r"俩", "两"),
    (r"仨", "三"),
)
_REPLACED = tuple((re.compile(pattern), word) for pattern, word in _WORDS)


def standard(text: str) -> str:
    """A folded expression with the words of dialects replaced by standard ones."""
    for pattern, word in _REPLACED:
        text = pattern.sub(word, text)
    return text


_IN_THE = re.compile(
    r"\b([0-9]{1,2}(?:[:.][0-9]{2})?)(?: o'?clock)? (?:in the |at )"
    r"(?:(morning)|afternoon|evening|night)\b"
)


def with_halves(text: str) -> str:
    """``11 in the morning`` as ``11 am``."""
    return _IN_THE.sub(lambda found: f"{found[1]} {'am' if found[2] else 'pm'}", text)
