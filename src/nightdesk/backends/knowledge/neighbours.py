"""What the knowledge service asks of the other backends, over their contracts.

It answers without them. Asked are they when an entry with placeholders is written, or shown filled
on the editing page; and when the gaps are listed, for what became of the orders. Everything is
``async``: in one process with them it holds no thread that they need for their answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from nightdesk import logs
from nightdesk.backends.knowledge.asked import moment
from nightdesk.backends.knowledge.model import Asked
from nightdesk.certificates import trusted
from nightdesk.merchant.placeholders import Shelf
from nightdesk.merchant.profile import Profile
from nightdesk.placeholders import (
    BRANCH,
    PRODUCT,
    SERVICE,
    SHOP,
    Filled,
    Placeholder,
    Record,
    fill,
)
from nightdesk.settings import Settings

TIMEOUT_S = 5.0
MOST_PLACEHOLDERS = 2000
SUGGESTED = 5
MOST_CONVERSATIONS = 500
AT_ONCE = 8
TRADES = {"order": ("orders", "/orders"), "appointment": ("scheduling", "/appointments")}
_NONSENSE = (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError)

log = logs.get(__name__)


@dataclass
class Records:
    """What placeholders are written from. ``silent``: kinds whose backend gave no answer."""

    shop: Mapping[str, Any] = field(default_factory=dict)
    found: dict[tuple[str, str], Record] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def shelf(self) -> Shelf:
        """What of it exists."""
        known: dict[str, list[str]] = {SHOP: list(self.shop)}
        for kind, code in self.found:
            known.setdefault(kind, []).append(code)
        return Shelf(known, self.near, frozenset(self.silent))

    def fill(self, text: str, language: str) -> Filled:
        """``text`` as it would be said now."""
        return fill(text, language, self._read)

    def _read(self, placeholder: Placeholder) -> Record | None:
        figure = placeholder.figure
        if figure is None:
            return None
        if figure.of == SHOP:
            return self.shop
        return self.found.get((figure.of, placeholder.code))


class Neighbours:
    """The orders and the scheduling backend, and the shop's profile."""

    def __init__(
        self,
        profile: Profile | None = None,
        orders_url: str = "",
        scheduling_url: str = "",
        token: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport``: what answers instead of the network, for tests."""
        self._shop = profile.figures() if profile else {}
        self._urls = {"orders": orders_url, "scheduling": scheduling_url}
        self._headers = {"Authorization": f"Bearer {token}"}
        self._transport = transport

    @classmethod
    def of(cls, settings: Settings, profile: Profile) -> Neighbours:
        """Those that the environment names."""
        token = settings.service_token()
        return cls(profile, settings.orders_url, settings.scheduling_url, token)

    async def read(self, placeholders: Iterable[Placeholder]) -> Records:
        """What ``placeholders`` are written from, and names near those that do not exist."""
        records = Records(self._shop)
        wanted: dict[str, dict[str, None]] = {}
        for placeholder in list(placeholders)[:MOST_PLACEHOLDERS]:
            if figure := placeholder.figure:
                wanted.setdefault(figure.of, {})[placeholder.code] = None
        async with self._client() as client:
            for kind, codes in wanted.items():
                try:
                    if kind == PRODUCT:
                        await self._products(client, list(codes), records)
                    elif kind in (SERVICE, BRANCH):
                        await self._listed(client, kind, records)
                except _NONSENSE as why:
                    log.warning("neighbour_silent", kind=kind, error=repr(why))
                    records.silent.add(kind)
        return records

    async def offers(self, words: str) -> list[tuple[str, Record]]:
        """What an answer may name for ``words``: ``(kind, record)``, the best of each kind."""
        found: list[tuple[str, Record]] = []
        async with self._client() as client:
            for kind, service, path, query in (
                (PRODUCT, "orders", "/products", {"q": words, "limit": SUGGESTED}),
                (SERVICE, "scheduling", "/services", {"q": words, "limit": SUGGESTED}),
                (BRANCH, "scheduling", "/branches", {"near": words, "limit": SUGGESTED}),
            ):
                given = {name: value for name, value in query.items() if value}
                try:
                    listed = _list(await self._get(client, service, path, **given), path[1:])
                except _NONSENSE as why:
                    log.warning("neighbour_silent", kind=kind, error=repr(why))
                    continue
                found += [(kind, record) for record in listed[:SUGGESTED]]
        return found

    async def ended(self, asked: Sequence[Asked]) -> dict[str, bool] | None:
        """By conversation, whether no order (or appointment, where one was being booked) was made
        after the last of its questions; None when a backend does not say.

        The newest ``MOST_CONVERSATIONS`` are asked about.
        """
        last: dict[str, Asked] = {str(one.conversation_id): one for one in asked}
        newest = list(last.values())[-MOST_CONVERSATIONS:]
        at_once = asyncio.Semaphore(AT_ONCE)

        async def without(client: httpx.AsyncClient, one: Asked) -> bool:
            service, path = TRADES[str(one.task)]
            query = {"conversation_id": str(one.conversation_id)}
            async with at_once:
                body = await self._get(client, service, path, **query)
            made = [datetime.fromisoformat(row["created_at"]) for row in _list(body, path[1:])]
            return not any(at >= moment(one) for at in made)

        try:
            async with self._client() as client:
                results = await asyncio.gather(*(without(client, one) for one in newest))
        except _NONSENSE as why:
            log.warning("neighbour_silent", kind="orders", error=repr(why))
            return None
        return {str(one.conversation_id): ended for one, ended in zip(newest, results, strict=True)}

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            headers=self._headers,
            timeout=TIMEOUT_S,
            trust_env=False,
            verify=trusted(),
            transport=self._transport,
        )

    async def _get(self, client: httpx.AsyncClient, service: str, path: str, **query: Any) -> Any:
        """The JSON of a contract's path; None when it says that there is no such thing."""
        answer = await client.get(self._urls[service] + path, params=query)
        if answer.status_code in (404, 422):
            return None
        answer.raise_for_status()
        return answer.json()

    async def _products(self, client: httpx.AsyncClient, skus: list[str], records: Records) -> None:
        for sku in skus:
            path = f"/products/{quote(sku, safe='')}"
            record = await self._get(client, "orders", path) if sku else None
            if record is not None:
                records.found[PRODUCT, sku] = record
                continue
            query = {"q": sku[:64], "limit": SUGGESTED} if sku else {"limit": SUGGESTED}
            listed = _list(await self._get(client, "orders", "/products", **query), "products")
            records.near.setdefault(PRODUCT, []).extend(one["sku"] for one in listed)

    async def _listed(self, client: httpx.AsyncClient, kind: str, records: Records) -> None:
        path = "/services" if kind == SERVICE else "/branches"
        listed = _list(await self._get(client, "scheduling", path, limit=500), path[1:])
        records.found.update({(kind, one["code"]): one for one in listed})


def _list(body: Any, name: str) -> list[dict[str, Any]]:
    """What a search found; nothing when it was refused."""
    return [] if body is None else [dict(one) for one in body[name]]
