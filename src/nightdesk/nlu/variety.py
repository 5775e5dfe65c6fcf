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
# copula 系 counts where Mandarin's compounds of it (关系, 系统 …) do not stand, 点 (how) where no
# hour does.
_CANTONESE = re.compile(
    r"唔(?!知道)|嘅|咗|[嗰𠮶]|哋|喺|嚟|乜|佢|啲|噉|咁|嘢|[㗎𫗱]|啩|瞓|攞|畀|俾|揾|搵|睇|嗌|喐|嘥|喎|揸"
    r"|啱|谂|掟|悭|嗱|攰|嬲|掂(?!量)|噃|嘈|嚿|抦|矇|痴线|呃(?:人|秤)|甩(?:皮|咗|晒|色|漆|底|线|胶)"
    r"|(?<!大)佬|(?<![关联体派维星直嫡母院色])系(?![统列数别谱主里院])"
    r"|边(?:度|个(?!.*边)|只|间|款|种|啲|位|日|支|张)|[听琴寻](?:日|晚|朝)|[而依]家|几(?:耐|抵|靓)"
    r"|点解|(?<![0-9一二三四五六七八九十两几晚早快慢迟差有])点(?:样|算|计|去|知|整|用|食|做|交)"
    r"|得唔|净系|仲(?![裁介秋夏冬春尼景])|[落柯](?:单|打)|晒(?:你|啦|喇|货|$)"
    r"|返(?:嚟|去|俾|屋企)|屋企|老细|倾(?:偈|紧|住)|朝早|细路|成日"
    r"|[呢果][个度部架种只几边台间张件支对条]|同我|喇[!,。!~]*$|[呀啦]喇|又话|雪柜|手尾|平[啲咗]"
    r"|黎(?![明黄族民])|翻(?:俾|畀)|靓"
    r"|[加同合包买做写影寄换打送要]埋|[转加送换变开印补写改留约做打直好收]返(?!回)"
    r"|^(?:部(?![分门队件])|架(?=[车跑])|张(?=[单卡票床飞])|对(?=[鞋袜耳])|只(?=[猫狗手表机]))"
    r"|[走等停食问睇谢]先[啦喇]?$|未[呀啊]?[??]?$|[0-9十百千几]蚊"
)
# Words that other dialects share: 冇 is said in Henan too, 几时 in Shanghai.
_SHARED = re.compile(
    r"冇|咩|掣|得闲|几(?:多|时|钱)|^早晨|早晨[呀啊!,]*$|返工|宜家|埋单|车房|[舖铺]头|老世|唔该"
)
_SHANGHAI = re.compile(r"唔笃|侬|弗|阿拉|伊拉")
_ELSEWHERE = re.compile(r"[俺恁嘞侬阮汝]|伊|弗|勿|吾|唔笃|啥|咋|噻|格是|乃")


def language(text: str) -> Language:
    """``"en"`` where Latin words outweigh Chinese characters, else ``"yue"`` or ``"zh"``."""
    folded = fold_in_place(text)
    han = len(_HAN.findall(folded))
    latin = len(_LATIN_WORD.findall(folded))
    if latin and (not han or latin > 2 * han):
        return "en"
    if _CANTONESE.search(folded) and not _SHANGHAI.search(folded):
        return "yue"
    return "yue" if _SHARED.search(folded) and not _ELSEWHERE.search(folded) else "zh"


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
