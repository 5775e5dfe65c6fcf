"""When not to act on the most likely intent: the message is unreadable, or its meaning unclear.

What is outside the shop's business is an intent of its own, ``out_of_scope``. The two other cases
become Rasa's ``nlu_fallback``, and the message says which in ``fallback``: ``unreadable`` (nothing
to read at all) or ``unclear`` (the likeliest intents follow in the ranking, to be offered).
"""

from __future__ import annotations

import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nightdesk.language.tokens import fold_in_place
from nightdesk.nlu.features_gloss import gloss

UNREADABLE, UNCLEAR = "unreadable", "unclear"


def readable(text: str) -> bool:
    """Whether there is a letter, a digit or a picture that speaks (👍)."""
    letters = [character for character in text if unicodedata.category(character)[0] in "LN"]
    if letters:
        return True
    return bool(gloss(fold_in_place(text))[1])


def unclear(ranking: list[dict[str, Any]], threshold: float, lead: float) -> bool:
    """Whether the likeliest intent is not likely enough, or has not enough lead over the next."""
    if not ranking or ranking[0]["confidence"] < threshold:
        return True
    return len(ranking) > 1 and ranking[0]["confidence"] - ranking[1]["confidence"] < lead


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class HonestFallback(GraphComponent, IntentClassifier):
    """Replaces the intent by ``nlu_fallback`` where acting on it would be guessing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``threshold`` and ``lead`` are probabilities; docs/understanding.md says why these."""
        return {"threshold": 0.6, "lead": 0.1}

    def __init__(self, config: dict[str, Any]) -> None:
        """``config`` as ``get_default_config`` describes it."""
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HonestFallback:
        """The component as configured; nothing is learnt."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message; its ranking keeps what it would have been."""
        for message in messages:
            ranking = list(message.get(INTENT_RANKING_KEY) or [])
            if not readable(message.get(TEXT) or ""):
                _fall_back(message, UNREADABLE, 1.0, [])
            elif unclear(ranking, self._config["threshold"], self._config["lead"]):
                doubt = 1.0 - (ranking[0]["confidence"] if ranking else 0.0)
                _fall_back(message, UNCLEAR, doubt, ranking)
        return messages


def _fall_back(
    message: Message, why: str, confidence: float, ranking: list[dict[str, Any]]
) -> None:
    intent = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": confidence}
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
    message.set("fallback", why, add_to_output=True)
