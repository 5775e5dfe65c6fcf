"""Rasa's way to the action server, over connections that stay open.

Rasa opens a session and a connection for each call. Calls, answers and errors are the same here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

IDLE_S = 3.0
"""An idle connection is closed by us first: Sanic closes it after five seconds, and a call that
leaves in that moment would be lost."""


class OpenEndpoint(EndpointConfig):
    """As :class:`EndpointConfig`; used within one event loop."""

    _session: aiohttp.ClientSession | None = None

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> OpenEndpoint:
        """The same address, credentials and options."""
        return cls(
            endpoint.url,
            endpoint.params,
            endpoint.headers,
            endpoint.basic_auth,
            endpoint.token,
            endpoint.token_name,
            cafile=endpoint.cafile,
            **endpoint.kwargs,
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The one session, left open for the next call."""
        if self._session is None or self._session.closed:
            known = self.basic_auth
            self._session = aiohttp.ClientSession(
                headers=self.headers,
                auth=aiohttp.BasicAuth(known["username"], known["password"]) if known else None,
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_S),
            )
        yield self._session

    async def close(self) -> None:
        """Close what is open; the next call opens it again."""
        if self._session is not None:
            await self._session.close()
