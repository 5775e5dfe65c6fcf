"""What the Chatwoot and the Zammad of the tests have in common: they lose answers when told to."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nightdesk.desk.handoff.workplace.workplace import Workplace
from tests.integration.desk_world import Server

TOKEN, SECRET = "token-of-the-desk", "secret of the webhooks"
LI, WANG = (7, "小李"), (8, "小王")
DESK = 1
"""The user whose token the desk has."""


class Elsewhere:
    """What both have in common. ``moods``, one a request: ``500`` does nothing, ``lost`` does it
    and loses the answer, ``ok``. ``down``: no request does anything.
    """

    name: str

    def __init__(self) -> None:
        self.cases: dict[int, dict[str, Any]] = {}
        self.lines: dict[int, list[dict[str, Any]]] = {}
        self.moods: deque[str] = deque()
        self.down = False
        self.requests = 0
        self._ids = iter(range(100, 10_000))
        self.server = Server(Starlette(routes=self.routes()))

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def workplace(self, client: httpx.AsyncClient) -> Workplace:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {
            "NIGHTDESK_AGENT_DESK": self.name,
            "NIGHTDESK_AGENT_DESK_URL": self.server.url,
            "NIGHTDESK_AGENT_DESK_TOKEN": TOKEN,
            "NIGHTDESK_AGENT_DESK_SECRET": SECRET,
            "NIGHTDESK_AGENT_DESK_ACCOUNT": "1",
            "NIGHTDESK_AGENT_DESK_INBOX": "3",
            "NIGHTDESK_AGENT_DESK_GROUP": "Night",
        }

    def route(self, path: str, do: Any, method: str) -> Route:
        async def answer(request: Request) -> Response:
            self.requests += 1
            if not self.admits(request):
                return JSONResponse({"error": "Invalid Access Token"}, status_code=401)
            mood = self.moods.popleft() if self.moods else "ok"
            if self.down or mood == "500":
                return JSONResponse({"error": "down"}, status_code=500)
            body = json.loads(await request.body() or b"{}")
            status, content = do(request, body)
            if mood == "lost":
                return JSONResponse({"error": "gateway"}, status_code=502)
            return JSONResponse(content, status_code=status)

        return Route(path, answer, methods=[method])

    def admits(self, request: Request) -> bool:
        raise NotImplementedError

    def only(self) -> int:
        """The id of the one case there is."""
        assert len(self.cases) == 1, self.cases
        return next(iter(self.cases))

    def next_id(self) -> int:
        return next(self._ids)
