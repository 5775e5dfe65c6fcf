"""What the chat page shows before anything was said: the shop's names and first words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from nightdesk.desk import words
from nightdesk.merchant.profile import Profile, load_profile


def shop(folder: Path) -> dict[str, Any]:
    """The shop in the merchant's ``folder``.

    Raises:
        MerchantErrors: the profile is missing or wrong.
    """
    return describe(current(folder))


def current(folder: Path) -> Profile:
    """The profile in ``folder``; an edit shows at the next call.

    Raises:
        MerchantErrors: it is missing or wrong.
    """
    file = folder / "profile.yml"
    return _profile(folder, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=4)
def _profile(folder: Path, _changed: int) -> Profile:
    return load_profile(folder)


def describe(profile: Profile) -> dict[str, Any]:
    """``profile`` as the widget needs it, in the languages that both speak."""
    languages = [code for code in profile.languages if code in words.LANGUAGES] or ["zh"]
    names = {code: profile.name(code) for code in languages}
    return {
        "name": names,
        "languages": languages,
        "greeting": {code: words.say("greeting", code, name=names[code]) for code in languages},
        "quick_replies": {code: list(words.QUICK_REPLIES[code]) for code in languages},
        "hotline": profile.hotline,
    }
