"""Numbers that customers read out and that cannot be guessed from one another."""

from __future__ import annotations

import secrets
import unicodedata

# Crockford's base 32: no I, L, O or U, which are misread or misheard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_MISREAD = str.maketrans("OIL", "011")


def new(prefix: str) -> str:
    """``prefix`` and ten random characters (50 bits): ``AP7K3M9QX2TB``."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(text: str) -> str:
    """A number as it is stored, of one that somebody typed: case, width, spaces, O for 0."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(character for character in plain if character.isalnum())
    return plain[:-LENGTH] + plain[-LENGTH:].translate(_MISREAD)
