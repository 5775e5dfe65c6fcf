"""The entity extractor: a thin Rasa component over the recogniser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk import clock, settings
from nightdesk.language.catalogue import Catalogue
from nightdesk.nlu.annotated import Example, Span
from nightdesk.nlu.component import TrainedComponent
from nightdesk.nlu.recogniser import as_rasa, recognise
from nightdesk.nlu.tagger import VERSION, Tagger, TaggerOptions, train
from nightdesk.nlu.values import Shop

_SURE = 0.5  # the confidence from which an intent is used
_MODEL, _WORDS = "tagger.crf", "tagger.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class MerchantEntityExtractor(TrainedComponent[Tagger]):
    """Finds the seventeen entities of the taxonomy, with the merchant's own words as hints.

    The merchant's folder is read when the component starts and again when a file of it changes; no
    training is needed for a new word or another shop.
    """

    VERSION = VERSION

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

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        learnt: Tagger | None = None,
    ) -> None:
        """Reads the merchant's folder; parses once, so that dictionaries load now, not later."""
        super().__init__(config, storage, resource, learnt)
        folder = Path(config["merchant"] or settings.load().merchant)
        self._catalogue = Catalogue(folder)
        self._shop = Shop.from_folder(folder)
        self.process([Message.build(text="中秋来两箱机油")])

    @staticmethod
    def read(folder: Path) -> Tagger:
        """The tagger that ``write`` kept."""
        state = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        return Tagger.restore((folder / _MODEL).read_bytes(), state)

    @staticmethod
    def write(learnt: Tagger, folder: Path) -> None:
        """Keep the tagger: its CRF and its words."""
        (folder / _MODEL).write_bytes(learnt.model)
        words = json.dumps(learnt.state(), ensure_ascii=False)
        (folder / _WORDS).write_text(words, encoding="utf-8")

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
        return self._keep(train(examples, self._catalogue.lexicon, options))

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._learnt is None:
                continue
            name = type(self).__name__
            others = [e for e in message.get(ENTITIES, []) if e.get("extractor") != name]
            intent = self._intent(message)
            found = recognise(text, self._learnt, self._catalogue.lexicon, self._shop, intent)
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
