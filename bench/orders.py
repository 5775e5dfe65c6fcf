"""Whole orders through everything: desk, Rasa, the project's own actions and backends."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import aiohttp

from bench.contenders import environment
from bench.load import Waits, summary
from bench.server import running
from nightdesk.running import ports
from nightdesk.settings import ROOT

ORDER = ("你好", "我想买个手机支架", "李小梅", "13912345678", "广州市天河区体育西路103号2栋1801")
CONFIRMATION = "确认下单"
ORDERED = "订单号"


def measure_orders(place: Path, model: Path, conversations: int, clients: int) -> Waits:
    """``clients`` at once, each ordering again and again; ``silent`` are orders without a number.

    Raises:
        RuntimeError: the installation does not start, or refuses a message.
    """
    desk, rasa, actions = ports.free(3)
    flags = ["--data", str(place), "--port", str(desk)]
    flags += ["--rasa-port", str(rasa), "--actions-port", str(actions)]
    limits = {"NIGHTDESK_SESSION_RATE": "100000/1", "NIGHTDESK_MESSAGE_RATE": "100000/1"}
    command = [sys.executable, "-m", "nightdesk", "up", *flags]
    settings = {**environment(), "NIGHTDESK_MODEL": str(model), **limits}
    place.mkdir(parents=True, exist_ok=True)
    with running(
        command, desk, place / "up.log", "/health", cwd=ROOT, environment=settings
    ) as server:
        _until_ready(place / "up.log")
        asyncio.run(_measure(server.url, 2, 2))  # warm, and not counted
        return asyncio.run(_measure(server.url, conversations, clients))


def _until_ready(log: Path, patience: float = 180) -> None:
    begun = time.monotonic()
    while "Ctrl-C" not in log.read_text(encoding="utf-8", errors="replace"):
        if time.monotonic() - begun > patience:
            raise RuntimeError(f"not ready after {patience:.0f} s, see {log}")
        time.sleep(0.2)


async def _measure(url: str, conversations: int, clients: int) -> Waits:
    waits: list[float] = []
    lost: list[int] = []
    numbers = iter(range(conversations))

    async def customer(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            if not await _order(session, url, waits):
                lost.append(number)

    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        begun = time.monotonic()
        await asyncio.gather(*(customer(session) for _ in range(clients)))
        seconds = time.monotonic() - begun
    return summary(waits, seconds, len(lost))


async def _order(session: aiohttp.ClientSession, url: str, waits: list[float]) -> bool:
    """One conversation, whose waits join ``waits``; whether it ended with an order's number."""
    opened = await _post(session, f"{url}/chat/sessions", {"channel": "web", "lang": "zh"}, {})
    headers = {"Authorization": f"Bearer {opened['token']}"}
    said: dict[str, Any] = {}
    for text in (*ORDER, CONFIRMATION):
        buttons = [
            button for one in said.get("messages", ()) for button in one.get("buttons") or ()
        ]
        tapped = [button["payload"] for button in buttons if button["title"] == text]
        body = {"payload": tapped[0]} if tapped else {"text": text}
        begun = time.monotonic()
        said = await _post(
            session,
            f"{url}/chat/messages",
            {**body, "client_message_id": uuid.uuid4().hex},
            headers,
        )
        waits.append(time.monotonic() - begun)
    return any(ORDERED in (one.get("text") or "") for one in said["messages"])


async def _post(
    session: aiohttp.ClientSession, url: str, body: dict[str, str], headers: dict[str, str]
) -> dict[str, Any]:
    async with session.post(url, json=body, headers=headers) as answer:
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status} for {body}: {await answer.text()}")
        content: dict[str, Any] = await answer.json()
        return content
