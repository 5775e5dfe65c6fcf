"""Customers who talk to a Rasa server over its REST channel, and how long they wait."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from statistics import quantiles

import aiohttp

from bench.contenders import TOKEN

CHAT_LENGTH = 8  # messages of one conversation


@dataclass(frozen=True)
class Waits:
    """Latencies in ms, and messages per second of the whole run."""

    median: float
    p95: float
    p99: float
    per_second: float


def measure_parse(url: str, sentences: list[str]) -> Waits:
    """One request after the other to ``/model/parse``."""
    return asyncio.run(_measure(url, sentences, clients=1, whole=False))


def measure_chat(url: str, sentences: list[str], clients: int) -> Waits:
    """``clients`` customers at once, each waiting for the answer before the next message."""
    return asyncio.run(_measure(url, sentences, clients, whole=True))


async def _measure(url: str, sentences: list[str], clients: int, whole: bool) -> Waits:
    waits: list[float] = []
    shares = [sentences[number::clients] for number in range(clients)]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(
        headers=headers, connector=connector, timeout=timeout
    ) as session:
        begun = time.monotonic()
        await asyncio.gather(*(_customer(session, url, share, whole, waits) for share in shares))
        seconds = time.monotonic() - begun
    cuts = quantiles(waits, n=100, method="inclusive")
    return Waits(cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000, len(waits) / seconds)


async def _customer(
    session: aiohttp.ClientSession, url: str, lines: list[str], whole: bool, waits: list[float]
) -> None:
    for number, line in enumerate(lines):
        if number % CHAT_LENGTH == 0:
            sender = uuid.uuid4().hex
        path, body = (
            ("/webhooks/rest/webhook", {"sender": sender, "message": line})
            if whole
            else (f"/model/parse?token={TOKEN}", {"text": line})
        )
        begun = time.monotonic()
        async with session.post(url + path, json=body) as answer:
            content = await answer.json()
            # An empty answer is a failed message, and quick for the wrong reason.
            if answer.status != 200 or not content:
                raise RuntimeError(f"{answer.status} for {line!r}: {content}")
        waits.append(time.monotonic() - begun)
