"""The intent classifier, its fallback, the language of a message, and the figures about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nightdesk.nlu.classifier import NGramIntentClassifier
from nightdesk.nlu.classifier_model import LinearModel
from nightdesk.nlu.fallback import HonestFallback, readable, unclear
from nightdesk.nlu.features import LONGEST_READ, VIEWS, Utterance, Vocabulary, meanings
from nightdesk.nlu.features_gloss import gloss, read_glosses
from nightdesk.nlu.variety import language

SENTENCES = {
    "greet": ["你好", "你好呀", "hello", "hello there", "早上好", "嗨 你好"],
    "place_order": [
        "来两箱机油",
        "买一箱机油",
        "我要买座垫",
        "order two wipers",
        "买三个灯泡",
        "要一箱油",
    ],
    "track_order": [
        "快递到哪了",
        "我的快递呢",
        "where is my parcel",
        "包裹到哪",
        "快递在哪",
        "货到哪了",
    ],
}


@pytest.fixture(scope="module")
def model() -> LinearModel:
    pairs = [(intent, text) for intent, texts in SENTENCES.items() for text in texts]
    return LinearModel.learn([Utterance.of(t) for _, t in pairs], [i for i, _ in pairs])


def best(model: LinearModel, text: str) -> str:
    return model.labels[int(model.probabilities(Utterance.of(text)).argmax())]


def test_an_unseen_sentence_gets_the_intent_of_its_like(model: LinearModel) -> None:
    assert best(model, "你好你好") == "greet"
    assert best(model, "買兩箱機油") == "place_order"
    assert best(model, "WHERE is the parcel") == "track_order"


def test_a_saved_model_answers_like_the_one_that_was_trained(
    model: LinearModel, tmp_path: Path
) -> None:
    model.save(tmp_path)
    opened = LinearModel.open(tmp_path)
    for text in ("快递到哪了呀", "hello", "买油", "zzz"):
        wanted = model.probabilities(Utterance.of(text))
        assert opened.labels == model.labels
        np.testing.assert_allclose(opened.probabilities(Utterance.of(text)), wanted, atol=0.01)


@pytest.mark.parametrize(
    ("intents", "wanted"),
    [("aaa", "a"), ("aabb", "a"), ("aab", "a"), ("aabbcc", "a"), ("aaabcd", "a")],
)
def test_few_sentences_and_few_intents_train_too(intents: str, wanted: str) -> None:
    texts = ["你好", "你好呀", "来两箱机油", "来三箱机油", "快递到哪了", "快递在哪"][: len(intents)]
    learnt = LinearModel.learn([Utterance.of(text) for text in texts], list(intents))
    assert learnt.labels == sorted(set(intents))
    assert best(learnt, "你好") == wanted


def test_nothing_in_a_saved_model_is_code(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} == {"f"}


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_has_probabilities_that_sum_to_one(text: str) -> None:
    vocabulary = Vocabulary.learn([Utterance.of("你好"), Utterance.of("你好呀")])
    weights = np.ones((len(vocabulary.idf), 2), np.float32)
    tiny = LinearModel(vocabulary, ["a", "b"], weights, np.zeros(2, np.float32), 1.0)
    chances = tiny.probabilities(Utterance.of(text))
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()


def test_a_product_is_seen_as_its_kind_whatever_its_name() -> None:
    one = Utterance.of("来两箱机油", [(3, 5, "product")])
    other = Utterance.of("来两箱螺蛳粉", [(3, 6, "product")])
    assert one.kinds == other.kinds
    assert one.typed != other.typed


def test_kinds_are_told_apart() -> None:
    product = Utterance.of("要机油", [(1, 3, "product")])
    service = Utterance.of("要保养", [(1, 3, "service")])
    assert product.kinds != service.kinds


def test_of_overlapping_spans_the_first_counts() -> None:
    utterance = Utterance.of("全合成机油", [(0, 5, "product"), (3, 5, "service"), (9, 12, "time")])
    assert len(utterance.kinds) == 1


def test_no_more_of_a_long_message_is_read_than_needed() -> None:
    assert len(Utterance.of("油" * 100_000).typed) == LONGEST_READ


def test_every_view_gives_features_of_a_mixed_message() -> None:
    utterance = Utterance.of("book 两箱 oil change 唔该")
    assert all(view(utterance) for view in VIEWS)


@pytest.mark.parametrize(
    ("dialect", "standard"),
    [
        ("几时有得闲", "什么时候"),
        ("恁这嘞", "你"),
        ("侬晓得伐", "知道"),
        ("cancel it", "取消"),
        ("点解", "为什么"),
    ],
)
def test_dialect_and_english_are_read_as_standard_chinese(dialect: str, standard: str) -> None:
    assert standard in gloss(dialect)[0]


def test_a_latin_word_inside_another_is_no_word() -> None:
    assert gloss("timeless bookish")[1] == []


def test_standard_words_stand_for_themselves() -> None:
    glosses = read_glosses()
    assert gloss("什么怎么")[0] == "什么怎么"
    assert all(glosses[standard] == standard for standard in ("取消", "订单", "多少钱"))


def test_one_meaning_gives_common_features_in_three_languages() -> None:
    mandarin, english = (set(meanings(Utterance.of(text))) for text in ("取消订单", "cancel order"))
    assert {"取消", "订单", "消订", "取消订单"} <= mandarin & english | mandarin
    assert {"取消", "订单"} <= mandarin & english


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我的快递到哪了", "zh"),
        ("我個快遞去咗邊度", "yue"),
        ("唔该帮我睇下", "yue"),
        ("我和客服的关系一般,系统坏了", "zh"),
        ("我哋張單仲未送", "yue"),
        ("停先", "yue"),
        ("收據同發票都加埋", "yue"),
        ("蛋糕送到未呀", "yue"),
        ("我想請問這個可以退貨嗎", "zh"),
        ("上面寫著已經寄出,怎麼還沒有到", "zh"),
        ("俺的发票开好冇", "zh"),
        ("侬几时送货", "zh"),
        ("我五点去取车", "zh"),
        ("部分商品没有货", "zh"),
        ("where is my order", "en"),
        ("book 个保养,明天", "zh"),
        ("can i get 机油 delivered to my hotel", "en"),
        ("13800138000", "zh"),
        ("", "zh"),
        ("🙂", "zh"),
    ],
)
def test_the_language_of_a_message_is_told(text: str, wanted: str) -> None:
    assert language(text) == wanted


@pytest.mark.parametrize("text", ["", "   ", "?!。。。", "😂😂😂", "\u200b\u0007", "——"])
def test_signs_alone_are_unreadable(text: str) -> None:
    assert not readable(text)


@pytest.mark.parametrize("text", ["嗯", "ok", "5", "👍", "🙏🙏", "ы"])
def test_a_letter_a_digit_or_a_speaking_picture_is_readable(text: str) -> None:
    assert readable(text)


def ranked(*confidences: float) -> list[dict[str, Any]]:
    return [{"name": f"intent_{at}", "confidence": c} for at, c in enumerate(confidences)]


def test_a_confident_ranking_is_clear() -> None:
    assert not unclear(ranked(0.8, 0.1), threshold=0.5, lead=0.1)


def test_a_weak_or_narrow_ranking_is_unclear() -> None:
    assert unclear(ranked(0.4, 0.1), threshold=0.5, lead=0.1)
    assert unclear(ranked(0.52, 0.45), threshold=0.5, lead=0.1)
    assert unclear([], threshold=0.5, lead=0.1)


def judged(text: str, *confidences: float) -> dict[str, Any]:
    message = Message({"text": text})
    ranking = ranked(*confidences)
    message.set("intent", ranking[0], add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    HonestFallback(HonestFallback.get_default_config()).process([message])
    return dict(message.as_dict(only_output_properties=True))


def test_an_unclear_message_keeps_its_candidates_behind_the_fallback() -> None:
    parsed = judged("那个呢", 0.3, 0.25, 0.2)
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert parsed["fallback"] == "unclear"
    names = [entry["name"] for entry in parsed["intent_ranking"]]
    assert names == ["nlu_fallback", "intent_0", "intent_1", "intent_2"]


def test_an_unreadable_message_offers_nothing() -> None:
    parsed = judged("😂", 0.99)
    assert (parsed["intent"]["name"], parsed["fallback"]) == ("nlu_fallback", "unreadable")
    assert [entry["name"] for entry in parsed["intent_ranking"]] == ["nlu_fallback"]


def test_a_clear_message_is_left_alone() -> None:
    parsed = judged("你好", 0.9, 0.05)
    assert parsed["intent"]["name"] == "intent_0"
    assert "fallback" not in parsed


def test_the_component_trains_stores_loads_and_ranks_as_rasa_wants(tmp_path: Path) -> None:
    storage = LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}), "id")
    config = {**NGramIntentClassifier.get_default_config(), "ranking_length": 2}
    resource = Resource("intents")
    messages = [
        Message.build(text, intent) for intent, texts in SENTENCES.items() for text in texts
    ]
    trained = NGramIntentClassifier.create(config, storage, resource, context)
    trained.train(TrainingData(messages))
    loaded = NGramIntentClassifier.load(config, storage, resource, context)
    message, blank = loaded.process([Message({"text": "你好"}), Message({"text": " "})])
    assert message.get("intent")["name"] == "greet"
    assert message.get("intent") == message.get("intent_ranking")[0]
    assert len(message.get("intent_ranking")) == 2
    assert blank.get("intent")["name"] is None
    json.dumps(message.as_dict(only_output_properties=True))


def test_a_model_of_fewer_views_keeps_them(tmp_path: Path) -> None:
    pairs = [(intent, text) for intent, texts in SENTENCES.items() for text in texts]
    utterances = [Utterance.of(text) for _, text in pairs]
    views = [view for view in VIEWS if view.__name__ in {"letters", "words"}]
    LinearModel.learn(utterances, [i for i, _ in pairs], views=views, rarest=1).save(tmp_path)
    opened = LinearModel.open(tmp_path)
    assert [view.__name__ for view in opened.vocabulary.views] == ["letters", "words"]
    assert best(opened, "WHERE is the parcel") == "track_order"


def test_what_a_sentence_of_one_language_lacks_adds_nothing() -> None:
    by_name = {view.__name__: view for view in VIEWS}
    assert by_name["sounds"](Utterance.of("cancel order")) == []
    assert by_name["letters"](Utterance.of("取消订单")) == []


def test_a_component_that_was_never_trained_understands_nothing(tmp_path: Path) -> None:
    storage = LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}), "id")
    config = NGramIntentClassifier.get_default_config()
    loaded = NGramIntentClassifier.load(config, storage, Resource("nowhere"), context)
    [message] = loaded.process([Message({"text": "你好"})])
    assert message.get("intent") == {"name": None, "confidence": 0.0}
