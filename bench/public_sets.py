"""Public intent sets: our classifier, TF-IDF with a linear machine, and stock Rasa, in one run.

``python -m bench.public_sets FOLDER`` takes the sets out of FOLDER, which is no part of the
project: ``banking77``, ``clinc150`` and ``massive_zh_cn``, each with ``train.csv``,
``train_10shot.csv`` and ``test.csv`` (columns ``text`` and ``intent``), as their authors published
them. Ours is the classifier of config.yml without what it knows of a merchant: no entities, so no
view of kinds; what stands in one sentence alone is kept, for the sets are small.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from nightdesk.nlu import evaluation as ev
from nightdesk.nlu.classifier_model import LinearModel
from nightdesk.nlu.evaluate import STOCK
from nightdesk.nlu.features import VIEWS, Utterance, kinds

SETS = {"banking77": "en", "clinc150": "en", "massive_zh_cn": "zh"}

Predict = Callable[[str], str]


@dataclass(frozen=True)
class Sentences:
    """Texts with their intents, in lower case (two files of one set differ in it)."""

    texts: list[str]
    intents: list[str]

    @classmethod
    def of(cls, path: Path) -> Sentences:
        """The rows of a CSV file with the columns ``text`` and ``intent``."""
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return cls([row["text"] for row in rows], [row["intent"].lower() for row in rows])


def ours(train: Sentences) -> Predict:
    """The project's classifier."""
    utterances = [Utterance.of(text) for text in train.texts]
    views = [view for view in VIEWS if view is not kinds]
    model = LinearModel.learn(utterances, train.intents, views=views, rarest=1)
    return lambda text: model.labels[int(model.probabilities(Utterance.of(text)).argmax())]


def tfidf(train: Sentences) -> Predict:
    """What anyone would try first: TF-IDF of words and of letters inside words, linear vectors."""
    weights = make_union(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True),
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
    )
    machine = make_pipeline(weights, LinearSVC(random_state=0)).fit(train.texts, train.intents)
    return lambda text: str(machine.predict([text])[0])


def stock(train: Sentences, language: str, epochs: int) -> Predict:
    """What ``rasa init`` writes, DIET with ``epochs`` passes; Rasa's own number is 100."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = json.loads(json.dumps({**STOCK, "language": language}))
    for part in config["pipeline"]:
        if part["name"] == "DIETClassifier":
            part.update(epochs=epochs, entity_recognition=False)
        if part["name"] == "JiebaTokenizer" and language == "en":
            part["name"] = "WhitespaceTokenizer"
    examples = [
        {"text": text, "intent": intent, "entities": []}
        for text, intent in zip(train.texts, train.intents, strict=True)
    ]
    data = {"rasa_nlu_data": {"common_examples": examples}}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "nlu.json").write_text(json.dumps(data), encoding="utf-8")
        (place / "config.yml").write_text(json.dumps(config), encoding="utf-8")
        made = train_nlu(str(place / "config.yml"), str(place / "nlu.json"), str(place))
        if made is None:
            raise RuntimeError("Rasa trained no model")
        agent = Agent.load(made)
    loop = asyncio.new_event_loop()

    def predict(text: str) -> str:
        ranking = loop.run_until_complete(agent.parse_message(text))["intent_ranking"]
        names = (entry["name"] for entry in ranking if entry["name"] != ev.FALLBACK)
        return str(next(names, ""))

    return predict


def measured(learn: Callable[[Sentences], Predict], train: Sentences, test: Sentences) -> str:
    """Accuracy on ``test``, and the seconds of training."""
    begun = time.perf_counter()
    predict = learn(train)
    seconds = time.perf_counter() - begun
    right = [predict(t) == intent for t, intent in zip(test.texts, test.intents, strict=True)]
    return f"{ev.Share(sum(right), len(right)).value:.1%} ({seconds:.0f} s)"


def rows(folder: Path, names: Sequence[str], few: int, full: int) -> Iterator[str]:
    """The table, a line at a time; stock gets ``few`` epochs of ten shots and ``full`` of all."""
    yield "| set | sentences | ours | TF-IDF, linear SVM | stock Rasa |"
    yield "|---|---|---|---|---|"
    for name in names:
        test = Sentences.of(folder / name / "test.csv")
        for file, epochs in (("train_10shot.csv", few), ("train.csv", full)):
            train = Sentences.of(folder / name / file)
            cells = [measured(ours, train, test), measured(tfidf, train, test)]
            if epochs:
                contender = partial(stock, language=SETS[name], epochs=epochs)
                cells.append(f"{measured(contender, train, test)}, {epochs} epochs")
            else:
                cells.append("not run")
            yield f"| {name} | {len(train.texts)} | {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(prog="bench.public_sets", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the sets are")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--epochs", type=int, default=100, help="of stock on ten shots; 0: leave")
    parser.add_argument(
        "--full-epochs", type=int, default=0, help="of stock on whole sets, some minutes each"
    )
    options = parser.parse_args(list(arguments))
    for row in rows(options.folder, options.sets, options.epochs, options.full_epochs):
        print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
