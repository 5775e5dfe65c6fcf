"""A process's log: what it writes, line by line, kept as JSON in files that do not grow forever."""

from __future__ import annotations

import asyncio
import json
import logging.handlers
from collections import deque
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from nightdesk.logs import mask

MAX_BYTES = 20_000_000
KEPT_FILES = 5


class LogFile:
    """``<path>``, ``<path>.1``, …: every line one JSON object. A context manager."""

    def __init__(self, path: Path, process: str) -> None:
        self.path = path
        self._process = process
        self._tail: deque[str] = deque(maxlen=12)
        self._handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )

    def __enter__(self) -> LogFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handler.close()

    def last(self) -> list[str]:
        """The newest lines, oldest first."""
        return list(self._tail)

    def note(self, event: str, **values: Any) -> None:
        """A line of the supervisor's own."""
        self._write(json.dumps(self._object(event, "supervisor", **values), ensure_ascii=False))

    async def take(self, stream: asyncio.StreamReader) -> None:
        """Keep all lines of ``stream`` until its end."""
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # longer than the stream's limit: dropped up to its end
                continue
            if not line:
                return
            self._write(self._as_json(line.decode("utf-8", "replace").rstrip()))

    def _as_json(self, line: str) -> str:
        """``line`` when our logger wrote it, else wrapped in an object and masked."""
        if line.startswith('{"process": '):
            return line
        wrapped = self._object(mask(line), "output") if line.strip() else None
        return json.dumps(wrapped, ensure_ascii=False) if wrapped else ""

    def _object(self, event: str, logger: str, **values: Any) -> dict[str, Any]:
        return {
            "process": self._process,
            "event": event,
            **values,
            "logger": logger,
            "timestamp": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
        }

    def _write(self, line: str) -> None:
        if line:
            self._tail.append(line)
            self._handler.emit(logging.LogRecord("", 20, "", 0, line, None, None))
