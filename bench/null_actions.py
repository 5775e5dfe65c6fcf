"""An action server that does nothing at once, so that what is measured is Rasa's process."""

from __future__ import annotations

import sys

from aiohttp import web

ANSWER = {"events": [], "responses": [{"text": "好的"}]}


async def act(_request: web.Request) -> web.Response:
    return web.json_response(ANSWER)


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def main(port: int) -> None:
    """Listen on loopback until a signal."""
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/webhook", act)
    app.router.add_get("/health", health)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
