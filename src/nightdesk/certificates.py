"""The certificates that HTTP clients trust, read once a process: each reading takes longer than
most requests."""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx


@lru_cache(maxsize=2)
def trusted(environment: bool = False) -> ssl.SSLContext:
    """What to give a client as ``verify``: Mozilla's certificates, as ``httpx`` trusts.

    ``environment``: those of ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` instead, where either is set.
    """
    return httpx.create_ssl_context(trust_env=environment)
