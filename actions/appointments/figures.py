"""What is asked about a service that is spoken of: what it costs, and how long it takes."""

from __future__ import annotations

import re

from actions.clerk.turn import Turn
from nightdesk.language.script import fold

_LENGTH = re.compile(
    r"多久|多长时间|多长|几耐|几个?(?:小时|钟头|钟)(?!到)|多少(?:时间|分钟|功夫)|几长辰光|多少辰光"
    r"|\bhow (?:long|many (?:hours|minutes))\b",
    re.I,
)
_OF_SOMETHING_ELSE = re.compile(
    r"取消|改期|迟到|爽约|押金|定金|停车|运费|发票|优惠|一次|一换|换一|发货|到货|送到|寄|快递|物流|提前|之[前后]|以[前后]|质保|保修|有效|能[管用撑跑]|没|等了|还要|还有多久"
    r"|\b(?:cancel|deposit|parking|shipping|late|every|often|deliver|ship|arrive|last|warranty|before|after|since|until|waiting)",
    re.I,
)
_PRICE = re.compile(
    r"多少钱|几多钱|几钱|几钿|几块|啥价|什么价|价钱|价格|费用|收费|怎么收|贵不贵"
    r"|\bhow (?:much|mch)\b|\bprice|\bcosts?\b",
    re.I,
)
_OTHER_MATTERS = ("product", "service", "order_no", "address", "car_model", "branch", "location")
_LONGEST = 24


def asks_length(text: str) -> bool:
    """Whether ``text`` asks how long something done at the shop takes."""
    words = fold(text)
    return bool(_LENGTH.search(words)) and not _OF_SOMETHING_ELSE.search(words)


def asks_figures(turn: Turn) -> bool:
    """Whether ``turn`` asks how long it takes or what it costs, and names nothing that it is of."""
    if turn.tapped or turn.any(*_OTHER_MATTERS):
        return False
    words = fold(turn.text)
    short = len(words) <= (2 * _LONGEST if words.isascii() else _LONGEST)
    asked = _LENGTH.search(words) or _PRICE.search(words)
    return short and bool(asked) and not _OF_SOMETHING_ELSE.search(words)
