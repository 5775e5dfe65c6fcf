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
# Words of written Cantonese in the folded (simplified) script; some have two folded forms. The
# copula 系 counts where Mandarin's compounds of it (关系, 系统 …) do not stand.
_CANTONESE = re.compile(
    r"唔(?!知道)|冇|嘅|咗|[嗰𠮶]|哋|喺|嚟|咩|乜|佢|啲|噉|嘢|[㗎𫗱]|啩|瞓|攞|畀|揾|搵|睇|嗌|喐|嘥|喎|掣|揸|佬"
    r"|(?<![关联体派维星直嫡母院])系(?![统列数别谱主里院])"
    r"|边(?:度|个|只|间|款|种|啲|位|日)|[听琴寻]日|[而依]家|几(?:多|时|耐|钱)|点(?:解|样|算|去|计|先|知)"
    r"|得闲|得唔|净系|仲(?:有|未|系|喺|审|响|要|可)|[落柯](?:单|打)|俾(?:我|返|佢|人|翻|埋)|晒(?:你|啦|喇|货|$)"
    r"|返(?:工|嚟|去|俾|畀|屋企)|屋企|老[细世]|倾(?:偈|紧|住)|宜家|埋单|车房|舖头|铺头|早晨|靓"
    r"|[呢果][个度部架种只几边台间张件]|同我|喇$|[呀啦]喇|又话|唔该|雪柜|手尾|平[啲咗]|黎(?![明黄族民])|翻(?:俾|畀)"
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
