"""The ranker: what it finds, what it withholds, and how soon it knows what is new."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nightdesk.backends.knowledge import bank, topics
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.bm25 import Bm25
from nightdesk.backends.knowledge.evaluate import wilson
from nightdesk.backends.knowledge.features import features
from nightdesk.backends.knowledge.index import WEIGHTS, Space
from nightdesk.backends.knowledge.ranker import Item, Ranker
from nightdesk.backends.knowledge.things import COPIES, said_of_things

SHIPPING = Item("shipping", ("运费怎么算？", "包邮吗", "邮费几块钱", "how much is shipping?"))
HOURS = Item("hours", ("几点关门？", "营业到几点", "晚上开不开", "opening hours"))
RETURNS = Item("returns", ("可以退货吗？", "不喜欢能退不", "七天无理由", "can i return it"))
ITEMS = (SHIPPING, HOURS, RETURNS)
GIFTS = Topic("gift_wrap", "", {"standard": ("可以包装成礼物吗", "能写贺卡吗", "有礼盒吗")})
POSTAGE = Topic("postage", "", {"standard": ("运费怎么收", "包邮不", "寄费要多少", "快递费谁出")})


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    made = Ranker(ITEMS, (GIFTS,))
    made.fit()
    return made


def first(ranker: Ranker, question: str) -> str:
    return ranker.rank(question).hits[0].id


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("邮费贵不贵", "shipping"),
        ("運費點計", "shipping"),
        ("云费多少", "shipping"),
        ("你们几点打烊", "hours"),
        ("what are your opening times", "hours"),
        ("买错了想退", "returns"),
    ],
)
def test_a_question_in_other_words_script_or_spelling_is_found(
    ranker: Ranker, question: str, item: str
) -> None:
    assert first(ranker, question) == item


def test_a_recorded_phrasing_is_answered(ranker: Ranker) -> None:
    ranking = ranker.rank("包邮吗?")
    assert ranking.answerable
    assert ranking.hits[0].id == "shipping"


def test_what_only_the_bank_knows_is_not_answered(ranker: Ranker) -> None:
    assert not ranker.rank("可以包装成礼物吗").answerable


@pytest.mark.parametrize("question", ["", "???", "🙂", "\u200b", "x" * 100_000, "zzz qqq"])
def test_a_question_without_meaning_is_not_answered(ranker: Ranker, question: str) -> None:
    assert not ranker.rank(question).answerable


def test_scores_are_shares_in_falling_order(ranker: Ranker) -> None:
    scores = [hit.score for hit in ranker.rank("运费", limit=3).hits]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_item_that_is_not_admitted_is_passed_over(ranker: Ranker) -> None:
    hits = ranker.rank("包邮吗", admit=lambda item: item != "shipping").hits
    assert [hit.id for hit in hits if hit.id == "shipping"] == []
    assert ranker.rank("包邮吗", admit=lambda _: False).hits == ()


def test_a_new_item_is_found_before_the_classifier_is_fitted_again(ranker: Ranker) -> None:
    parking = Item("parking", ("有停车位吗？", "停车收费吗"))
    newer = Ranker((*ITEMS, parking), (GIFTS,), ranker)
    assert first(newer, "停车收费不") == "parking"
    assert first(newer, "邮费贵不贵") == "shipping"


def test_an_item_takes_on_the_phrasings_of_its_topic() -> None:
    alone = Ranker((SHIPPING, HOURS))
    with_bank = Ranker((SHIPPING, HOURS), (POSTAGE,))
    assert with_bank.topic_of == {"shipping": "postage"}
    assert with_bank.ids == ("shipping", "hours")
    assert alone.index.likeness(alone.index.space.vector("寄费要多少"))[0] < 0.9
    assert with_bank.rank("寄费要多少").hits[0].id == "shipping"


def test_a_topic_can_be_chosen_or_refused_by_a_person() -> None:
    refused = Item("shipping", SHIPPING.phrasings, topics.NONE)
    chosen = Item("hours", HOURS.phrasings, "postage")
    assert Ranker((refused, HOURS), (POSTAGE,)).topic_of == {}
    assert Ranker((SHIPPING, chosen), (POSTAGE,)).topic_of == {"hours": "postage"}


def test_the_words_of_an_answer_lead_to_its_item() -> None:
    spare = Item("spare", ("配件怎么选？",), answer="雨刮、火花塞和滤芯都有原厂的。")
    other = Item("other", ("店里有什么？",), answer="茶水和沙发。")
    assert first(Ranker((spare, other)), "火花塞是原厂的吧") == "spare"


def test_a_general_question_is_also_learnt_as_said_of_things() -> None:
    said = list(said_of_things(("可以退货吗", "can i return it")))
    assert len(said) == 2 * COPIES
    assert all("可以退货吗" in text and text != "可以退货吗" for text in said[:COPIES])
    assert said == list(said_of_things(("可以退货吗", "can i return it")))
    assert {topic.id for topic in bank.shipped() if topic.general} >= {"return_policy"}


def test_an_item_is_not_withheld_for_a_rival_that_may_not_be_shown() -> None:
    here, there = (Item(name, SHIPPING.phrasings) for name in ("here", "there"))
    made = Ranker((here, there, HOURS, RETURNS), (GIFTS,))
    made.fit()
    both = made.rank("包邮吗").hits[0].score
    alone = made.rank("包邮吗", admit=lambda item: item != "there").hits[0]
    assert alone.id == "here"
    assert alone.score > both


def test_no_items_and_one_item_can_be_asked() -> None:
    assert Ranker(()).rank("包邮吗").hits == ()
    lonely = Ranker((SHIPPING,))
    lonely.fit()
    assert first(lonely, "包邮吗") == "shipping"


def test_a_shop_that_knows_nothing_yet_can_be_fitted_and_asked() -> None:
    empty = Ranker((), (GIFTS, POSTAGE))
    empty.fit()
    assert empty.fitted
    assert not empty.rank("包邮吗").answerable


def test_dialect_and_english_share_concepts() -> None:
    said = [set(features(text)) for text in ("几多钱", "几钿", "how much", "多少钱")]
    assert "cask_how_much" in set.intersection(*said)


def test_each_kind_of_feature_weighs_the_same_in_every_text() -> None:
    space = Space(["运费", "运费怎么算 how much is it", "how how how"])
    names = np.array(sorted(space._place, key=lambda name: space._place[name]))
    for row in space.matrix:
        for kind, weight in WEIGHTS.items():
            values = row.data[[names[place][0] == kind for place in row.indices]]
            assert not len(values) or np.linalg.norm(values) == pytest.approx(weight, rel=1e-5)


def test_a_text_without_a_known_feature_is_nothing_in_the_space() -> None:
    space = Space(["运费"])
    assert not len(space.vector("zzz").values)
    assert space.rows(["zzz", "运费"]).getnnz(axis=1).tolist()[0] == 0
    assert Space([]).matrix.shape == (0, 0)


def test_an_english_word_counts_only_whole() -> None:
    assert "cpayment" not in features("repay")
    assert "cpay" not in features("repayable")


def test_the_shipped_bank_is_whole() -> None:
    shipped = bank.shipped()
    assert len(shipped) >= 150
    thin = {topic.id: len(topic.all()) for topic in shipped if len(topic.all()) < 10}
    assert thin == {}
    assert all(topic.about for topic in shipped)
    assert all(topic.phrasings.get("en") for topic in shipped)


def test_a_phrasing_of_two_topics_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a:\n  standard: |\n    包邮吗\nb:\n  en: |\n    包邮吗？\n")
    with pytest.raises(ValueError, match="is of b and of a"):
        bank.read(tmp_path)


def test_an_unknown_variety_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a:\n  klingon: |\n    nuqneH\n")
    with pytest.raises(ValueError, match="klingon"):
        bank.read(tmp_path)


def test_the_interval_of_wilson_is_the_published_one() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_bm25_ranks_the_entry_that_shares_words_first() -> None:
    scores = Bm25([item.phrasings for item in ITEMS]).scores("运费")
    assert ITEMS[int(scores.argmax())] is SHIPPING
