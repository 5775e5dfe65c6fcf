"""How much each contender understands of sentences that no training has seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.load import parse_all
from nightdesk.nlu import evaluation as ev
from nightdesk.nlu.annotated import read_tsv
from nightdesk.nlu.evaluate import answer
from nightdesk.settings import ROOT

HELD_OUT = ROOT / "tests" / "data" / "nlu" / "dev.tsv"


@dataclass(frozen=True)
class Understanding:
    """``intents``: the likeliest is right, whatever its confidence; ``entities``: F1 of spans."""

    intents: ev.Share
    acted: ev.Share
    right_when_acting: ev.Share
    entities: ev.F1


def measure_understanding(url: str, held_out: Path = HELD_OUT) -> Understanding:
    """Of the model that is served at ``url``."""
    examples = list(read_tsv([held_out]))
    parsed = parse_all(url, (example.text for example in examples))
    answers = [answer(example, one) for example, one in zip(examples, parsed, strict=True)]
    acted = [one for one in answers if one.acted]
    return Understanding(
        ev.accuracy(answers),
        ev.Share(len(acted), len(answers)),
        ev.accuracy(acted),
        ev.entities(answers)["all"],
    )
