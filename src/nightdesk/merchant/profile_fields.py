"""Takes the values of ``profile.yml`` out of its tree, and reports what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import time
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from nightdesk.merchant import cells
from nightdesk.merchant.currencies import CURRENCIES
from nightdesk.merchant.problems import Findings, Say
from nightdesk.merchant.yaml_tree import Items, Keys, Leaf, Tree

LANGUAGES = ("zh", "en")
_SPAN = re.compile(r"\s*(?:-|–|—|~|〜|至|到)\s*")
T = TypeVar("T")
FILE = "profile.yml"
Span = tuple[time, time]


class Reader:
    """Takes values out of the tree and reports what is wrong with line and key."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def error(self, line: int | None, key: str, what: Say, right: Say) -> None:
        self.findings.error(FILE, line, key, what, right)

    def only_known(self, keys: Keys, known: tuple[str, ...], prefix: str) -> None:
        absent = tuple(name for name in known if name not in keys.values)
        for key in keys.values:
            if key in known:
                continue
            what = Say(f"unknown key {cells.show(key)}", f"没有这个键:{cells.show(key)}")
            report = self.findings.error if cells.nearest(key, absent) else self.findings.warn
            report(FILE, keys.lines[key], prefix + key, what, cells.among(key, absent or known))

    def get(self, keys: Keys, key: str, prefix: str = "", *, optional: bool = False) -> Tree | None:
        value = keys.values.get(key)
        if value is None and not optional:
            self.error(
                None,
                prefix + key,
                Say("the key is missing", "缺少这个键"),
                Say(f"add “{key}: …”", f"请补上“{key}: …”"),
            )
        return value

    def parsed(self, leaf: Tree, key: str, parse: Callable[[str], T], default: T) -> T:
        if not isinstance(leaf, Leaf):
            self.error(
                leaf.line,
                key,
                Say("a single value is expected", "这里应该是单个值"),
                Say("text or a number on one line", "写成一行文字或数字"),
            )
            return default
        try:
            return parse(cells.clean(leaf.text))
        except cells.Wrong as wrong:
            self.error(leaf.line, key, wrong.what, wrong.right)
            return default

    def scalar(
        self,
        keys: Keys,
        key: str,
        parse: Callable[[str], T],
        default: T,
        *,
        optional: bool = False,
        prefix: str = "",
    ) -> T:
        value = self.get(keys, key, prefix, optional=optional)
        if value is None:
            return default
        if isinstance(value, Leaf) and value.text in ("", "~", "null"):
            if not optional:
                self.error(
                    value.line,
                    prefix + key,
                    Say("no value", "没有填写"),
                    Say("a value is needed here", "这里必须填写"),
                )
            return default
        return self.parsed(value, prefix + key, parse, default)

    def texts(
        self, keys: Keys, key: str, parse: Callable[[str], T], prefix: str = ""
    ) -> tuple[T, ...]:
        value = self.get(keys, key, prefix)
        if value is None:
            return ()
        items = value.items if isinstance(value, Items) else (value,)
        nothing: list[T] = []
        found: list[T] = []
        for item in items:
            found += self.parsed(item, prefix + key, lambda text: [parse(text)], nothing)
        return tuple(found)


def span(text: str) -> Span:
    parts = _SPAN.split(unicodedata.normalize("NFKC", text))
    if len(parts) != 2:
        raise cells.Wrong(
            Say(f"not a span of time: {cells.show(text)}", f"不是时间段:{cells.show(text)}"),
            Say("HH:MM-HH:MM, for example 09:00-22:00", "HH:MM-HH:MM,例如 09:00-22:00"),
        )
    start, end = (cells.clock_time(part) for part in parts)
    if end == time(0):
        end = time.max
    if end <= start:
        first, second = f"{start:%H:%M}-24:00", f"00:00-{end:%H:%M}"
        raise cells.Wrong(
            Say(f"ends before it begins: {cells.show(text)}", f"结束早于开始:{cells.show(text)}"),
            Say(
                f"two spans, “{first}” on this day and “{second}” on the next",
                f"过夜的时间写成两段:当天“{first}”,次日“{second}”",
            ),
        )
    return start, end


def timezone(text: str) -> str:
    known = available_timezones()
    if text in known:
        ZoneInfo(text)
        return text
    near = cells.nearest(text, tuple(sorted(known))) or "Asia/Shanghai"
    raise cells.Wrong(
        Say(f"not a time zone: {cells.show(text)}", f"不是时区:{cells.show(text)}"),
        Say(
            f"a name of IANA, perhaps “{near}”",
            f"IANA 时区名,是不是“{near}”?",
        ),
    )


def currency(text: str) -> str:
    usual = {"RMB": "CNY", "¥": "CNY", "人民币": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}
    if text.upper() in CURRENCIES:
        return text.upper()
    raise cells.Wrong(
        Say(f"not a currency: {cells.show(text)}", f"不是货币代码:{cells.show(text)}"),
        Say(
            f"a code of ISO 4217, for example {usual.get(text.upper(), 'CNY')}",
            f"ISO 4217 代码,例如 {usual.get(text.upper(), 'CNY')}",
        ),
    )


def language(text: str) -> str:
    return cells.choice(*LANGUAGES)(text)


def prefix(text: str) -> str:
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,7}", text):
        return text.upper()
    raise cells.Wrong(
        Say(f"not a prefix: {cells.show(text)}", f"不能作前缀:{cells.show(text)}"),
        Say("1 to 8 letters and digits, a letter first", "1 到 8 位字母或数字,字母开头"),
    )


def unique(items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
