"""The optional sentence encoder: its features, and what it says where something is missing.

The tests over a real (tiny) encoder run where onnx, onnxruntime and tokenizers are installed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.nlu.encoder import OnnxEncoder, SentenceEncoder, per_token, pooled
from nightdesk.nlu.tokenizer import CharacterTokenizer

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *"来买两箱油你好早上呀在吗", "hello", "oil"]
WIDTH = 8


def test_a_text_is_one_vector_of_length_one() -> None:
    pieces = np.array([[3, 0], [0, 4]], np.float32)
    assert np.allclose(pooled(pieces, "cls"), [[1, 0]])
    assert np.allclose(pooled(pieces, "mean"), [[0.6, 0.8]])
    assert np.allclose(pooled(np.zeros((2, 2), np.float32), "mean"), 0)


def test_a_token_is_the_mean_of_its_pieces_and_nothing_where_it_was_cut_off() -> None:
    pieces = np.array([[9, 9], [1, 0], [3, 0], [0, 2]], np.float32)
    offsets = [(0, 0), (0, 2), (2, 4), (4, 5)]
    found = per_token(pieces, offsets, [(0, 4), (4, 5), (5, 6)])
    assert found.tolist() == [[2, 0], [0, 2], [0, 0]]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RasaException, match="onnxruntime"):
        OnnxEncoder(tmp_path, 128)


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfigException, match=str(tmp_path)):
        SentenceEncoder.fingerprint_addon({"folder": str(tmp_path)})


def test_an_unknown_pooling_is_refused() -> None:
    config = {**SentenceEncoder.get_default_config(), "pooling": "max"}
    with pytest.raises(InvalidConfigException, match="max"):
        SentenceEncoder.validate_config(config)


def test_another_encoder_has_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.onnx").write_bytes(b"one")
    before = SentenceEncoder.fingerprint_addon({"folder": str(tmp_path)})
    (tmp_path / "model.onnx").write_bytes(b"two")
    assert SentenceEncoder.fingerprint_addon({"folder": str(tmp_path)}) != before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny encoder: each piece's vector is its word's, plus a quarter of the text's mean."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    tokenizers = pytest.importorskip("tokenizers")
    make, kinds = onnx.helper, onnx.TensorProto
    table = np.random.default_rng(3).normal(size=(len(WORDS), WIDTH)).astype(np.float32)
    graph = make.make_graph(
        [
            make.make_node("Gather", ["table", "input_ids"], ["words"]),
            make.make_node("ReduceMean", ["words"], ["mean"], axes=[1], keepdims=1),
            make.make_node("Mul", ["mean", "quarter"], ["context"]),
            make.make_node("Add", ["words", "context"], ["last_hidden_state"]),
        ],
        "tiny",
        [make.make_tensor_value_info("input_ids", kinds.INT64, ["texts", "pieces"])],
        [make.make_tensor_value_info("last_hidden_state", kinds.FLOAT, ["t", "p", WIDTH])],
        [
            onnx.numpy_helper.from_array(table, "table"),
            onnx.numpy_helper.from_array(np.array(0.25, np.float32), "quarter"),
        ],
    )
    opset = make.make_opsetid("", 13)
    onnx.save(make.make_model(graph, opset_imports=[opset], ir_version=8), tmp_path / "model.onnx")
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def component(folder: Path, **config: Any) -> SentenceEncoder:
    storage = LocalModelStorage.create(folder)
    return SentenceEncoder.create(
        {**SentenceEncoder.get_default_config(), "folder": str(folder), **config},
        storage,
        Resource("encoder"),
        ExecutionContext(GraphSchema({}), node_name="encoder"),
    )


def tokenized(*texts: str) -> list[Message]:
    messages = [Message.build(text=text) for text in texts]
    return CharacterTokenizer(CharacterTokenizer.get_default_config()).process(messages)


def dense(message: Message) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    sequence, sentence = message.get_dense_features(TEXT)
    assert sequence is not None
    assert sentence is not None
    return sequence.features, sentence.features


def test_a_message_has_a_row_for_each_token_and_one_for_the_whole(folder: Path) -> None:
    [message] = component(folder).process(tokenized("来两箱 oil"))
    sequence, sentence = dense(message)
    assert sequence.shape == (4, WIDTH)
    assert sentence.shape == (1, WIDTH)
    assert np.all(np.abs(sequence).sum(axis=1) > 0)


def test_a_prefix_shifts_no_token(folder: Path) -> None:
    plain, _ = dense(component(folder).process(tokenized("来两箱"))[0])
    after, _ = dense(component(folder, prefix="hello ").process(tokenized("来两箱"))[0])
    # Only the text's mean differs, alike for all tokens: differences between tokens stay.
    assert np.allclose(np.diff(plain, axis=0), np.diff(after, axis=0), atol=1e-5)


def test_a_long_message_is_cut_and_its_rest_is_nothing(folder: Path) -> None:
    [message] = component(folder, longest=6).process(tokenized("来" * 50))
    sequence, _ = dense(message)
    assert sequence.shape == (50, WIDTH)
    assert np.all(sequence[4:] == 0)
    assert np.all(np.abs(sequence[:4]).sum(axis=1) > 0)


def test_an_empty_message_has_no_features(folder: Path) -> None:
    [message] = component(folder).process([Message.build(text="")])
    assert message.get_dense_features(TEXT) == (None, None)


def test_rasas_own_classifier_learns_from_the_features(folder: Path, tmp_path: Path) -> None:
    said = {"place_order": ["来两箱油", "买油", "买两箱"], "greet": ["你好", "早上好呀", "hello"]}
    examples = [
        Message.build(text=text, intent=intent) for intent, texts in said.items() for text in texts
    ]
    CharacterTokenizer(CharacterTokenizer.get_default_config()).process(examples)
    encoder = component(folder)
    data = encoder.process_training_data(TrainingData(examples))
    classifier = LogisticRegressionClassifier(
        {**LogisticRegressionClassifier.get_default_config(), "C": 100},
        "classifier",
        LocalModelStorage.create(tmp_path),
        Resource("classifier"),
    )
    classifier.train(data)
    found = classifier.process(encoder.process(tokenized("来箱油", "你好呀")))
    assert [message.get(INTENT)["name"] for message in found] == ["place_order", "greet"]
