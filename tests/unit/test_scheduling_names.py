"""How like what a customer says is to what a service is called."""

from __future__ import annotations

import pytest

from nightdesk.backends.scheduling.catalogue import LIKE, likeness

NAMES = ["tyre_change", "更换轮胎", "Tyre change", "换胎", "装轮胎", ""]


@pytest.mark.parametrize("said", ["换胎", "更换轮胎", "tyre change"])
def test_the_very_name_scores_one(said):
    assert likeness(said, NAMES) == 1.0


def test_a_name_inside_a_sentence_scores_less_than_the_name_and_more_than_a_typo():
    assert 1 > likeness("我要换轮胎了", ["换轮胎"]) > likeness("换轮台", ["换轮胎"]) > LIKE


def test_a_homophone_is_nearer_than_another_word():
    assert likeness("环抬", NAMES) > LIKE > likeness("吃饭", NAMES)


def test_nothing_is_like_nothing():
    assert likeness("换胎", []) == 0
