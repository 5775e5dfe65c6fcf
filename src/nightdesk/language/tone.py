"""The tone of what a customer writes: danger, and anger."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DANGER = re.compile(
    r"起火|着火|著火|自燃|冒烟|冒煙|烧起来|燒起來|着咗火|火烧车|爆炸|触电|觸電|受伤|受傷|伤了|傷了|砸伤"
    r"|烫伤|割伤|流血|出血|住院|骨折|车祸|車禍|煤气味|漏电|漏電|昏倒|晕倒|过敏休克"
    r"|\bon fire\b|\b(?:caught|catch(?:es|ing)?) fire\b"
    r"|\bfire(?!\s*(?:extinguisher|engine|truck))\b"
    r"|\bsmok(?:e|ing)\b(?!\s*(?:detector|alarm|room|area))|\binjur(?:y|ed|ies)\b|\bhurt\b"
    r"|\bbleed|\bexplo(?:de|sion)|\b(?:car|road|traffic) accident\b|\bcrashed\b|\belectric shock\b",
    re.I,
)
_NO_DANGER = re.compile(
    r"灭火器|防火|阻燃|(?:会不会|會唔會|怕|避免|防止|如果|万一)[^。！!？?]{0,8}(?:起火|着火|自燃|爆炸|触电|漏电)"
    r"|\bfire\s*(?:extinguisher|proof|resistant)|\bnon-?smoking|\bno smoking\b"
    r"|\bdoes(?:n'?t| not) hurt\b|\bwon'?t hurt\b",
    re.I,
)
_FURIOUS = re.compile(
    r"骗子|骗人|騙人|垃圾|坑人|坑爹|黑店|忍不了|受够|受夠|再也不|太过分|太過分|什么态度|什麼態度|畀人呃|呃人"
    r"|丢雷|扑街|他妈|妈的|去死|滚蛋|傻逼|脑残|王八|有病吧"
    r"|\bscam|\bfraud|\bfurious|\bdisgust|\bunacceptable|\bnever again\b|\brefund me now\b"
    r"|\bf+u+c*k|\bbullshit|\bidiot|\bpathetic\b|\bthieves\b",
    re.I,
)
_CROSS = re.compile(
    r"气死|氣死|火大|离谱|離譜|烦死|煩死|搞什么|搞什麼|耍我|糊弄|敷衍|到底(?:行不行|能不能|有没有人)|说了多少遍"
    r"|说过了|听不懂人话|答非所问|等了(?:半天|几个小时|好久)|都几点了"
    r"|\bridiculous|\bworst\b|\bwaste of (?:my )?time|\bhow many times\b|\bare you kidding\b"
    r"|\bi already (?:said|told)|\buseless\b|\bfor the last time\b",
    re.I,
)
_LOUD = re.compile(r"[!！]{2,}|[?？]{3,}|[!！?？]{4,}")
_SHOUTED = re.compile(r"\b[A-Z]{3,}\b")
_SHOUTED_WORDS = 3


def in_danger(text: str) -> bool:
    """Whether the words tell of fire, injury or the like; not of goods and questions about them."""
    return bool(_DANGER.search(_NO_DANGER.sub(" ", text)))


def anger(text: str) -> int:
    """How angry one message is: 2 for insults and last words, 1 for each of crossness and noise."""
    shouted = len(_SHOUTED.findall(text)) >= _SHOUTED_WORDS
    return (
        2 * bool(_FURIOUS.search(text))
        + bool(_CROSS.search(text))
        + bool(_LOUD.search(text) or shouted)
    )


def anger_over(texts: Sequence[str]) -> int:
    """How angry some messages are together, a message said again counted as one more."""
    said = [text.strip().lower() for text in texts if text.strip()]
    repeated = len(said) - len(set(said))
    return sum(anger(text) for text in texts) + repeated
