"""Servers of the tests, each on a port of its own, and patience."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
import uvicorn

PATIENCE = 60.0
"""How many seconds a test waits for what comes in a moment on a machine that has time for it."""


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true value of ``condition``; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"never true within {seconds} s")


structlog.configure(
    processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer()],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


class Server:
    """An application on a port of its own, which is taken at once and answers from ``start`` on."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: uvicorn.Server | None = None

    def start(self) -> None:
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        until(lambda: self._server and self._server.started)

    def ask_to_stop(self) -> None:
        """Begin to stop: several that were asked end in the time of one."""
        if self._server is not None:
            self._server.should_exit = True

    def stop(self) -> None:
        self.ask_to_stop()
        if self._server is not None:
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive(), "the server does not end"
        self._socket.close()
