"""A second opinion on what the model is unsure of, from a chat endpoint of the shop's choosing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import requests
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nightdesk import clock, logs, settings
from nightdesk.nlu.annotated import Span
from nightdesk.nlu.fallback import UNCLEAR
from nightdesk.nlu.opinion import Breaker, Endpoint, Opinion, question, read
from nightdesk.nlu.values import Shop, value

log = logs.get(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SecondOpinion(GraphComponent, IntentClassifier):
    """Behind the fallback: where a message is ``unclear``, takes one intent of the taxonomy.

    Off unless an endpoint is named. Rasa parses inside its event loop, so a question holds up this
    worker: ``seconds`` at most, and after ``failures`` in a row (an answer that took more than half
    the time is one) none is asked for ``rest`` seconds.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``confidence`` is what the intent that is taken counts as."""
        return {
            "url": None,
            "model": None,
            "seconds": 2.0,
            "failures": 3,
            "rest": 60.0,
            "confidence": 0.6,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        """``config`` as ``get_default_config`` describes it."""
        self._endpoint = Endpoint.of(config)
        self._seconds = min(float(config["seconds"]), 2.0)
        self._confidence = float(config["confidence"])
        self._breaker = Breaker(int(config["failures"]), float(config["rest"]))
        if self._endpoint is not None:
            self._shop = Shop.from_folder(Path(settings.load().merchant))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondOpinion:
        """The component as configured; nothing is learnt."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Ask about each message that is unclear."""
        if self._endpoint is None:
            return messages
        for message in messages:
            if message.get("fallback") == UNCLEAR and not self._breaker.open:
                opinion = self._ask(self._endpoint, message)
                if opinion is not None:
                    self._take(opinion, message)
        return messages

    def _ask(self, endpoint: Endpoint, message: Message) -> Opinion | None:
        """The endpoint's opinion; ``None`` if it has none, or none that can be used."""
        text = message.get(TEXT)
        spans = [
            Span(entity["start"], entity["end"], entity["entity"])
            for entity in message.get(ENTITIES, [])
        ]
        begun = time.monotonic()
        try:
            opinion = read(endpoint.complete(question(text, spans), self._seconds), text)
        except (requests.RequestException, ValueError, OSError, RecursionError) as error:
            self._breaker.report(succeeded=False)
            log.warning("second_opinion_failed", error=type(error).__name__)
            return None
        took = time.monotonic() - begun
        self._breaker.report(succeeded=took <= self._seconds / 2)
        log.info("second_opinion", intent=opinion and opinion.intent, seconds=round(took, 2))
        return opinion

    def _take(self, opinion: Opinion, message: Message) -> None:
        intent = {"name": opinion.intent, "confidence": self._confidence}
        others = [
            ranked
            for ranked in message.get(INTENT_RANKING_KEY, [])
            if ranked["name"] not in (opinion.intent, DEFAULT_NLU_FALLBACK_INTENT_NAME)
        ]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
        message.set("fallback", None, add_to_output=True)
        message.set("second_opinion", True, add_to_output=True)
        self._add_entities(opinion, message)

    def _add_entities(self, opinion: Opinion, message: Message) -> None:
        """Those of ``opinion`` that stand where the extractor found nothing."""
        text, entities = message.get(TEXT), list(message.get(ENTITIES, []))
        now = clock.now(self._shop.zone)
        for span in opinion.spans:
            if any(span.start < e["end"] and e["start"] < span.end for e in entities):
                continue
            words = text[span.start : span.end]
            entities.append(
                {
                    "entity": span.entity,
                    "start": span.start,
                    "end": span.end,
                    "text": words,
                    "value": value(span.entity, words, self._shop, now),
                    "extractor": type(self).__name__,
                }
            )
        entities.sort(key=lambda entity: int(entity["start"]))
        message.set(ENTITIES, entities, add_to_output=True)
