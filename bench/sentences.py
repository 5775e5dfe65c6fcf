"""The sentences that the customers of a benchmark say: the project's own, drawn evenly."""

from __future__ import annotations

import random
import re
from pathlib import Path

import yaml

from nightdesk.settings import ROOT

_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def sentences(count: int, seed: int = 20261123, data: Path = ROOT / "data" / "nlu") -> list[str]:
    """``count`` sentences over all intents and varieties, the same ones for the same ``seed``."""
    found = sorted(
        {
            _ANNOTATION.sub(r"\1", line.removeprefix("- ").strip())
            for path in data.rglob("*.yml")
            for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ())
            if "intent" in block
            for line in block["examples"].splitlines()
            if line.strip()
        }
    )
    if not found:
        raise ValueError(f"there is no sentence under {data}")
    return random.Random(seed).choices(found, k=count)
