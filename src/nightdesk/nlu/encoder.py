"""Features from a pretrained sentence encoder, for machines that can have one.

The encoder is a folder as model hubs offer it: ``tokenizer.json`` and ``model.onnx`` (or
``onnx/model.onnx``) whose first output is the last hidden state. Only ``config.encoder.yml`` uses
it; ``onnxruntime`` and ``tokenizers`` are imported when such a model is trained or loaded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.settings import ROOT

Matrix = NDArray[np.float32]
Offsets = Sequence[tuple[int, int]]
_BATCH = 32


class OnnxEncoder:
    """A transformer encoder with its tokenizer, on one core and without TensorFlow or PyTorch."""

    def __init__(self, folder: Path, longest: int) -> None:
        """Load ``folder``; texts are cut after ``longest`` pieces.

        Raises:
            RasaException: a package is not installed.
            InvalidConfigException: the folder holds no encoder.
        """
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise RasaException(
                f"the sentence encoder needs the package {error.name!r}: "
                "`uv pip install onnxruntime tokenizers` (docs/understanding.md)"
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(_model_file(folder)), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> list[tuple[Matrix, Offsets]]:
        """For each text the vectors of its pieces, and where each stands in the text.

        Pieces that stand for no letter (beginning, end) are ``(0, 0)``.
        """
        rows = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([row.ids for row in rows], np.int64),
            "attention_mask": np.array([row.attention_mask for row in rows], np.int64),
            "token_type_ids": np.array([row.type_ids for row in rows], np.int64),
        }
        states = self._session.run(
            None, {name: array for name, array in given.items() if name in self._inputs}
        )[0]
        if states.ndim != 3:
            raise InvalidConfigException(
                f"the encoder's first output has shape {states.shape}, not texts × pieces × width"
            )
        found: list[tuple[Matrix, Offsets]] = []
        for row, state in zip(rows, states, strict=True):
            kept = np.array(row.attention_mask, bool)
            offsets = [at for at, keep in zip(row.offsets, kept, strict=True) if keep]
            found.append((np.asarray(state[kept], np.float32), offsets))
        return found


def _model_file(folder: Path) -> Path:
    files = [folder / "model.onnx", folder / "onnx" / "model.onnx"]
    model = next((file for file in files if file.is_file()), None)
    if model is None or not (folder / "tokenizer.json").is_file():
        raise InvalidConfigException(
            f"no sentence encoder in {folder}: model.onnx and tokenizer.json are needed"
        )
    return model


def pooled(pieces: Matrix, pooling: str) -> Matrix:
    """One vector of length 1 for a text: the mean of its pieces, or its first (``cls``)."""
    vector = pieces[:1] if pooling == "cls" else pieces.mean(axis=0, keepdims=True)
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)


def per_token(pieces: Matrix, offsets: Offsets, tokens: Offsets) -> Matrix:
    """For each token the mean of the pieces that overlap it; nothing but 0 where none does."""
    result = np.zeros((len(tokens), pieces.shape[1]), np.float32)
    for row, (start, end) in enumerate(tokens):
        own = [at for at, (left, right) in enumerate(offsets) if left < end and start < right]
        if own:
            result[row] = pieces[own].mean(axis=0)
    return result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Dense features of each token and of the whole message, for any Rasa classifier behind it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``folder``: the encoder's, else ``NIGHTDESK_ENCODER``, else ``models/encoder``.

        ``prefix`` is what the encoder's authors put before a text (``"query: "`` for E5).
        """
        return {
            **DenseFeaturizer.get_default_config(),
            "folder": None,
            "pooling": "mean",
            "prefix": "",
            "longest": 128,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens are needed."""
        return [Tokenizer]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Only two ways of pooling exist."""
        if config["pooling"] not in ("mean", "cls"):
            raise InvalidConfigException(f"pooling is mean or cls, not {config['pooling']!r}")

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """The encoder's digest: another encoder needs another training."""
        digest = hashlib.sha256()
        folder = _folder(config)
        for file in (_model_file(folder), folder / "tokenizer.json"):
            with file.open("rb") as content:
                while block := content.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def __init__(self, config: dict[str, Any], name: str, encoder: OnnxEncoder) -> None:
        """``name`` is under which the features are kept."""
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """The component with its encoder loaded."""
        encoder = OnnxEncoder(_folder(config), config["longest"])
        return cls(config, execution_context.node_name or cls.__name__, encoder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features of each message that has a text."""
        written = [message for message in messages if (message.get(TEXT) or "").strip()]
        for batch in _batches(written):
            texts = [self._config["prefix"] + message.get(TEXT) for message in batch]
            for message, (pieces, offsets) in zip(batch, self._encoder.encode(texts), strict=True):
                self._add(message, pieces, offsets)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features of every example."""
        self.process(training_data.training_examples)
        return training_data

    def _add(self, message: Message, pieces: Matrix, offsets: Offsets) -> None:
        before = len(self._config["prefix"])
        tokens = [
            (token.start + before, token.end + before)
            for token in message.get(TOKENS_NAMES[TEXT]) or ()
        ]
        self.add_features_to_message(
            per_token(pieces, offsets, tokens),
            pooled(pieces, self._config["pooling"]),
            TEXT,
            message,
        )


def _folder(config: dict[str, Any]) -> Path:
    return ROOT / (config.get("folder") or os.environ.get("NIGHTDESK_ENCODER") or "models/encoder")


def _batches(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    for start in range(0, len(messages), _BATCH):
        yield messages[start : start + _BATCH]
