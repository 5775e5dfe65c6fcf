"""Passwords as argon2id hashes, a few at a time: each takes 64 MB and tens of milliseconds."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.concurrency import run_in_threadpool

LEAST_LENGTH = 10
MOST_LENGTH = 200
_AT_ONCE = 2

_hasher = PasswordHasher()
# Of no password: who names an account that is not there waits as long as for a wrong password.
NOBODY = _hasher.hash("nobody")


def hashed(password: str) -> str:
    """What is kept of ``password``. Blocks."""
    return _hasher.hash(password)


def matches(kept: str, given: str) -> bool:
    """Whether ``given`` is the password of which ``kept`` is the hash. Blocks."""
    try:
        return _hasher.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False


class Passwords:
    """The same for one process's requests, ``_AT_ONCE`` at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, password: str) -> str:
        async with self._room:
            return await run_in_threadpool(hashed, password)

    async def matches(self, kept: str, given: str) -> bool:
        async with self._room:
            return await run_in_threadpool(matches, kept, given)
