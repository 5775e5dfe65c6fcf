"""How many messages a customer needs for a task, beside what a very good clerk would need.

``python -m bench.turns`` opens a shop of its own and prints the table of docs/conversation.md;
``--write`` puts it there. The tasks, and how the customer answers, are in ``turns.yml``.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nightdesk.settings import ROOT
from tests.harness.customer import Customer
from tests.harness.shop import Shop

TASKS = Path(__file__).with_suffix(".yml")
PAGE = ROOT / "docs" / "conversation.md"
MARKS = ("<!-- turns -->\n", "<!-- /turns -->")
LANGUAGES = ("zh", "en")
MOST = 10
"""A customer who has said so much and is not served has gone."""


@dataclass(frozen=True)
class Outcome:
    """``turns``: the customer's messages; None when the task was not completed."""

    task: str
    minimum: int
    language: str
    turns: int | None


def play(customer: Customer, script: Mapping[str, Any]) -> int | None:
    """The messages that ``customer`` needs for ``script``; None when it is not done with them."""
    unused = list(script.get("answers") or ())
    words = str(script["say"])
    for turn in range(1, MOST + 1):
        reply = customer.say(words)
        heard = f"{reply.text}\n{' '.join(reply.buttons)}"
        if re.search(script["done"], heard):
            return turn
        answer = next((one for one in unused if re.search(one["when"], heard)), None)
        if answer is None:
            return None
        unused.remove(answer)
        words = str(answer["say"])
    return None


def measure(shop: Shop, tasks: Mapping[str, Any]) -> Iterator[Outcome]:
    """Plays every task in both languages, each in a shop as it was in the morning."""
    for name, task in tasks.items():
        for language in LANGUAGES:
            shop.reset()
            customer = shop.customer(language)
            before = tasks[task["first"]] if "first" in task else None
            ready = before is None or play(customer, before[language]) is not None
            turns = play(customer, task[language]) if ready else None
            yield Outcome(name, int(task["minimum"]), language, turns)


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as Markdown: one row a task, the sum at the end."""
    rows = ["| task | a clerk | Chinese | English |", "|---|---|---|---|"]
    for name in dict.fromkeys(one.task for one in outcomes):
        own = {one.language: one for one in outcomes if one.task == name}
        said = [str(own[language].turns or "not done") for language in LANGUAGES]
        rows.append(f"| {name} | {own['zh'].minimum} | {' | '.join(said)} |")
    rows.append(
        f"| **completed** | | {' | '.join(_completed(outcomes, one) for one in LANGUAGES)} |"
    )
    sums = [_sum([one for one in outcomes if one.language == language]) for language in LANGUAGES]
    rows.append(f"| **messages, of completed tasks / of a clerk** | | {' | '.join(sums)} |")
    return "\n".join(rows) + "\n"


def _completed(outcomes: list[Outcome], language: str) -> str:
    own = [one for one in outcomes if one.language == language]
    return f"{sum(one.turns is not None for one in own)} of {len(own)}"


def _sum(outcomes: list[Outcome]) -> str:
    done = [one for one in outcomes if one.turns is not None]
    return f"{sum(one.turns or 0 for one in done)} / {sum(one.minimum for one in done)}"


def main() -> None:
    tasks = yaml.safe_load(TASKS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        try:
            shop.open()
            text = table(list(measure(shop, tasks)))
        finally:
            shop.close()
    sys.stdout.write(text)
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(MARKS[0])
        PAGE.write_text(before + MARKS[0] + text + MARKS[1] + rest.split(MARKS[1])[1], "utf-8")


if __name__ == "__main__":
    main()
