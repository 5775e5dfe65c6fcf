"""The tokenizer and the extractor inside Rasa's graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rasa")

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.nlu.annotated import parse_markdown
from nightdesk.nlu.entities import MerchantEntityExtractor
from nightdesk.nlu.tokenizer import CharacterTokenizer

LINES = ["来[两箱](quantity)[机油](product)", "要[三桶](quantity)[机油](product)", "你好"] * 10


def _message(line: str) -> Message:
    text, spans = parse_markdown(line)
    entities = [{"start": s.start, "end": s.end, "entity": s.entity} for s in spans]
    return Message.build(text=text, intent="place_order", entities=entities)


@pytest.fixture
def parts(tmp_path: Path) -> tuple[dict[str, Any], LocalModelStorage, Resource, ExecutionContext]:
    merchant, models = tmp_path / "shop", tmp_path / "models"
    merchant.mkdir()
    models.mkdir()
    (merchant / "products.csv").write_text("sku,name_zh\nOIL,机油\n", encoding="utf-8")
    config = {**MerchantEntityExtractor.get_default_config(), "merchant": str(merchant)}
    storage = LocalModelStorage.create(models)
    return config, storage, Resource("entities"), ExecutionContext(GraphSchema({}))


def test_tokens_keep_their_place_and_carry_the_folded_form(parts: Any) -> None:
    _, *rest = parts
    tokenizer = CharacterTokenizer.create({**CharacterTokenizer.get_default_config()}, *rest)
    tokens = tokenizer.tokenize(Message.build(text="來2箱Oil"), "text")
    assert [(t.text, t.start, t.end, t.lemma) for t in tokens] == [
        ("來", 0, 1, "来"), ("2", 1, 2, "2"), ("箱", 2, 3, "箱"), ("Oil", 3, 6, "oil"),
    ]  # fmt: skip


def test_a_trained_extractor_is_stored_loaded_and_finds_entities(parts: Any) -> None:
    MerchantEntityExtractor.create(*parts).train(TrainingData([_message(line) for line in LINES]))
    loaded = MerchantEntityExtractor.load(*parts)
    [message] = loaded.process([Message.build(text="来两箱机油")])
    quantity, product = message.get("entities")
    assert quantity["value"] == {"number": "2", "unit": "箱", "vague": False}
    assert (product["entity"], product["start"], product["end"]) == ("product", 3, 5)
    assert product["codes"] == ["OIL"]
    assert product["extractor"] == "MerchantEntityExtractor"


def test_a_second_reading_in_the_light_of_the_intent_replaces_the_first(parts: Any) -> None:
    config, *rest = parts
    config["intent"] = 0.85
    MerchantEntityExtractor.create(config, *rest).train(
        TrainingData([_message(line) for line in LINES])
    )
    loaded = MerchantEntityExtractor.load(config, *rest)
    message = Message.build(text="来两箱机油")
    message.set("intent", {"name": "place_order", "confidence": 0.9})
    loaded.process([message])
    first = message.get("entities")
    loaded.process([message])
    assert message.get("entities") == first
    assert [entity["entity"] for entity in first] == ["quantity", "product"]


def test_blank_text_is_passed_through(parts: Any) -> None:
    MerchantEntityExtractor.create(*parts).train(TrainingData([_message(line) for line in LINES]))
    loaded = MerchantEntityExtractor.load(*parts)
    for text in ("", "   ", "\x00"):
        [message] = loaded.process([Message.build(text=text)])
        assert not message.get("entities")


def test_another_version_of_the_features_is_trained_again() -> None:
    assert MerchantEntityExtractor.fingerprint_addon({})
