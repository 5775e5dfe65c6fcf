"""The language of a message, so that the answer can follow: Mandarin, Cantonese or English."""

from __future__ import annotations

import re
from typing import Any, Literal

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.language.tokens import fold_in_place

Language = Literal["zh", "yue", "en"]

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[a-z]{2,}|\b[aiu]\b")
# Words of written Cantonese in the folded (simplified) script; some have two folded forms.
_CANTONESE = re.compile(
    r"唔(?!知道)|冇|嘅|咗|[嗰𠮶]|哋|喺|嚟|咩|乜|佢|啲|噉|嘢|[㗎𫗱]|啩|瞓|攞|畀|揾|搵|睇|嗌|咪住|喐|吓嘛|嘥"
    r"|系咪|系边|边度|边个|边只|听日|琴日|寻日|而家|依家|几多|几时|点解|点样|点算|点去|得闲|得唔|仲有|仲未"
    r"|落单|俾我|俾返|返工|返嚟|执返|倾偈|宜家|埋单|车房|寄俾|俾人|多谢晒|早晨|靓|嗨|呢个|呢度|呢部"
)


def language(text: str) -> Language:
    """``"en"`` where Latin words outweigh Chinese characters, else ``"yue"`` or ``"zh"``."""
    folded = fold_in_place(text)
    han = len(_HAN.findall(folded))
    latin = len(_LATIN_WORD.findall(folded))
    if latin and (not han or latin > 2 * han):
        return "en"
    return "yue" if _CANTONESE.search(folded) else "zh"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Adds ``language`` to what is known of a message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Nothing is configured and nothing is learnt."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Identify the language of each message."""
        for message in messages:
            message.set("language", language(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training needs no language."""
        return training_data
