"""How many: ``两箱``, ``半打``, ``俩``, ``一个半``, ``两三个``, ``half a dozen``, ``3 boxes``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nightdesk.language import numerals
from nightdesk.language.tokens import fold_in_place

#: Measure words of goods, people and work, the dialects' included; longest first when compiled.
MEASURES = [
    "个",
    "箱",
    "套",
    "条",
    "只",
    "台",
    "对",
    "份",
    "件",
    "桶",
    "瓶",
    "盒",
    "包",
    "支",
    "根",
    "把",
    "张",
    "块",
    "片",
    "袋",
    "罐",
    "听",
    "壶",
    "斤",
    "公斤",
    "千克",
    "克",
    "两",
    "吨",
    "升",
    "毫升",
    "米",
    "平米",
    "平方",
    "公里",
    "双",
    "副",
    "付",
    "组",
    "打",
    "批",
    "单",
    "本",
    "册",
    "枚",
    "颗",
    "粒",
    "朵",
    "束",
    "盆",
    "棵",
    "株",
    "捆",
    "扎",
    "卷",
    "筒",
    "管",
    "碗",
    "杯",
    "盘",
    "碟",
    "锅",
    "笼",
    "串",
    "屉",
    "位",
    "人",
    "间",
    "晚",
    "桌",
    "座",
    "席",
    "场",
    "次",
    "回",
    "遍",
    "趟",
    "节",
    "课时",
    "门",
    "道",
    "辆",
    "部",
    "架",
    "艘",
    "匹",
    "头",
    "尾",
    "提",
    "板",
    "排",
    "轮",
    "圈",
    "框",
    "筐",
    "篮",
    "车",
    "樽",
    "盏",
    "顶",
    "幅",
    "面",
    "床",
    "口",
    "尊",
    "滴",
    "泵",
    "轴",
    "刀",
    "令",
    "码",
    "码数",
    "周",
    "年",
    "天",
    "名",
    "户",
    "套餐",
    "款",
    "种",
    "样",
    "项",
    "爿",
    "嘎",
    "枝",
    "隻",
    "兜",
    "坨",
    "挂",
    "ge",
    "jin",
    "xiang",
    "tao",
    "kg",
    "g",
    "ml",
    "l",
    "席位",
    "账号",
    "人份",
    "节课",
    "大桶",
    "小桶",
    "大箱",
    "小箱",
    "整箱",
    "大瓶",
    "小瓶",
    "大包",
    "小包",
    "大份",
    "小份",
]
_MEASURE = "|".join(sorted(set(MEASURES), key=len, reverse=True))
_VAGUE_HAN = (
    r"[一二两三四五六七八九](?=[二两三四五六七八九十](?:" + _MEASURE + "))[二两三四五六七八九十]"
)
_NUMBER = (
    rf"(?:{numerals.ARABIC}|{numerals.HAN}|(?:[0-9]*|[二三四五六七八九]?十)[几数]十?|半|俩|仨)"
)
_HAN_QUANTITY = re.compile(
    rf"(?P<about>大概|差不多|大约|"
    rf"约)?(?P<number>{_NUMBER})(?P<more>[多来])?\s*(?P<unit>{_MEASURE})?(?P<half>半)?"
)
_UNIT_EN = (
    r"(?:pcs?|pieces?|sets?|pairs?|box(?:es)?|cartons?|packs?|packets?|bottles?|cans?|bags?|units?|"
    r"tubs?|tubes?|trays?|rolls?|sheets?|seats?|people|persons?|pax|cases?|crates?|cups?|kilos?|kg|"
    r"grams?|g|litres?|liters?|l|lbs?|pounds?|metres?|meters?|m|jars?|barrels?|buckets?|drums?|"
    r"copies|licen[cs]es?|rooms?|nights?|tables?|slices?|portions?|orders?|bunch(?:es)?)"
)
_ENGLISH_QUANTITY = re.compile(
    rf"(?P<number>(?:half )?(?:an? )?(?:(?:{numerals.ENGLISH}|a|an|pair|"
    rf"{numerals.ARABIC})(?:[ -]| a )?)+)"
    rf"(?:of )?\s*(?P<unit>{_UNIT_EN})?(?: of)?"
)
_COLLECTIVES = {"打": (12, "个"), "对": (2, ""), "双": (2, ""), "pair": (2, ""), "dozen": (12, "")}


@dataclass(frozen=True)
class Quantity:
    """A number of something. ``unit`` is the measure word as written, empty if there is none.

    ``vague``: the customer left it open (``几个``, ``两三箱``); ``number`` is then the lower end.
    """

    number: Decimal
    unit: str
    vague: bool = False

    def pieces(self) -> Decimal:
        """The count with ``打`` and ``dozen`` counted as twelve (pairs stay pairs)."""
        return self.number * 12 if self.unit in {"打", "dozen"} else self.number


def parse_quantity(text: str) -> Quantity | None:
    """What ``text``, the whole of it, says about how many; None when it says nothing."""
    folded = " ".join(fold_in_place(text).split())
    if not folded or len(folded) > 40:
        return None
    if folded.isascii():
        return _english(folded)
    if vague := re.fullmatch(rf"({_VAGUE_HAN})({_MEASURE})", folded):
        low = numerals.parse_number(vague[1][0])
        return None if low is None else Quantity(low, vague[2], vague=True)
    match = _HAN_QUANTITY.fullmatch(folded)
    if match is None:
        return None
    number, unit = match["number"], match["unit"] or ""
    if re.search("[几数]", number):
        head = numerals.parse_number(number[:-1]) if len(number) > 1 else None  # 十几: ten at least
        tens = Decimal(20) if number.endswith("十") else Decimal(2)
        return Quantity(head or tens, unit, vague=True)
    value = numerals.parse_number(number)
    if value is None:
        return None
    if match["half"]:
        value += Decimal("0.5")
    return Quantity(
        value, unit or ("个" if number in {"俩", "仨"} else ""), vague=bool(match["more"])
    )


def _english(folded: str) -> Quantity | None:
    if short := re.fullmatch(
        rf"(?:x|qty:? ?)?({numerals.ARABIC}) ?(?:x|({_MEASURE}|{_UNIT_EN}))?", folded
    ):
        return Quantity(Decimal(short[1].replace(",", "")), short[2] or "")
    if folded in {"a few", "few", "several", "some", "a couple"} or folded.startswith("couple"):
        return Quantity(Decimal(2), "", vague=folded not in {"a couple", "couple"})
    if folded in {"a pair", "pair", "a pair of", "one pair"}:
        return Quantity(Decimal(1), "pair")
    match = _ENGLISH_QUANTITY.fullmatch(folded)
    if match is None:
        return None
    words = match["number"].strip()
    value = numerals.parse_number(words)
    return None if value is None else Quantity(value, match["unit"] or "")
