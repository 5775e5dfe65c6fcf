"""The intent classifier: a thin Rasa component over the intent model."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.nlu.classifier_model import COST, RAREST, LinearModel
from nightdesk.nlu.component import TrainedComponent
from nightdesk.nlu.features import BY_NAME, VIEWS, Utterance


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
class NGramIntentClassifier(TrainedComponent[LinearModel], IntentClassifier):
    """Puts ``intent`` and ``intent_ranking`` into a message."""

    VERSION = "5"

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``missed`` is the share of entities hidden in training, see ``utterance_of``.

        ``views`` are names out of ``features.VIEWS``; ``rarest``: in how many sentences a feature
        must stand to be kept.
        """
        return {
            "cost": COST,
            "missed": 0.3,
            "views": [view.__name__ for view in VIEWS],
            "rarest": RAREST,
            "ranking_length": 10,
            "seed": 20,
        }

    @staticmethod
    def read(folder: Path) -> LinearModel:
        """The model that ``write`` kept."""
        return LinearModel.open(folder)

    @staticmethod
    def write(learnt: LinearModel, folder: Path) -> None:
        """Keep the model."""
        learnt.save(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        if not examples:
            return self._resource
        chance = random.Random(self._config["seed"])
        model = LinearModel.learn(
            [utterance_of(message, self._config["missed"], chance) for message in examples],
            [message.get(INTENT) for message in examples],
            self._config["cost"],
            [BY_NAME[name] for name in self._config["views"]],
            self._config["rarest"],
        )
        return self._keep(model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message."""
        for message in messages:
            if self._learnt is None or not (message.get(TEXT) or "").strip():
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            chances = self._learnt.probabilities(utterance_of(message))
            best = np.argsort(-chances)[: self._config["ranking_length"]]
            ranking = [
                {"name": self._learnt.labels[at], "confidence": float(chances[at])} for at in best
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
