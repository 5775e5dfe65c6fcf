"""The demo's shop as a test needs it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from nightdesk.settings import ROOT


def always_open(folder: Path, wait_minutes: int = 5) -> Path:
    """A copy in ``folder`` with people on duty at every hour; a customer waits so long for one."""
    shutil.copytree(ROOT / "merchants" / "qiming", folder)
    profile = folder / "profile.yml"
    text = re.sub(r'\["[0-9:-]+"\]', '["00:00-24:00"]', profile.read_text("utf-8"))
    text = text.replace("escalation:\n", f"escalation:\n  wait_minutes: {wait_minutes}\n", 1)
    profile.write_text(text, "utf-8")
    return folder
