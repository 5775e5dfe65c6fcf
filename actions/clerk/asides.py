"""Short asides that are known by their words alone, whatever they were taken for: the customer
asks for a moment, wants the shop's phone number, or loses patience with the assistant."""

from __future__ import annotations

import re

from actions.clerk import tasks
from actions.clerk.conversation import Conversation
from actions.clerk.turn import Turn
from actions.figures import filled

SHORT = 24
"""The longest message that is only an aside."""
_WAITS = re.compile(
    r"^(?:哎|诶|欸|嗯|那|你|先|麻烦|好|ok|okay|hmm|hang on|,|，|\s)*"
    r"(?:等(?:一?下|等|一?会儿?|我|阵|一?哈)|等阵|稍等|稍候|等我|慢着|且慢|让我(?:想|看|查|问|找)"
    r"|容我|我(?:先)?(?:看看|想想|想一想|想下|查下|查一下|问问|问下|找找|找一下|考虑)"
    r"|hold on|hang on|wait(?: a| up|$|\W*$)"
    r"|(?:one|just a) (?:sec|moment|minute)|give me a"
    r"|let me (?:check|think|see|look|ask|find))",
    re.I,
)
_CONSIDERS = re.compile(
    r"^(?:那|哦|嗯|好|我|先|再|容我|，|,|\s)*(?:考虑|想想|想一想|琢磨|斟酌|看看再说|回头再说|再说吧?$|再看看)"
    r"|\b(?:think about it|think it over|sleep on it|maybe later)\b",
    re.I,
)
_HAGGLES = re.compile(
    r"便宜[点些啲](?!的|儿的|那|款)|再?便宜一[点些](?!的|儿的|那|款)|少[点算]钱?[吧呗嘛不吗]|抹个?零|最低(?:多少|几多|什么价|啥价)"
    r"|打[个点]?折[吧呗嘛不吗]?$|优惠[点些]|平[啲点](?!的|嘅)|算便宜|砍[个点]?价|讲[个点]?价|还价"
    r"|\b(?:any cheaper|lower the price|best price|knock .{0,12} off|do it for less|haggle)\b",
    re.I,
)
_WANTS = re.compile(
    r"几天|多久|几时|几耐|多长|快递|发货|人工|改|换|取消|退|不对|错|买|订|约|加|多少|[吗么?？]"
    r"|要(?!看|想|查|问|找)|\b(?:how|change|cancel|add|instead|other|make|not|delivery)\b",
    re.I,
)
"""Who says so too wants more than a moment."""
_PHONE = re.compile(
    r"(?:客服|店里|你们|你哋|你家|您们|商家|官方|公司|热线|服务|人工)(?:的)?(?:客服)?"
    r"(?:电话|热线|号码|联系方式)"
    r"|打[哪边邊][个個]?(?:电话|電話|号)"
    r"|(?:电话|電話|热线|联系方式)(?:号码?)?(?:是|系|係)?(?:多少|几多|幾多|几号|啥|咩)"
    r"|\b(?:phone|hotline|contact|telephone) number\b|\bnumber (?:can|do|should) i call\b"
    r"|\bhow (?:can|do) i (?:call|phone|ring)\b",
    re.I,
)
_OF_A_BRANCH = re.compile(r"门店|那家|这家|分店|[\u4e00-\u9fff]{2}店|\bbranch|\bstore\b", re.I)
_CHANGES = re.compile(r"改|换|换成|绑定|更换|填|留|\bchange|\bmy (?:phone|number)\b", re.I)
_SCOLDS = re.compile(
    r"笨|蠢|傻[逼bx瓜]?|没用|废物|智障|白痴|弱智|听不懂人话|\b(?:stupid|useless|dumb|idiot)\b", re.I
)
_VAGUE = frozenset(
    {"nlu_fallback", "out_of_scope", "stop", "inform", "repeat", "greet", "affirm", "deny", "thank"}
)
_OF_WEIGHT = frozenset({"complain", "request_human", "report_fault", "return_exchange"})
_SUBSTANCE = ("product", "service", "phone", "address", "order_no", "quantity", "time", "branch")


def waits(text: str) -> bool:
    """Whether ``text`` only asks for a moment (``等一下 我看看``)."""
    return len(text) <= SHORT and bool(_WAITS.search(text.strip())) and not _WANTS.search(text)


def considers(text: str) -> bool:
    """Whether ``text`` leaves it for later without a no (``那我再考虑考虑``)."""
    return len(text) <= SHORT and bool(_CONSIDERS.search(text.strip()))


def haggles(text: str) -> bool:
    """Whether ``text`` wants the same thing for less (``能不能便宜点``), not a cheaper one."""
    return len(text) <= SHORT and bool(_HAGGLES.search(text))


def asks_phone(text: str) -> bool:
    """Whether ``text`` asks for the phone number of the shop, and not of one of its branches."""
    asked = _PHONE.search(text) is not None
    return asked and not _OF_A_BRANCH.search(text) and not _CHANGES.search(text)


def scolds(text: str) -> bool:
    """Whether ``text`` calls the assistant stupid."""
    return bool(_SCOLDS.search(text))


def taken(conversation: Conversation) -> bool:
    """Answers an aside; whether the turn was one. An open question stays open."""
    turn = conversation.turn
    if turn.tapped or turn.unreadable:
        return False
    if _is_only_waiting(turn):
        conversation.say("talk_take_your_time")
        conversation.passing = True
        return True
    if haggles(turn.text) and not turn.any(*_SUBSTANCE):
        conversation.say("talk_fixed_price")
        tasks.ask_again(conversation)
        return True
    if asks_phone(turn.text) and not turn.any("branch", "location", "phone", "product"):
        return _tell_phone(conversation)
    if _is_only_scolding(turn):
        conversation.say("talk_scolded")
        conversation.offer((conversation.wording("button_human"), "/request_human"))
        tasks.ask_again(conversation)
        return True
    return False


def _is_only_waiting(turn: Turn) -> bool:
    vague = turn.intent in _VAGUE or len(turn.text) <= len("等一下 我看看")
    pauses = waits(turn.text) or considers(turn.text)
    return pauses and vague and not turn.any(*_SUBSTANCE)


def _tell_phone(conversation: Conversation) -> bool:
    """The shop's number and when somebody answers it, where the profile has them."""
    services = conversation.services
    if not services.profile.hotline:
        return False
    shop = services.profile.name(conversation.language)
    said = conversation.wording(
        "talk_hotline", shop=shop, hotline="{hotline}", hours="{agent_hours}"
    )
    conversation.lines.append(filled(said, conversation.language, services).text)
    tasks.ask_again(conversation)
    return True


def _is_only_scolding(turn: Turn) -> bool:
    about = turn.any(*_SUBSTANCE) or turn.intent in _OF_WEIGHT
    return len(turn.text) <= SHORT and scolds(turn.text) and not about
