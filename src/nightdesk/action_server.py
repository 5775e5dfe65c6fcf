"""``python -m nightdesk.action_server``: the SDK's action server, private, with our logs.

Rasa's own command listens on every address; this one on ``private_host`` only.
"""

from __future__ import annotations

import threading
import time

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import BaseHTTPResponse

from nightdesk import logs, settings
from nightdesk.language.address import parse_address

log = logs.get(__name__)


def log_requests(app: Sanic) -> None:
    """Bind each call's conversation to its log lines, and write one line about each call."""

    async def begin(request: Request) -> None:
        request.ctx.begun = time.monotonic()
        if request.path == "/webhook" and isinstance(request.json, dict):
            logs.in_conversation(str(request.json.get("sender_id")))

    async def end(request: Request, response: BaseHTTPResponse) -> None:
        if request.path == "/webhook" and isinstance(request.json, dict):
            taken = time.monotonic() - request.ctx.begun
            log.info(
                "action_ran",
                action=request.json.get("next_action"),
                status=response.status,
                ms=round(taken * 1000, 1),
            )

    app.register_middleware(begin, "request")
    app.register_middleware(end, "response")


def _read_dictionaries() -> None:
    """What the first customer with an address would otherwise wait for, a second or more."""
    parse_address("上海市浦东新区张江路88号")


def main() -> None:
    """Serve the package ``actions`` until a signal ends the process."""
    here = settings.load()
    logs.configure("actions")
    app = create_app("actions")
    log_requests(app)
    log.info("actions_starting", port=here.actions_port)
    threading.Thread(target=_read_dictionaries, daemon=True).start()
    app.run(here.private_host, here.actions_port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
