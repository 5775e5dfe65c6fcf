"""What is meant by who has ordered: that it shall go back, or that somebody is to blame."""

from __future__ import annotations

import re

from actions.after_sales.task import serve
from actions.clerk.conversation import Conversation
from nightdesk.language.script import fold

_GIVES_BACK = re.compile(
    r"不想要|不要了|勿要了|唔要了|不喜欢|[想要帮给]我?退(?:[了掉货]|$)|[我就]要退|想退|退(?:了|掉|脱)(?![吗么没])"
    r"|\b(?:don'?t want|want to return|send (?:it|them|this) back)\b"
    r"|\b(?:i'?d like to return|take it back)\b",
    re.I,
)
"""Who says so wants it done, and not only to know whether it can be."""
_ACCUSES = re.compile(
    r"说法|交代|赔(?:我|偿|钱|不赔)|咋整的|怎么(?:搞|弄|做事|做生意)的?|什么(?:态度|玩意|东西)|啥(?:态度|玩意)"
    r"|划(?:伤|拉|花)|刮(?:花|伤)|[弄搞装修](?:坏|烂|漏)了|太差|差评"
    r"|\b(?:compensat|ruined|damaged|scratched|dented|unprofessional)",
    re.I,
)
_REFUSES_TO_GIVE = re.compile(r"不退|别退|唔退|没退|没有退|\bnot return", re.I)


def gives_back(conversation: Conversation) -> bool:
    """Whether who ordered in this conversation wants it no more (``能退吗 不想要了``)."""
    turn, state = conversation.turn, conversation.state
    if turn.tapped or not state.orders or state.task is not None or turn.any("product", "service"):
        return False
    words = fold(turn.text)
    return bool(_GIVES_BACK.search(words)) and not _REFUSES_TO_GIVE.search(words)


def take_back(conversation: Conversation) -> bool:
    """Begins the return for who wants it no more; whether they do."""
    if not gives_back(conversation):
        return False
    serve(conversation, "return")
    return True


def accuses(text: str) -> bool:
    """Whether ``text`` blames the shop for what it did, and wants no goods exchanged."""
    return bool(_ACCUSES.search(fold(text)))
