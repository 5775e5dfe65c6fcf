"""Structured logs of all processes: JSON lines, masked, with the conversation's id."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.contextvars import (
    bind_contextvars,
    clear_contextvars,
    get_contextvars,
    merge_contextvars,
)

# Seven to fifteen digits in any grouping; not inside a word, an order number or a decimal. Chinese
# letters are no border: customers write 张伟13800138000.
_PHONE = re.compile(
    r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]-)[+(]{0,2}\d[\d ()-]{5,20}\d(?![A-Za-z0-9_:-]|\.\d)"
    r"|[零〇一二三四五六七八九幺]{7,}"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")

# A street, lane or estate with a house number, and what follows it, in Chinese or English.
_NUMBER = "0-9A-Za-z一二三四五六七八九十百零〇"
_UNIT = "号號弄栋幢棟座室楼樓层層单元單段院户"
_ESTATE = "小区|小區|花园|花園|公寓|大厦|大廈|广场|廣場|中心"
_ADDRESS = re.compile(
    rf"[\u4e00-\u9fff]{{0,20}}?(?:路|街|道|巷|弄|村|镇|鎮|胡同|里|苑|园|園|{_ESTATE})[东西南北中段]?"
    rf"\s*(?:[{_NUMBER}-]{{1,8}}\s*[{_UNIT}]|\d{{1,5}}(?![A-Za-z\d.]))[{_NUMBER}{_UNIT}#-]*"
    rf"(?:[\u4e00-\u9fff]{{1,8}}?(?:{_ESTATE})[{_NUMBER}{_UNIT}#-]*)?"
    r"|(?i:\d+[a-z]?\s+(?:[a-z'.]+\s+){1,3}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|parkway|pkwy)\b\.?"
    r"(?:,?\s*(?:apt|apartment|unit|suite|room|floor|#)\.?\s*\w+)*)"
)
_NEVER_SHOWN = frozenset({"authorization", "token", "password", "secret"})
_PERSONAL = frozenset({"phone", "address", "email", "name"})


def mask(text: str) -> str:
    """``text`` with phone numbers, e-mail and street addresses made unreadable."""
    text = _EMAIL.sub("***@***", text)
    text = _ADDRESS.sub("[address]", text)
    return _PHONE.sub(_hide_phone, text)


def _hide_phone(match: re.Match[str]) -> str:
    found = match.group()
    digits = [letter for letter in found if letter.isdecimal()]
    if not digits:
        return "******"
    if not 7 <= len(digits) <= 15 or _DATE.fullmatch(found):
        return found
    return "******" + "".join(digits[-2:])


def _mask_value(key: str, value: Any) -> Any:
    if key in _NEVER_SHOWN or key in _PERSONAL:
        return "***" if value else value
    if isinstance(value, str):
        return value if key in ("conversation_id", "timestamp") else mask(value)
    if isinstance(value, dict):
        return {inner: _mask_value(str(inner), item) for inner, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask_value(key, item) for item in value]
    return value


Event = MutableMapping[str, Any]


def _mask_event(_logger: Any, _method: str, event: Event) -> Event:
    return {key: _mask_value(key, value) for key, value in event.items()}


_PROCESSORS: list[Any] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def formatter(process: str) -> logging.Formatter:
    """The formatter of every handler: one masked JSON object a line, naming ``process``."""

    def name_process(_logger: Any, _method: str, event: Event) -> Event:
        return {"process": process, **event}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_process,
            _mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ],
    )


def configure(process: str, level: str = "INFO") -> None:
    """Send this process's logs, its libraries' included, to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(process))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def in_conversation(conversation_id: str) -> None:
    """From here on, every line that this task or thread logs carries ``conversation_id``."""
    clear_contextvars()
    bind_contextvars(conversation_id=conversation_id)


def conversation() -> str:
    """The conversation that this task or thread serves; empty: none."""
    return str(get_contextvars().get("conversation_id", ""))


def get(name: str) -> Any:
    """The logger ``name``: ``log.info("order_placed", order_no=…)``."""
    return structlog.get_logger(name)
