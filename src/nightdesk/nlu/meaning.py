"""A judge of meaning: what n-grams are unsure of is judged by what the sentence means as well.

The n-grams know the words they were taught; the encoder (``meaning.sentences``) was taught by
others in sixteen languages, and reads 还能退吗 and "can i send it back" alike. It costs 5 ms, so
only a message that the classifier gives less than ``below`` is put to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.special import log_softmax, softmax

from nightdesk.meaning import sentences
from nightdesk.meaning.regression import softmax_regression
from nightdesk.nlu.component import TrainedComponent
from nightdesk.nlu.features import LONGEST_READ

_BATCH = 256
_LEAST = 1e-9  # the chance of an intent that is ranked with none


class MeaningModel:
    """Softmax regression from a sentence's vector to an intent."""

    def __init__(
        self, labels: Sequence[str], weights: sentences.Floats, bias: sentences.Floats
    ) -> None:
        """``weights`` has one row per number of a vector and one column per label."""
        self.labels = list(labels)
        self.weights = weights
        self.bias = bias

    @classmethod
    def learn(cls, texts: Sequence[str], intents: Sequence[str]) -> MeaningModel:
        """Train on ``texts``; the encoder must be ``available``."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # alike in length: faster
        rows = np.zeros((len(texts), sentences.SIZE), np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            rows[batch] = sentences.encode([texts[at][:LONGEST_READ] for at in batch])
        labels, owners = np.unique(np.asarray(intents), return_inverse=True)
        weights, bias = softmax_regression(rows, owners, len(labels))
        return cls(list(map(str, labels)), weights, bias)

    def log_chances(self, text: str) -> dict[str, float]:
        """The logarithm of each intent's probability."""
        (vector,) = sentences.encode([text[:LONGEST_READ]])
        chances = log_softmax((vector @ self.weights + self.bias).astype(np.float64))
        return dict(zip(self.labels, map(float, chances), strict=True))

    def save(self, folder: Path) -> None:
        """Write the model as JSON and arrays; nothing in it is code."""
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(folder / "weights.npz", weights=self.weights, bias=self.bias)

    @classmethod
    def open(cls, folder: Path) -> MeaningModel:
        """Read what ``save`` wrote."""
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            return cls(labels, arrays["weights"], arrays["bias"])


def judged(
    ranking: Sequence[dict[str, Any]], meant: dict[str, float], weight: float
) -> list[dict[str, Any]]:
    """``ranking`` by the product of its probabilities and those ``meant``, to the ``weight``."""
    names = [entry["name"] for entry in ranking]
    first = np.log(np.maximum([entry["confidence"] for entry in ranking], _LEAST))
    second = np.array([meant.get(name, np.log(_LEAST)) for name in names])
    chances: NDArray[np.float64] = softmax(first + weight * second)
    return [
        {"name": names[at], "confidence": float(chances[at])}
        for at in np.argsort(-chances, kind="stable")
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MeaningJudge(TrainedComponent[MeaningModel], IntentClassifier):
    """Behind the classifier: ranks anew the intents of a message that it is unsure of."""

    VERSION = "1"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``below``: the confidence from which the classifier is believed alone.

        ``weight``: the exponent of the judge's probabilities, that of the classifier's being 1.
        """
        return {"below": 0.8, "weight": 0.7}

    @staticmethod
    def read(folder: Path) -> MeaningModel:
        """The model that ``write`` kept; the encoder is loaded now, not at the first message."""
        if sentences.available():
            sentences.encode(["你好"])
        return MeaningModel.open(folder)

    @staticmethod
    def write(learnt: MeaningModel, folder: Path) -> None:
        """Keep the model."""
        learnt.save(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent; nothing, where there is no encoder."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        if not examples or not sentences.available():
            return self._resource
        texts = [message.get(TEXT) for message in examples]
        return self._keep(MeaningModel.learn(texts, [message.get(INTENT) for message in examples]))

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message that the classifier ranked without being sure."""
        if self._learnt is None or not sentences.available():
            return messages
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY)
            if ranking and ranking[0]["confidence"] < self._config["below"]:
                meant = self._learnt.log_chances(message.get(TEXT))
                ranking = judged(ranking, meant, self._config["weight"])
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
