"""A Chromium for the browser tests: the machine's, or Debian's when one may install it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BROWSER = "NIGHTDESK_CHROMIUM"
HOW_TO_GET = (
    "The browser tests were SKIPPED: there is no Chromium here. Install one (Debian: "
    "`apt-get install chromium`; macOS: Google Chrome or `brew install --cask chromium`), or name "
    f"its program in {BROWSER}."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The program of a Chromium, or ``None``."""
    if named := os.environ.get(BROWSER):
        return named
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in _MAC if Path(path).exists()), None)


def find_or_install() -> str | None:
    """As :func:`find`; on Debian, as root, Chromium is installed when there is none."""
    if (found := find()) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("$ apt-get install chromium", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL)
        found = find()
    return found
