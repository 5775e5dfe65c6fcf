"""Customers who talk to a Rasa server over its REST channel, and how long they wait."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import aiohttp

from bench.contenders import TOKEN

CHAT_LENGTH = 8  # messages of one conversation


@dataclass(frozen=True)
class Waits:
    """Latencies in ms, messages per second of the whole run, and how many got no answer."""

    median: float
    p95: float
    p99: float
    per_second: float
    silent: float = 0.0


def measure_parse(url: str, sentences: list[str]) -> Waits:
    """One request after the other to ``/model/parse``."""
    return asyncio.run(_measure(url, sentences, clients=1, whole=False))


def measure_chat(url: str, sentences: list[str], clients: int) -> Waits:
    """``clients`` customers at once, each waiting for the answer before the next message."""
    return asyncio.run(_measure(url, sentences, clients, whole=True))


def parse_all(url: str, sentences: Iterable[str]) -> list[dict[str, Any]]:
    """What the model understands of each sentence."""

    async def ask() -> list[dict[str, Any]]:
        async with aiohttp.ClientSession() as session:
            return [await _post(session, _parse_url(url), {"text": line}) for line in sentences]

    return asyncio.run(ask())


async def _measure(url: str, sentences: list[str], clients: int, whole: bool) -> Waits:
    waits: list[float] = []
    silent: list[str] = []
    shares = [sentences[number::clients] for number in range(clients)]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)

    async def customer(lines: list[str]) -> None:
        sender = ""
        for number, line in enumerate(lines):
            if number % CHAT_LENGTH == 0:
                sender = uuid.uuid4().hex
            begun = time.monotonic()
            if whole:
                body = {"sender": sender, "message": line}
                answer = await _post(session, f"{url}/webhooks/rest/webhook", body)
            else:
                answer = await _post(session, _parse_url(url), {"text": line})
            waits.append(time.monotonic() - begun)
            if not answer:
                silent.append(line)

    async with aiohttp.ClientSession(
        headers=headers, connector=connector, timeout=timeout
    ) as session:
        begun = time.monotonic()
        await asyncio.gather(*map(customer, shares))
        seconds = time.monotonic() - begun
    return summary(waits, seconds, len(silent))


def summary(waits: list[float], seconds: float, silent: int) -> Waits:
    """Of single ``waits`` in seconds, which took ``seconds`` together."""
    cuts = quantiles(waits, n=100, method="inclusive")
    return Waits(cuts[49] * 1e3, cuts[94] * 1e3, cuts[98] * 1e3, len(waits) / seconds, silent)


def _parse_url(url: str) -> str:
    return f"{url}/model/parse?token={TOKEN}"


async def _post(session: aiohttp.ClientSession, url: str, body: dict[str, str]) -> Any:
    async with session.post(url, json=body) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} for {body}: {await answer.text()}")
        return await answer.json()
