"""Running an evaluation: a model over files of sentences, and the report of it."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nightdesk import logs
from nightdesk.nlu import evaluation as ev
from nightdesk.nlu.annotated import Example, Span

STOCK = {
    "recipe": "default.v1",
    "language": "zh",
    "assistant_id": "stock",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {
            "name": "CountVectorsFeaturizer",
            "analyzer": "char_wb",
            "min_ngram": 1,
            "max_ngram": 4,
        },
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [{"name": "RulePolicy"}],
}
"""What ``rasa init`` writes, with the tokenizer that Rasa has for Chinese."""


def parser(model: Path) -> Callable[[str], dict[str, Any]]:
    """A function that parses a text with a trained Rasa ``model``, as the server would."""
    from rasa.core.agent import Agent

    logs.configure("evaluate", "WARNING")
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()
    return lambda text: dict(loop.run_until_complete(agent.parse_message(text)))


def answer(example: Example, parsed: dict[str, Any]) -> ev.Answer:
    """What ``parsed`` says, beside what was wanted."""
    ranking = tuple(
        (entry["name"], float(entry["confidence"]))
        for entry in parsed.get("intent_ranking", ())
        if entry["name"] != ev.FALLBACK
    )
    spans = {
        Span(entity["start"], entity["end"], entity["entity"])
        for entity in parsed.get("entities", ())
    }
    acted = (parsed.get("intent") or {}).get("name") not in (None, ev.FALLBACK)
    return ev.Answer(example, ranking, acted, tuple(sorted(spans, key=lambda span: span.start)))


def run(
    parse: Callable[[str], dict[str, Any]], examples: Iterable[Example]
) -> tuple[list[ev.Answer], float]:
    """The answers, and the median milliseconds of one message."""
    answers, times = [], []
    for example in examples:
        begun = time.perf_counter()
        parsed = parse(example.text)
        times.append(time.perf_counter() - begun)
        answers.append(answer(example, parsed))
    return answers, 1000 * statistics.median(times) if times else 0.0


def report(answers: Sequence[ev.Answer], median_ms: float) -> Iterator[str]:
    """The lines of the report."""
    acted = [answer for answer in answers if answer.acted]
    recall, precision = ev.recall_and_precision(answers, "out_of_scope")
    yield f"intent accuracy        {ev.accuracy(answers)}"
    yield f"… when it acts         {ev.accuracy(acted)}"
    yield f"… it acts on           {ev.Share(len(acted), len(answers))}"
    offered = sum(answer.offered for answer in answers)
    yield f"right among first 3    {ev.Share(offered, len(answers))}"
    yield f"out of scope: recall   {recall}"
    yield f"out of scope: precision{precision}"
    yield f"calibration error      {ev.calibration_error(answers):6.3f}"
    yield f"parse, median          {median_ms:6.2f} ms"
    yield "\nby variety"
    yield from (f"  {name:22}{share}" for name, share in _by(answers, "variety"))
    yield "\nby intent"
    yield from (f"  {name:22}{share}" for name, share in _by(answers, "intent"))
    yield "\nthreshold   it acts   and is right"
    for threshold, often, right in ev.coverage(answers):
        yield f"  {threshold:.1f}       {often.value:6.1%}    {right}"
    yield "\nentities, exact span and type: F1 (right, missed, invented)"
    for entity, f1 in ev.entities(answers).items():
        yield f"  {entity:22}{f1.value:6.1%}  ({f1.right}, {f1.missed}, {f1.invented})"
    yield "\nconfusions (wanted → understood)"
    for (wanted, understood), times in ev.confusions(answers)[:20]:
        yield f"  {times:3}  {wanted} → {understood}"


def _by(answers: Sequence[ev.Answer], key: str) -> Iterable[tuple[str, ev.Share]]:
    return ev.by(answers, lambda answer: str(getattr(answer.example, key))).items()


def write_errors(answers: Iterable[ev.Answer], path: Path) -> None:
    """Every wrong answer as a line of TSV: wanted, understood, confidence, variety, text."""
    lines = [
        f"{a.example.intent}\t{a.best}\t{a.confidence:.2f}\t{a.example.variety}\t{a.example.text}\n"
        for a in answers
        if not a.right
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def train_stock(data: Path, domain: Path, models: Path) -> Path:
    """Rasa's own pipeline trained on the same ``data``; some ten minutes the first time."""
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as place:
        config = Path(place) / "config.yml"
        config.write_text(json.dumps(STOCK), encoding="utf-8")
        made = train_nlu(
            str(config), str(data), str(models), fixed_model_name="stock", domain=str(domain)
        )
    if made is None:
        raise RuntimeError("Rasa trained no stock model")
    return Path(made)
