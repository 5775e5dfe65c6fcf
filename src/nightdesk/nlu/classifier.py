"""The intent classifier: a thin Rasa component over the intent model."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.nlu.classifier_model import COST, LinearModel
from nightdesk.nlu.features import Utterance

# Changes when this code, or what it reads, learns differently: Rasa then trains again.
VERSION = "4"


def utterance_of(message: Message, missed: float = 0.0, chance: random.Random | None = None) -> Any:
    """What the classifier sees of ``message``; each entity is left out with chance ``missed``.

    In training the entities are those of people, all of them right; in use some are missed. A model
    that always saw them all would trust them too much.
    """
    spans = [
        (entity["start"], entity["end"], entity["entity"])
        for entity in message.get(ENTITIES, [])
        if "start" in entity and (chance is None or chance.random() >= missed)
    ]
    return Utterance.of(message.get(TEXT) or "", spans)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NGramIntentClassifier(IntentClassifier, GraphComponent):
    """Puts ``intent`` and ``intent_ranking`` into a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``missed`` is the share of entities hidden in training, see ``utterance_of``."""
        return {"cost": COST, "missed": 0.3, "ranking_length": 10, "seed": 20}

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
        chance = random.Random(self._config["seed"])
        self._model = LinearModel.learn(
            [utterance_of(message, self._config["missed"], chance) for message in examples],
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
