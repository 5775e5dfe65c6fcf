"""What a notice says, in the languages of the shop's people."""

from __future__ import annotations

from collections.abc import Sequence

Phrase = tuple[str, str]
"""Chinese, English."""

KINDS: dict[str, Phrase] = {
    "waiting": ("有顾客在等人工", "A customer is waiting for a person"),
    "callback": ("有顾客等回电", "A customer is to be called back"),
    "unserved": ("顾客没有等到人工", "A customer waited and nobody came"),
    "test": ("测试通知", "A test"),
}
REASONS: dict[str, Phrase] = {
    "safety": ("安全问题", "safety"),
    "keyword": ("说到了店里设定的关键词", "one of the shop's keywords"),
    "asked": ("顾客要求人工", "asked for a person"),
    "order_value": ("订单金额大", "a large order"),
    "anger": ("顾客很生气", "the customer is angry"),
    "backend": ("后台系统没有响应", "a system behind the desk fails"),
    "rating": ("评分很低", "a bad rating"),
    "not_understood": ("机器人没听懂", "not understood"),
    "loop": ("对话在原地打转", "going round in circles"),
    "complex": ("事情复杂", "too complex"),
}
PRIORITIES: dict[str, Phrase] = {
    "low": ("低", "low"),
    "normal": ("普通", "normal"),
    "high": ("高", "high"),
    "urgent": ("紧急", "urgent"),
}
REASON: Phrase = ("原因", "Reason")
PRIORITY: Phrase = ("级别", "Priority")
TIME: Phrase = ("时间", "Time")
SUMMARY: tuple[Phrase, ...] = (("顾客", "Customer"), ("需要", "Wants"), ("已做", "Tried"))
OPEN: Phrase = ("打开对话", "Open the conversation")
OTHER_KIND: Phrase = ("有一段对话需要人看一下", "A conversation needs a person")
MANY: Phrase = ("有 {count} 段对话需要人", "{count} conversations need a person")
MORE: Phrase = ("另有 {count} 条没有列出，请看控制台", "{count} more are in the console")
TEST: Phrase = ("收到这条，通知就设置好了。", "If you can read this, notifications work.")


def both(phrase: Phrase, languages: Sequence[str], **values: object) -> str:
    """``phrase`` in each of the ``languages`` (zh, en), Chinese when none of them is known."""
    spoken = [text for code, text in zip(("zh", "en"), phrase, strict=True) if code in languages]
    return " · ".join(text.format(**values) for text in spoken or phrase[:1])


def named(table: dict[str, Phrase], name: str, languages: Sequence[str]) -> str:
    """The phrase ``name`` of ``table``; the name itself when the table does not have it."""
    return both(table[name], languages) if name in table else name
