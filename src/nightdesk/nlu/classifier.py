"""The intent classifier: a linear model over n-gram views, with calibrated confidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from nightdesk.nlu.features import Utterance, Vocabulary

VERSION = "1"


class LinearModel:
    """One-against-rest linear support vectors; confidence by a temperature on their margins."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        labels: Sequence[str],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        temperature: float,
    ) -> None:
        """``weights`` has one row per feature and one column per label."""
        self.vocabulary = vocabulary
        self.labels = list(labels)
        self.weights = weights
        self.bias = bias
        self.temperature = temperature

    @classmethod
    def learn(
        cls, utterances: Sequence[Utterance], intents: Sequence[str], cost: float = 0.3
    ) -> LinearModel:
        """Train on ``utterances``; the temperature fits margins of sentences left out."""
        vocabulary = Vocabulary.learn(utterances)
        rows, wanted = vocabulary.matrix(utterances), np.asarray(intents)
        margins = np.zeros((len(wanted), len(set(intents))))
        for kept, left_out in StratifiedKFold(3, shuffle=True, random_state=0).split(rows, wanted):
            margins[left_out] = _fit(rows[kept], wanted[kept], cost).decision_function(
                rows[left_out]
            )
        machine = _fit(rows, wanted, cost)
        target = np.searchsorted(machine.classes_, wanted)
        temperature = _temperature(margins, target)
        weights = machine.coef_.T.astype(np.float32)
        bias = machine.intercept_.astype(np.float32)
        return cls(vocabulary, list(map(str, machine.classes_)), weights, bias, temperature)

    def probabilities(self, utterance: Utterance) -> NDArray[np.float64]:
        """One probability per label."""
        columns, values = self.vocabulary.vector(utterance)
        margins = values @ self.weights[columns] + self.bias
        return np.asarray(softmax(margins.astype(np.float64) * self.temperature))

    def save(self, folder: Path) -> None:
        """Write the model as JSON and arrays; nothing in it is code."""
        names = [sorted(table, key=table.__getitem__) for table in self.vocabulary.tables]
        about = {"labels": self.labels, "temperature": self.temperature, "features": names}
        (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")
        np.savez(
            folder / "weights.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            idf=self.vocabulary.idf,
        )

    @classmethod
    def open(cls, folder: Path) -> LinearModel:
        """Read what ``save`` wrote."""
        about = json.loads((folder / "model.json").read_text("utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            tables, first = [], 0
            for names in about["features"]:
                tables.append({name: first + at for at, name in enumerate(names)})
                first += len(names)
            return cls(
                Vocabulary(tables, arrays["idf"]),
                about["labels"],
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                about["temperature"],
            )


def _fit(rows: Any, wanted: NDArray[Any], cost: float) -> LinearSVC:
    return LinearSVC(C=cost, random_state=0).fit(rows, wanted)


def _temperature(margins: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """The factor on the margins under which the left-out labels are likeliest."""
    rows = np.arange(len(target))

    def loss(factor: float) -> float:
        return float(-log_softmax(margins * factor, axis=1)[rows, target].mean())

    return float(minimize_scalar(loss, bounds=(0.1, 50.0), method="bounded").x)


def utterance_of(message: Message) -> Utterance:
    """What the classifier sees of a Rasa message."""
    spans = tuple(
        (entity["start"], entity["end"], entity["entity"])
        for entity in message.get(ENTITIES, [])
        if "start" in entity
    )
    return Utterance(message.get(TEXT) or "", spans)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NGramIntentClassifier(IntentClassifier, GraphComponent):
    """Puts ``intent`` and ``intent_ranking`` into a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``cost`` of the support vectors; ``ranking_length`` intents are kept."""
        return {"cost": 0.3, "ranking_length": 10}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
    ) -> None:
        """Untrained unless a ``model`` is given."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NGramIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Changes when this code learns differently, so that Rasa trains again."""
        return VERSION

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        if not examples:
            return self._resource
        self._model = LinearModel.learn(
            [utterance_of(message) for message in examples],
            [message.get(INTENT) for message in examples],
            self._config["cost"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message."""
        for message in messages:
            if self._model is None or not (message.get(TEXT) or "").strip():
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            chances = self._model.probabilities(utterance_of(message))
            best = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [
                {"name": self._model.labels[at], "confidence": float(chances[at])} for at in best
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NGramIntentClassifier:
        """The component as it was trained; an untrained one if it never was."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, LinearModel.open(folder))
        except ValueError:
            return cls(config, model_storage, resource)
