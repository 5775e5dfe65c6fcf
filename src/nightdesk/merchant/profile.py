"""``profile.yml``: who the merchant is, when people are on duty, when a person must take over.

Imports no database, so that the action server and the desk can read it.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nightdesk.merchant import cells, yaml_tree
from nightdesk.merchant import profile_fields as fields
from nightdesk.merchant.encoding import read_text
from nightdesk.merchant.problems import Findings, Say
from nightdesk.merchant.profile_fields import FILE, Span
from nightdesk.merchant.yaml_tree import Keys

MAX_BYTES = 1024 * 1024
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = (
    "name_zh",
    "name_en",
    "industry",
    "timezone",
    "currency",
    "languages",
    "agent_hours",
    "escalation",
    "order_no_prefix",
    "hotline",
)
_LIMITS = {
    "failed_turns": (1, 20),
    "failed_of_six": (1, 6),
    "anger": (1, 20),
    "same_reply": (2, 20),
    "same_question": (2, 20),
    "open_tasks": (2, 20),
    "stalled_turns": (2, 100),
    "backend_deadline_s": (1, 3600),
    "bad_rating": (0, 10),
    "wait_minutes": (1, 240),
}
"""The whole numbers of ``escalation``, each with the least and the most it may be."""
_ESCALATION_KEYS = ("keywords", "order_amount", *_LIMITS)


@dataclass(frozen=True)
class Escalation:
    """When a person must take over.

    ``keywords``: words that hand over at once. ``order_amount``: an order of this much, in the
    profile's currency, goes past a person (``None``: never). ``failed_turns``: so many turns in a
    row that were not understood, ``failed_of_six``: so many of the last six. ``anger``: see
    ``tone.anger_over``. ``same_reply``, ``same_question``: so many times the same of the bot.
    ``open_tasks``, ``stalled_turns``: so many begun and not ended, so many turns without a step.
    ``backend_deadline_s``: seconds for which a wish may fail behind the bot. ``bad_rating``: this
    or less. ``wait_minutes``: how long a customer waits before a call-back is promised.
    """

    keywords: tuple[str, ...] = ()
    order_amount: Decimal | None = None
    failed_turns: int = 2
    failed_of_six: int = 3
    anger: int = 3
    same_reply: int = 3
    same_question: int = 3
    open_tasks: int = 3
    stalled_turns: int = 8
    backend_deadline_s: int = 60
    bad_rating: int = 3
    wait_minutes: int = 5


@dataclass(frozen=True)
class Profile:
    """A merchant. ``agent_hours[moment.weekday()]``: the spans of duty of that day, Monday 0.

    A span that ends at midnight ends at ``time.max``; nights are two spans, one on each day.
    """

    name_zh: str
    name_en: str
    industry: str
    timezone: str
    currency: str
    languages: tuple[str, ...]
    agent_hours: dict[int, tuple[Span, ...]] = dataclasses.field(hash=False)
    escalation: Escalation
    order_no_prefix: str
    hotline: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def name(self, lang: str) -> str:
        """The merchant's name for a customer who speaks ``lang``."""
        return (self.name_en or self.name_zh) if lang == "en" else self.name_zh

    def figures(self) -> dict[str, Any]:
        """What answers may be filled with: ``hotline`` and ``agent_hours``, where they are given.

        See ``nightdesk.placeholders``.
        """
        given = {"hotline": self.hotline, "agent_hours": self.agent_hours}
        return {
            name: value
            for name, value in given.items()
            if (any(value.values()) if isinstance(value, dict) else value)
        }

    def on_duty(self, moment: datetime) -> bool:
        """Whether people answer at ``moment`` (aware)."""
        local = moment.astimezone(self.zone)
        return any(start <= local.time() < end for start, end in self.agent_hours[local.weekday()])

    def next_duty(self, moment: datetime) -> datetime | None:
        """When people answer next: ``moment`` itself if they do now, ``None`` if they never do."""
        local = moment.astimezone(self.zone)
        if self.on_duty(local):
            return local
        for days in range(8):
            day = local.date() + timedelta(days=days)
            for start, _end in self.agent_hours[day.weekday()]:
                opening = datetime.combine(day, start, self.zone)
                if opening > local:
                    return opening
        return None

    def next_opening(self, moment: datetime) -> datetime | None:
        """When people are back; ``None`` while they are there, or if they never are."""
        return None if self.on_duty(moment) else self.next_duty(moment)


def load_profile(folder: Path) -> Profile:
    """The profile of the merchant in ``folder``.

    Raises:
        MerchantErrors: it is missing or wrong, with the line and key of every mistake.
    """
    findings = Findings()
    profile = read_profile(Path(folder), findings)
    findings.raise_errors()
    assert profile is not None, "a profile that cannot be read is reported"
    return profile


def read_profile(folder: Path, findings: Findings) -> Profile | None:
    """The profile; ``None`` after reporting what is wrong with it."""
    before = len(findings.errors)
    text = read_text(folder / FILE, findings, MAX_BYTES)
    tree = None if text is None else yaml_tree.parse(FILE, text, findings)
    if tree is None:
        return None
    reader = fields.Reader(findings)
    reader.only_known(tree, _KEYS, "")
    profile = Profile(
        name_zh=reader.scalar(tree, "name_zh", cells.line, ""),
        name_en=reader.scalar(tree, "name_en", cells.line, "", optional=True),
        industry=reader.scalar(tree, "industry", cells.line, "", optional=True),
        timezone=reader.scalar(tree, "timezone", fields.timezone, "UTC"),
        currency=reader.scalar(tree, "currency", fields.currency, "CNY"),
        languages=_languages(reader, tree),
        agent_hours=_agent_hours(reader, tree),
        escalation=_escalation(reader, tree),
        order_no_prefix=reader.scalar(tree, "order_no_prefix", fields.prefix, ""),
        hotline=reader.scalar(tree, "hotline", cells.phone, "", optional=True),
    )
    return profile if len(findings.errors) == before else None


def _languages(reader: fields.Reader, tree: Keys) -> tuple[str, ...]:
    languages = fields.unique(reader.texts(tree, "languages", fields.language))
    if not languages and "languages" in tree.values and not reader.findings.errors:
        reader.error(
            tree.lines["languages"],
            "languages",
            Say("no language", "没有填写语言"),
            Say("[zh] or [zh, en]", "[zh] 或 [zh, en]"),
        )
    return languages


def _agent_hours(reader: fields.Reader, tree: Keys) -> dict[int, tuple[Span, ...]]:
    hours: dict[int, tuple[Span, ...]] = dict.fromkeys(range(7), ())
    value = reader.get(tree, "agent_hours")
    if value is None:
        return hours
    if not isinstance(value, Keys):
        reader.error(
            value.line,
            "agent_hours",
            Say("the days of the week are expected", "这里应按星期填写"),
            Say('for example “mon: ["09:00-18:00"]”', '例如“mon: ["09:00-18:00"]”'),
        )
        return hours
    reader.only_known(value, DAYS, "agent_hours.")
    for weekday, day in enumerate(DAYS):
        if day in value.values:
            spans = sorted(reader.texts(value, day, fields.span, "agent_hours."))
            for (_, end), (start, _) in itertools.pairwise(spans):
                if start < end:
                    reader.error(
                        value.lines[day],
                        f"agent_hours.{day}",
                        Say("two spans overlap", "两段时间重叠"),
                        Say("spans apart from each other", "各段时间不能重叠"),
                    )
            hours[weekday] = tuple(spans)
    return hours


def _escalation(reader: fields.Reader, tree: Keys) -> Escalation:
    value = reader.get(tree, "escalation")
    if value is None:
        return Escalation()
    if not isinstance(value, Keys):
        reader.error(
            value.line,
            "escalation",
            Say("keys are expected", "这里应填写几个键"),
            cells.among("", _ESCALATION_KEYS),
        )
        return Escalation()
    prefix = "escalation."
    reader.only_known(value, _ESCALATION_KEYS, prefix)
    none: Decimal | None = None
    return Escalation(
        keywords=fields.unique(reader.texts(value, "keywords", cells.line, prefix)),
        order_amount=reader.scalar(value, "order_amount", cells.price, none, prefix=prefix),
        **{
            name: reader.scalar(
                value,
                name,
                cells.count(*limits),
                getattr(Escalation, name),
                prefix=prefix,
                optional=name != "failed_turns",
            )
            for name, limits in _LIMITS.items()
        },
    )
