"""Who keeps the shop: one password, a signed cookie, and no request from another site.

The password is kept as an argon2id hash in the data folder. The first one is made when the desk
first starts and stands in ``admin.password``, readable by the owner only, until it is changed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from nightdesk import clock, private
from nightdesk.backends.service import ServiceError
from nightdesk.desk.misses import Door, Misses
from nightdesk.desk.passwords import Passwords, hashed

COOKIE = "nightdesk_admin"
PASSWORD_FILE = "admin.password"
HASH_FILE = "admin.hash"
LIFE_S = 12 * 3600
_SAFE = ("GET", "HEAD", "OPTIONS")


class Password:
    """The one password of the shop, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the first password, unless there is one."""
        if self.kept():
            return
        with private.held(self._folder):
            if not self.kept():
                first = secrets.token_urlsafe(12)
                private.write(self._folder / PASSWORD_FILE, first)
                private.write(self._folder / HASH_FILE, hashed(first))

    def kept(self) -> str:
        """The hash; empty when the file is gone."""
        return private.read(self._folder / HASH_FILE)

    def change(self, new_hash: str) -> None:
        """Set another password. Every session under the old one ends."""
        private.write(self._folder / HASH_FILE, new_hash)
        (self._folder / PASSWORD_FILE).unlink(missing_ok=True)

    def mark(self) -> str:
        """Differs for each password: cookies carry it."""
        return hashlib.sha256(self.kept().encode()).hexdigest()[:16]


class Admin:
    """Signs the keeper of the shop in, and knows the requests of who is signed in."""

    def __init__(self, folder: Path, secret: str, passwords: Passwords, misses: Misses) -> None:
        self.password = Password(folder)
        self.password.prepare()
        self._passwords = passwords
        self._misses = misses
        self._signer = URLSafeSerializer(
            secret,
            salt="nightdesk admin session",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    async def check(self, request: Request, given: str) -> None:
        """Raises ServiceError 401 for a wrong password, 429 after too many."""
        doors = [Door(f"knowledge:{address_of(request)}")]
        await run_in_threadpool(self._misses.knock, doors)
        if not await self._passwords.matches(self.password.kept(), given):
            raise ServiceError(401, "wrong_password", "This is not the password.")
        await run_in_threadpool(self._misses.clear, doors)

    async def change(self, new: str) -> None:
        """Set another password."""
        self.password.change(await self._passwords.hashed(new))

    def sign_in(self, request: Request, response: Response) -> None:
        """Give the browser of ``request`` a session."""
        until = int(clock.now().timestamp()) + LIFE_S
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps([until, self.password.mark()])),
            max_age=LIFE_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )

    def signed_in(self, request: Request) -> bool:
        """Whether the request carries a session that is valid now."""
        try:
            until, mark = self._signer.loads(request.cookies.get(COOKIE, ""))
            return bool(
                until > clock.now().timestamp() and hmac.compare_digest(mark, self.password.mark())
            )
        except (BadData, ValueError, TypeError):
            return False

    def admit(self, request: Request) -> None:
        """A dependency of every protected route. Raises ServiceError 401 or 403."""
        same_site(request)
        if not self.signed_in(request):
            raise ServiceError(401, "unauthorized", "Please sign in.")


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else "unknown"


def same_site(request: Request) -> None:
    """Raises ServiceError 403: a write that another site's page has sent."""
    if request.method in _SAFE:
        return
    here = request.headers.get("host", "")
    if _host_of(request.headers.get("origin", "")) != here.lower():
        raise ServiceError(403, "foreign", "This must be sent from the shop's own page.")


def _host_of(origin: str) -> str | None:
    """The host and port of an ``Origin``; None when it is no URL."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
