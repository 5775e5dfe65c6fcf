"""One character for each syllable as many people hear it: ``zh``=``z``, ``n``=``l``, "
"``ing``=``in``."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[\u4e00-\u9fff]")
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("hu", "fu"))
_PRIVATE = 0xE000


class _Keys(dict[int, str]):
    """Character → one private-use character per merged syllable; other characters stay."""

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}

    def known(self, syllable: str) -> str | None:
        """The key of a merged syllable that some character had, else None."""
        return self._syllables.get(syllable)

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if _HAN.match(character):
            syllable = merged(lazy_pinyin(character, style=Style.NORMAL)[0])
            key = self._syllables.setdefault(syllable, chr(_PRIVATE + len(self._syllables)))
        else:
            key = character
        self[code] = key
        return key


def merged(syllable: str) -> str:
    """A toneless pinyin syllable with the sounds that typists and recognisers mix up made one."""
    for initial, plain in _INITIALS:
        if syllable.startswith(initial):
            syllable = plain + syllable[len(initial) :]
            break
    return re.sub(r"(?<=[aei])ng$", "n", syllable)


_KEYS = _Keys()


def syllable_key(spelled: str) -> str | None:
    """The key of a syllable written in letters; None if no character met so far sounds so."""
    return _KEYS.known(merged(spelled))


def syllable_keys(folded: str) -> str:
    """A folded text with each Chinese character replaced by the key of its syllable; same "
    "length."""
    return folded.translate(_KEYS)
