"""Yes and no to a read-back, in whatever words: what is meant is known from the question."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.clerk.requests import looks_like_question
from actions.clerk.turn import Turn
from nightdesk.language.script import fold

_ASSENTS = frozenset(
    {"place_order", "modify_order", "book_appointment", "query_appointment", "inform", "thank"}
    | {"goodbye", "nlu_fallback", "out_of_scope", "ask_faq", "rate_service"}
)
"""What a yes is taken for when more is said with it."""
_CALLS_OFF = frozenset(
    {"cancel_order", "cancel_appointment", "return_exchange", "stop", "nlu_fallback", "ask_faq"}
)
"""What a yes to "cancel it?" is taken for."""
_YES = re.compile(
    r"下单|落单|发货|提交|确认|確認|就这样|没问题|都对|对了|可以|好的?|行|嗯|要得|得|没错|冇错|约上|定下来|成交|妥|中|走起|[整弄办发来买]吧|啱|[帮同]我约|约[吧啦起上]|^[下发来整弄买中约]$"
    r"|\b(?:order it|place (?:it|the order)|book it|confirm(?:ed)?|go ahead|all good|looks good"
    r"|ship it|send it|correct|right|yes|yep|yup|sure|perfect|do it|lock it in|fine)\b",
    re.I,
)
_NOT_YET = re.compile(
    r"[?？不别改错先等没吗几哪]|换|再加|要是|如果|\b(?:not|wait|change|no|but|if|instead)\b", re.I
)
_NO_TROUBLE = re.compile(
    r"[没冇]有?(?:什么|啥|乜)?(?:问题|毛病|错|别的|其他|其它|要改的?)了?|不错|不用改|不改了|(?:其[他它余]|别的|都)不变"
    r"|\bno (?:changes?|problem|worries)\b|\bnothing (?:else|more)\b",
    re.I,
)
_THANKS = re.compile(
    r"(?:[，,。.；;！!\s]*(?:谢谢|多谢|唔该|辛苦|麻烦|拜托|thanks|thank you|cheers|please)"
    r"(?:[^，,。.；;！!]{0,6}|[a-z ]{0,30}))+"
    r"[，,。.；;！!~\s]*$",
    re.I,
)
_SUBSTANCE = ("product", "quantity", "time", "branch", "address", "phone", "service")
_CANCELS = re.compile(r"取消|撤|退|不要|不约|\bcancel", re.I)
_KEEPS = re.compile(r"不取消|别取消|先不|不退|保留|留着|\b(?:keep|don'?t|not)\b", re.I)
_CLAUSE = re.compile(r"[^,，。.;；!！?？\n]+[,，。.;；!！?？\n]*")
_CHANGES = re.compile(r"改|换|加|减|不要|\b(?:change|instead|add|remove|but)\b", re.I)
_PLAIN_YES = re.compile(
    r"(?:(?:嗯+|恩+|哦|好+|行+|对+|是的?|中|成|妥+|得行?|要得|可以|啱|系|[没冇]问题|[没冇]错|确[认定]|巴适"
    r"|就(?:这样|这个|这么[定办]|恁个)|约[上吧]?|下单|定了?|ok(?:ay)?|kk?|y|ye[sp]|yup|yeah?|ya|sure|fine|great|perfect"
    r"|cool|lovely|please|pls)[啊呀的额嘞吧了嘛哈滴咯噢喔呢嘅啦喇撒噻]*[，,。.!！~\s]*)+"
)
"""Nothing but yes, in folded words: whatever it was taken for."""
SHORT = 24
"""The longest yes, in characters; one in Latin letters may have twice as many."""


def agrees(text: str) -> bool:
    """Whether ``text`` lets go ahead what was read back, and wants nothing changed first."""
    folded = fold(text)
    plain = _NO_TROUBLE.sub("好", _THANKS.sub("", folded) or folded)
    last = [clause for clause in _CLAUSE.findall(plain) if clause.strip()][-1:]
    if _is_short(plain):
        return bool(_YES.search(plain)) and not _NOT_YET.search(plain)
    return (
        bool(last)
        and _is_short(last[0])
        and bool(_YES.search(last[0]))
        and not (_NOT_YET.search(last[0]) or _CHANGES.search(plain))
    )


def _is_short(text: str) -> bool:
    return len(text) <= (2 * SHORT if text.isascii() else SHORT)


def as_verdict(turn: Turn, question: str) -> Turn | None:
    """``turn`` as the yes that it is to the read-back ``question``; None when it is none."""
    if turn.tapped or not question.endswith("_confirm"):
        return None
    yes = turn.intent in _ASSENTS and not turn.any(*_SUBSTANCE) and agrees(turn.text)
    if question.endswith("cancel_confirm") and turn.intent in _CALLS_OFF:
        called_off = bool(_CANCELS.search(turn.text)) and not _KEEPS.search(turn.text)
        short = len(turn.text) <= SHORT and not turn.entities
        short = short and not looks_like_question(turn.text)  # 取消了钱啥时候回来
        yes = (called_off and short) or (yes and not _KEEPS.search(turn.text))
    words = fold(turn.text).strip()
    yes = yes or bool(_PLAIN_YES.fullmatch(_THANKS.sub("", words) or words))
    return replace(turn, intent="affirm") if yes else None
