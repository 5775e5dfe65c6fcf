"""The tokenizer: one token for a Chinese character, a Latin word, a number or another sign."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from nightdesk.language.tokens import fold_in_place, token_spans


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CharacterTokenizer(Tokenizer):
    """Tokens as typed, with the folded form as their lemma.

    No word segmentation: a dictionary's word borders cut names apart (``刘|三发``), and what
    does not end at a token cannot be learnt.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's options of splitting intents, which are not used here."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute of a message."""
        text = message.get(attribute)
        folded = fold_in_place(text)
        return [
            Token(text[start:end], start, end, lemma=folded[start:end])
            for start, end in token_spans(folded)
        ]
