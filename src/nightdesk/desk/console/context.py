"""What the console's endpoints share, and who may use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from nightdesk.backends.service import ServiceError
from nightdesk.database import Database
from nightdesk.desk.admin import same_site
from nightdesk.desk.console.accounts import Accounts
from nightdesk.desk.console.backends import Backends
from nightdesk.desk.console.events import Feed
from nightdesk.desk.console.sessions import COOKIE, Sessions, SignedIn
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.handoff.typing import Typing
from nightdesk.desk.misses import Misses
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.passwords import Passwords
from nightdesk.merchant.profile import Profile


@dataclass(frozen=True)
class Context:
    """The parts of one desk process.

    ``profile`` reads the merchant's as it is now; ``kick`` sees to what waits for the bot in a
    conversation.
    """

    database: Database
    accounts: Accounts
    sessions: Sessions
    passwords: Passwords
    misses: Misses
    notifier: Notifier
    owners: Owners
    kick: Callable[[str], None]
    typing: Typing
    feed: Feed
    backends: Backends
    profile: Callable[[], Profile]
    heartbeat: int

    async def agent(self, request: Request) -> SignedIn:
        """A dependency: who asks. Raises ServiceError 401 or 403."""
        same_site(request)
        signed = await run_in_threadpool(self.sessions.read, request.cookies.get(COOKIE, ""))
        if signed is None:
            raise ServiceError(401, "unauthorized", "Please sign in.")
        return signed

    async def supervisor(self, request: Request) -> SignedIn:
        """The same for supervisors and admins."""
        return _allowed(await self.agent(request), "supervisor")

    async def admin(self, request: Request) -> SignedIn:
        """The same for admins."""
        return _allowed(await self.agent(request), "admin")


def _allowed(signed: SignedIn, role: str) -> SignedIn:
    if not signed.person.may(role):
        raise ServiceError(403, "forbidden", f"This is for {role}s.")
    return signed
