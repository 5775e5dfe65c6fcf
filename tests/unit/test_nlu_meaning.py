"""The judge of meaning behind the intent classifier."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.meaning import sentences
from nightdesk.nlu.meaning import MeaningJudge, MeaningModel, judged

needs_the_encoder = pytest.mark.skipif(
    not sentences.available(), reason="the environment is older than uv.lock"
)
SENTENCES = {
    "return_exchange": ["我想退货", "把钱退给我", "衣服不合适想退掉", "退款"],
    "ask_stock": ["还有货吗", "这款还有没有", "有现货吗", "库存还剩多少"],
    "out_of_scope": ["今天天气怎么样", "讲个笑话", "明天会下雨吗", "股票涨了没"],
}
CONTEXT = ExecutionContext(GraphSchema({}), "id")


def asked(text: str, *ranking: tuple[str, float]) -> Message:
    ranked = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return Message({"text": text, "intent": ranked[0], "intent_ranking": ranked})


@pytest.fixture
def judge(tmp_path: Path) -> MeaningJudge:
    """Trained, stored and loaded as Rasa does."""
    storage, resource = LocalModelStorage.create(tmp_path), Resource("meanings")
    config = MeaningJudge.get_default_config()
    messages = [
        Message.build(text, intent) for intent, texts in SENTENCES.items() for text in texts
    ]
    MeaningJudge.create(config, storage, resource, CONTEXT).train(TrainingData(messages))
    return MeaningJudge.load(config, storage, resource, CONTEXT)


@needs_the_encoder
def test_an_unsure_message_gets_the_intent_of_what_means_the_same(judge: MeaningJudge) -> None:
    message = asked("will it rain", ("ask_stock", 0.4), ("out_of_scope", 0.39))
    [message] = judge.process([message])
    assert message.get("intent")["name"] == "out_of_scope"
    assert message.get("intent") == message.get("intent_ranking")[0]
    assert message.get("intent")["confidence"] > 0.5
    json.dumps(message.as_dict(only_output_properties=True))


def test_a_sure_message_is_not_put_to_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(texts: Sequence[str]) -> sentences.Floats:
        pytest.fail(f"asked about {texts}")

    monkeypatch.setattr(sentences, "available", lambda: True)
    monkeypatch.setattr(sentences, "encode", refuse)
    weights = np.zeros((sentences.SIZE, 2), np.float32)
    learnt = MeaningModel(["a", "b"], weights, np.zeros(2, np.float32))
    storage = LocalModelStorage.create(tmp_path)
    config = MeaningJudge.get_default_config()
    message = asked("will it rain", ("a", 0.85), ("b", 0.1))
    before = message.as_dict()
    MeaningJudge(config, storage, Resource("meanings"), learnt).process([message])
    assert message.as_dict() == before


def test_without_the_encoder_the_classifier_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "available", lambda: False)
    storage, resource = LocalModelStorage.create(tmp_path), Resource("meanings")
    config = MeaningJudge.get_default_config()
    trained = MeaningJudge.create(config, storage, resource, CONTEXT)
    trained.train(TrainingData([Message.build("退款", "return_exchange")]))
    loaded = MeaningJudge.load(config, storage, resource, CONTEXT)
    [message] = loaded.process([asked("will it rain", ("ask_stock", 0.4), ("out_of_scope", 0.3))])
    assert message.get("intent")["name"] == "ask_stock"


@needs_the_encoder
def test_a_message_that_nothing_ranked_stays_as_it_is(judge: MeaningJudge) -> None:
    [message] = judge.process([Message({"text": " ", "intent_ranking": []})])
    assert message.get("intent") is None


@needs_the_encoder
def test_a_saved_judge_says_the_same_and_nothing_in_it_is_code(tmp_path: Path) -> None:
    texts = [text for texts in SENTENCES.values() for text in texts]
    intents = [intent for intent, texts in SENTENCES.items() for _ in texts]
    learnt = MeaningModel.learn(texts, intents)
    learnt.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    opened = MeaningModel.open(tmp_path)
    assert opened.log_chances("能退吗") == pytest.approx(learnt.log_chances("能退吗"))


def test_both_judges_count_and_the_chances_sum_to_one() -> None:
    ranking = [{"name": "a", "confidence": 0.6}, {"name": "b", "confidence": 0.4}]
    meant = {"a": float(np.log(0.2)), "b": float(np.log(0.8))}
    assert [entry["name"] for entry in judged(ranking, meant, weight=1.0)] == ["b", "a"]
    assert [entry["name"] for entry in judged(ranking, meant, weight=0.1)] == ["a", "b"]
    both = judged(ranking, meant, weight=1.0)
    assert sum(entry["confidence"] for entry in both) == pytest.approx(1.0)


def test_an_intent_that_neither_judge_knows_is_no_mistake() -> None:
    ranking = [{"name": "a", "confidence": 0.5}, {"name": "new", "confidence": 0.0}]
    assert [entry["name"] for entry in judged(ranking, {"a": -0.1}, weight=0.7)] == ["a", "new"]
