"""The entity extractor: a thin Rasa component over the recogniser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk import clock, settings
from nightdesk.language.catalogue import Catalogue
from nightdesk.nlu.annotated import Example, Span
from nightdesk.nlu.recogniser import as_rasa, recognise
from nightdesk.nlu.tagger import VERSION, Tagger, TaggerOptions, train
from nightdesk.nlu.values import Shop

_SURE = 0.5  # the confidence from which an intent is used
_MODEL, _WORDS = "tagger.crf", "tagger.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class MerchantEntityExtractor(GraphComponent):
    """Finds the seventeen entities of the taxonomy, with the merchant's own words as hints.

    The merchant's folder is read when the component starts and again when a file of it changes; no
    training is needed for a new word or another shop.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``merchant``: the folder, else that of the settings; the rest is ``TaggerOptions``."""
        options = TaggerOptions()
        return {
            "merchant": None,
            "iterations": options.iterations,
            "hide": options.hide,
            "intent": options.intent,
            "seed": options.seed,
        }

    @classmethod
    def required_packages(cls) -> list[str]:
        """What must be installed besides Rasa, under names that are both module and distribution.

        ``pycrfsuite`` is not among them: its distribution is called ``python-crfsuite``, and Rasa
        looks for one name in both places.
        """
        return ["ahocorasick_rs"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The version of the features: a model trained with others cannot be used with these."""
        return VERSION

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MerchantEntityExtractor:
        """An untrained extractor."""
        return cls(config, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        tagger: Tagger | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._tagger = tagger
        folder = Path(config["merchant"] or settings.load().merchant)
        self._catalogue = Catalogue(folder)
        self._shop = Shop.from_folder(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Train the tagger on the annotated examples and store it."""
        examples = [
            Example(
                message.get(TEXT),
                tuple(
                    Span(entity["start"], entity["end"], entity["entity"])
                    for entity in message.get(ENTITIES, [])
                ),
                message.get(INTENT) or "",
            )
            for message in training_data.nlu_examples
            if message.get(TEXT)
        ]
        options = TaggerOptions(
            iterations=self._config["iterations"],
            hide=self._config["hide"],
            intent=self._config["intent"],
            seed=self._config["seed"],
        )
        self._tagger = train(examples, self._catalogue.lexicon, options)
        with self._storage.write_to(self._resource) as folder:
            (folder / _MODEL).write_bytes(self._tagger.model)
            words = json.dumps(self._tagger.state(), ensure_ascii=False)
            (folder / _WORDS).write_text(words, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MerchantEntityExtractor:
        """The extractor with its trained tagger."""
        with model_storage.read_from(resource) as folder:
            state = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            tagger = Tagger.restore((folder / _MODEL).read_bytes(), state)
        extractor = cls(config, model_storage, resource, tagger)
        extractor.process(
            [Message.build(text="中秋来两箱机油")]
        )  # dictionaries load now, not later
        return extractor

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._tagger is None:
                continue
            name = type(self).__name__
            others = [e for e in message.get(ENTITIES, []) if e.get("extractor") != name]
            intent = self._intent(message)
            found = recognise(text, self._tagger, self._catalogue.lexicon, self._shop, intent)
            now = clock.now(self._shop.zone)
            entities = as_rasa(found, text, self._shop, now, name)
            message.set(ENTITIES, others + entities, add_to_output=True)
        return messages

    def _intent(self, message: Message) -> str:
        """The intent that a classifier before this component is sure of, if that is to be used."""
        ranked = message.get(INTENT)
        if not self._config["intent"] or not isinstance(ranked, dict):
            return ""
        sure = (ranked.get("confidence") or 0.0) >= _SURE
        return str(ranked.get("name") or "") if sure else ""
