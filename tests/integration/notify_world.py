"""Places to notify that check what they are sent, and misbehave when a test wants it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections import deque
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote_plus

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff.notices import Box, Notice, Notices
from nightdesk.desk.handoff.notify.configuration import targets
from nightdesk.desk.handoff.notify.sender import NoticeSender
from nightdesk.desk.handoff.notify.target import Target
from nightdesk.desk.model import Conversation, Message
from nightdesk.desk.options import Options
from tests.integration.desk_world import Server

SECRET = "a secret of sixteen and more"


class Clock:
    """The desk's clock: 3 a.m. in Shanghai until a test moves it, and no two looks at it alike."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 19, 0, tzinfo=timezone.utc)

    def now(self, zone: Any = timezone.utc) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment.astimezone(zone)

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


class Places:
    """All platforms on one port. ``moods`` of a place are used up before it behaves.

    ``500``, ``refused`` (a code in a 200 body), ``busy`` (the platform's “too often”), ``later``
    (429 with Retry-After: 120), ``page`` (not the platform's answer), ``slow`` (until ``release``).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.taken: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("wecom", "dingtalk", "feishu", "webhook")
        }
        self.times: dict[str, list[datetime]] = {name: [] for name in self.taken}
        self.moods: dict[str, deque[str]] = {name: deque() for name in self.taken}
        self.tries = dict.fromkeys(self.taken, 0)
        self.release = threading.Event()
        routes = [
            Route("/wecom", self._wecom, methods=["POST"]),
            Route("/dingtalk", self._dingtalk, methods=["POST"]),
            Route("/hook/x", self._feishu, methods=["POST"]),
            Route("/own", self._webhook, methods=["POST"]),
        ]
        self.server = Server(Starlette(routes=routes))

    def environment(self, *names: str) -> dict[str, str]:
        url = self.server.url
        given = {
            "NIGHTDESK_NOTIFY_WECOM": f"{url}/wecom?key=key-of-the-robot",
            "NIGHTDESK_NOTIFY_DINGTALK": f"{url}/dingtalk?access_token=token-of-the-robot",
            "NIGHTDESK_NOTIFY_DINGTALK_SECRET": SECRET,
            "NIGHTDESK_NOTIFY_FEISHU": f"{url}/hook/x",
            "NIGHTDESK_NOTIFY_FEISHU_SECRET": SECRET,
            "NIGHTDESK_NOTIFY_WEBHOOK": f"{url}/own",
            "NIGHTDESK_NOTIFY_WEBHOOK_SECRET": SECRET,
        }
        return {
            variable: value
            for variable, value in given.items()
            if any(name.upper() in variable for name in names or self.taken)
        }

    def keys(self, name: str) -> list[str]:
        """The conversations that the messages link to, in order, with every repeat."""
        return re.findall(r"/desk/(c\d+)", json.dumps(self.taken[name]))

    def told(self, name: str) -> int:
        """Of how many conversations the messages tell, with those that are only counted."""
        texts = [json.dumps(body, ensure_ascii=False) for body in self.taken[name]]
        counts = [re.search(r"有 (\d+) 段对话", text) for text in texts]
        return sum(int(count.group(1)) if count else 1 for count in counts)

    async def _take(self, name: str, body: Any, *, code: str, busy: int) -> Response:
        self.tries[name] += 1
        mood = self.moods[name].popleft() if self.moods[name] else ""
        if mood == "slow":
            while not self.release.is_set():
                await asyncio.sleep(0.01)
        if mood == "500":
            return JSONResponse({}, status_code=500)
        if mood == "later":
            return JSONResponse({code: busy}, status_code=429, headers={"Retry-After": "120"})
        if mood == "page":
            return Response("<h1>It works!</h1>")
        recent = [at for at in self.times[name] if at > self._clock.now() - timedelta(seconds=60)]
        if mood == "busy" or (name in ("wecom", "dingtalk") and len(recent) >= 20):
            return JSONResponse({code: busy, "errmsg": "too often"})
        if mood == "refused":
            return JSONResponse({code: 40058, "errmsg": "no"})
        self.taken[name].append(body)
        self.times[name].append(self._clock.now())
        return JSONResponse({code: 0, "errmsg": "ok"})

    async def _wecom(self, request: Request) -> Response:
        body = await request.json()
        if request.query_params.get("key") != "key-of-the-robot" or body["msgtype"] != "markdown":
            return JSONResponse({"errcode": 93000, "errmsg": "invalid webhook url"})
        if len(body["markdown"]["content"].encode()) > 4096:
            return JSONResponse({"errcode": 40058, "errmsg": "markdown.content exceed max length"})
        return await self._take("wecom", body, code="errcode", busy=45009)

    async def _dingtalk(self, request: Request) -> Response:
        query = dict(pair.split("=", 1) for pair in request.url.query.split("&"))
        timestamp, signature = query.get("timestamp", ""), unquote_plus(query.get("sign", ""))
        key, text = SECRET.encode(), f"{timestamp}\n{SECRET}".encode()
        right = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        fresh = timestamp.isdecimal() and abs(int(timestamp) / 1000 - time.time()) < 3600
        if query.get("access_token") != "token-of-the-robot" or signature != right or not fresh:
            return JSONResponse({"errcode": 310000, "errmsg": "sign not match"})
        return await self._take("dingtalk", await request.json(), code="errcode", busy=130101)

    async def _feishu(self, request: Request) -> Response:
        body = await request.json()
        timestamp = body.get("timestamp", "")
        key = f"{timestamp}\n{SECRET}".encode()
        right = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        fresh = timestamp.isdecimal() and abs(int(timestamp) - time.time()) < 3600
        if body.get("sign") != right or not fresh or "post" not in body["content"]:
            return JSONResponse({"code": 19021, "msg": "sign match fail"})
        return await self._take("feishu", body, code="code", busy=11232)

    async def _webhook(self, request: Request) -> Response:
        body = await request.body()
        given = dict(
            part.split("=", 1) for part in request.headers["x-nightdesk-signature"].split(",")
        )
        signed = given["t"].encode() + b"." + body
        right = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        notice = json.loads(body)
        if given["v1"] != right or request.headers["x-nightdesk-event"] != notice["id"]:
            return JSONResponse({}, status_code=401)
        return await self._take("webhook", notice, code="code", busy=0)


def plain_client() -> httpx.AsyncClient:
    """Made in no time: it reads no certificates."""
    return httpx.AsyncClient(trust_env=False, verify=False)


class Shop:
    """Conversations that need a person, and any number of desks that tell of them."""

    def __init__(self, database: Database, environ: dict[str, str]) -> None:
        self.database = database
        self._environ = environ
        names = [target.name for target in targets(environ, plain_client())]
        self.notices = Notices(names, "https://shop.example")
        with database.write() as session:
            for number in range(100):
                session.merge(
                    Conversation(
                        id=f"c{number}", channel="web", created_at=clock.now(), collected_id=0
                    )
                )

    def keep(self, *numbers: int, **changes: Any) -> None:
        for number in numbers:
            with self.database.write() as session:
                self.notices.keep(session, notice(number, **changes))

    def say(self, number: int, sender: str, text: str) -> int:
        with self.database.write() as session:
            line = Message(conversation_id=f"c{number}", sender=sender, text=text, at=clock.now())
            session.add(line)
            session.flush()
            return int(line.id)

    def sender(
        self, client: httpx.AsyncClient, **options: Any
    ) -> tuple[NoticeSender, list[Target]]:
        places = targets(self._environ, client)
        hurried = Options(**{"sweep": 0.02, "notice_backoff": (5.0, 300.0), **options})
        languages, zone = ("zh", "en"), timezone.utc
        box = Box(self.database)
        return NoticeSender(box, places, client, languages, zone, hurried), places

    def send_due(self, **options: Any) -> int:
        """Send what may be sent now to every place; how many messages were tried."""

        async def run() -> int:
            async with plain_client() as client:
                sender, places = self.sender(client, **options)
                tried = 0
                for place in places:
                    while await sender.send_next(place):
                        tried += 1
                return tried

        return asyncio.run(run())


def notice(number: int, **changes: Any) -> Notice:
    given = {
        "kind": "waiting",
        "reason": "asked",
        "priority": "high",
        "at": clock.now(),
        "summary": [f"张伟 1380013{number:04}", "“要退货”", "机器人答了 2 次"],
    }
    return Notice(conversation_id=f"c{number}", **{**given, **changes})
