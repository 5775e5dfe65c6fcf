"""The rating after something was done, over fake backends."""

from __future__ import annotations

import pytest

from tests.unit.clerk import Customer
from tests.unit.test_orders_conversation import WHOLE


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


@pytest.fixture
def served(customer):
    customer.says("place_order", WHOLE)
    customer.says("affirm", "确认")
    return customer


def test_a_rating_is_asked_for_once_after_something_was_done(served):
    assert "打个分" in served.says("thank", "谢谢")
    assert "打个分" not in served.says("thank", "谢谢")


def test_without_anything_done_no_rating_is_asked_for(customer):
    assert "打个分" not in customer.says("thank", "谢谢")


@pytest.mark.parametrize(
    ("words", "score"), [("[9分](rating)", 9), ("[五星](rating)", 10), ("10", 10), ("给个8", 8)]
)
def test_a_good_score_is_stored_without_further_questions(served, words, score):
    served.says("thank", "谢谢")
    assert "谢谢您的评价" in served.says("rate_service", words)
    assert served.desk.ratings == [(score, "")]


def test_a_bad_score_is_asked_for_its_reason_which_is_stored(served):
    served.says("thank", "谢谢")
    assert "哪里没做好" in served.says("rate_service", "[3分](rating)")
    served.says("complain", "回得太慢了")
    assert served.desk.ratings[-1] == (3, "回得太慢了")


def test_a_reason_need_not_be_given(served):
    served.says("thank", "谢谢")
    served.says("rate_service", "[3分](rating)")
    served.says("goodbye", "拜拜")
    assert served.desk.ratings[0] == (3, "")


def test_another_wish_ends_the_question(served):
    served.says("thank", "谢谢")
    reply = served.says("ask_price", "[支架](product)多少钱")
    assert "¥45" in reply
    assert "打个分" not in reply
    assert served.slot["task"] is None


def test_an_unasked_rating_is_taken_too(customer):
    assert "谢谢您的评价" in customer.says("rate_service", "给你们打[9分](rating)")


def test_a_rating_that_cannot_be_stored_troubles_nobody(customer):
    customer.desk.down = True
    assert "谢谢您的评价" in customer.says("rate_service", "[9分](rating)")


def test_a_rating_in_the_middle_of_an_order_leads_back_to_it(customer):
    customer.says("place_order", "我要[支架](product)")
    assert "订单还接着弄吗" in customer.says("rate_service", "[9分](rating)")
    assert "就差" in customer.says("affirm", "接着") or customer.slot["task"]["items"]


def test_a_reason_that_sounds_like_a_no_is_kept(served):
    served.says("thank", "谢谢")
    served.says("rate_service", "[3分](rating)")
    served.says("stop", "问了半天才问到 太慢")
    assert served.desk.ratings[-1] == (3, "问了半天才问到 太慢")


def test_no_reason_is_no_reason(served):
    served.says("thank", "谢谢")
    served.says("rate_service", "[3分](rating)")
    served.says("stop", "算了不想说")
    assert served.desk.ratings[-1] == (3, "")
