"""Structured logs of all processes: JSON lines, masked, with the conversation's id."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

_PHONE = re.compile(r"(?<![\w-])(\+?\d[\d -]{4,16}\d)(\d{2})(?![\w-])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# A street, lane or estate with a house number, in Chinese or English.
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff\w]{0,20}?(?:路|街|道|巷|弄|村|镇|小区|大厦)\s*[\w\-一二三四五六七八九十百零]{0,12}"
    r"(?:号|號|弄|栋|幢|座|室|楼|单元)?[\w\-号栋幢座室楼层单元]*"
    r"|\d+[A-Za-z]?\s+(?:[A-Z]\w+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln)\b\.?"
)
_NEVER_SHOWN = frozenset({"authorization", "token", "password", "secret"})
_PERSONAL = frozenset({"phone", "address", "email", "name"})


def mask(text: str) -> str:
    """``text`` with phone numbers, e-mail and street addresses made unreadable."""
    text = _EMAIL.sub("***@***", text)
    text = _ADDRESS.sub("[address]", text)
    return _PHONE.sub(lambda match: "*" * 6 + match.group(2), text)


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
        processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def in_conversation(conversation_id: str) -> None:
    """From here on, every line that this task or thread logs carries ``conversation_id``."""
    clear_contextvars()
    bind_contextvars(conversation_id=conversation_id)


def get(name: str) -> Any:
    """The logger ``name``: ``log.info("order_placed", order_no=…)``."""
    return structlog.get_logger(name)
