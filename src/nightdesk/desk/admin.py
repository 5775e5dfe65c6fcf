"""Who keeps the shop: one password, a signed cookie, and no request from another site.

The password is kept as an argon2id hash in the data folder. The first one is made when the desk
first starts and stands in ``admin.password``, readable by the owner only, until it is changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import os
import secrets
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from nightdesk import clock
from nightdesk.backends.service import ServiceError

COOKIE = "nightdesk_admin"
PASSWORD_FILE = "admin.password"
HASH_FILE = "admin.hash"
LIFE_S = 12 * 3600
LEAST_LENGTH = 10
MOST_LENGTH = 200
MISSES, LOCKED_S = 5, 15 * 60.0
_SAFE = ("GET", "HEAD", "OPTIONS")


class Password:
    """The one password of the shop, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hasher = PasswordHasher()

    def prepare(self) -> None:
        """Make the first password, unless there is one."""
        if (self._folder / HASH_FILE).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        first = secrets.token_urlsafe(12)
        _write(self._folder / PASSWORD_FILE, first)
        _write(self._folder / HASH_FILE, self._hasher.hash(first))

    def right(self, given: str) -> bool:
        """Whether ``given`` is the password. Takes tens of milliseconds on purpose."""
        try:
            kept = (self._folder / HASH_FILE).read_text("ascii")
            return self._hasher.verify(kept, given)
        except (VerificationError, InvalidHashError, OSError):
            return False

    def change(self, new: str) -> None:
        """Set another password. Every session under the old one ends."""
        _write(self._folder / HASH_FILE, self._hasher.hash(new))
        (self._folder / PASSWORD_FILE).unlink(missing_ok=True)

    def mark(self) -> str:
        """Differs for each password: cookies carry it."""
        kept = (self._folder / HASH_FILE).read_bytes()
        return hashlib.sha256(kept).hexdigest()[:16]


def _write(path: Path, content: str) -> None:
    """Replace a file at once, readable by its owner only."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
    part.replace(path)


class Lock:
    """After ``MISSES`` misses within ``LOCKED_S`` an address must wait until they are so old."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._misses: dict[str, deque[float]] = {}

    def wait(self, address: str) -> float:
        """Seconds for which ``address`` is locked out, or 0."""
        misses = self._recent(address)
        return misses[0] + LOCKED_S - self._now() if len(misses) >= MISSES else 0.0

    def miss(self, address: str) -> None:
        self._misses[address] = self._recent(address)
        self._misses[address].append(self._now())

    def clear(self, address: str) -> None:
        self._misses.pop(address, None)

    def _recent(self, address: str) -> deque[float]:
        past = self._now() - LOCKED_S
        return deque((at for at in self._misses.get(address, ()) if at > past), maxlen=MISSES)


class Admin:
    """Signs the keeper of the shop in, and knows the requests of who is signed in."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.password = Password(folder)
        self.password.prepare()
        self._lock = Lock()
        self._checking = asyncio.Semaphore(2)  # a hash takes 64 MB
        self._signer = URLSafeSerializer(
            secret,
            salt="nightdesk admin session",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    async def check(self, request: Request, given: str) -> None:
        """Raises ServiceError 401 for a wrong password, 429 after too many."""
        address = request.client.host if request.client else "unknown"
        if wait := self._lock.wait(address):
            seconds = math.ceil(wait)
            raise ServiceError(429, "locked", "Too many wrong passwords.", seconds=seconds)
        self._lock.miss(address)  # counted first, so that many at once are not free
        async with self._checking:
            right = await run_in_threadpool(self.password.right, given)
        if not right:
            raise ServiceError(401, "wrong_password", "This is not the password.")
        self._lock.clear(address)

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
        except (BadData, ValueError, TypeError, OSError):
            return False

    def admit(self, request: Request) -> None:
        """A dependency of every protected route. Raises ServiceError 401 or 403."""
        same_site(request)
        if not self.signed_in(request):
            raise ServiceError(401, "unauthorized", "Please sign in.")


def same_site(request: Request) -> None:
    """Raises ServiceError 403: a write that another site's page has sent."""
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    here = request.headers.get("host", "")
    if origin is None or urlsplit(origin).netloc.lower() != here.lower():
        raise ServiceError(403, "foreign", "This must be sent from the shop's own page.")
