"""Messages that were taken for something else than they are; over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.knowledge import Entry, Fault
from tests.unit.clerk import Customer

SOFT = Fault("soft", "刹车发软", "不要再开，叫拖车。", "stop", (), "brake", 0.95)
WORN = Entry("worn", "轮胎何时换？", "满 6 年就换。", 0.9)


@pytest.fixture
def customer(monkeypatch):
    customer = Customer(monkeypatch)
    customer.knowledge.table = {"踩空": [SOFT]}
    customer.knowledge.about = {"纹路": WORN}
    monkeypatch.setattr("actions.doubts.SURE", 0.95)  # the messages here are sure by 0.9
    return customer


@pytest.mark.parametrize("intent", ["track_order", "find_branch", "out_of_scope", "stop"])
def test_a_certain_danger_is_heard_whatever_the_words_were_taken_for(customer, intent):
    reply = customer.says(intent, "遭了 刹车一脚踩空")
    assert reply.startswith("⚠️")
    assert "不要再开" in reply


@pytest.mark.parametrize("intent", ["place_order", "find_branch"])
def test_the_name_of_a_part_is_no_danger(customer, intent):
    assert "不要再开" not in customer.says(intent, "[踩空](product)的来一个")


def test_a_question_taken_for_an_order_that_was_never_made_is_answered(customer):
    assert customer.says("track_order", "买了五年 纹路看不见了") == WORN.answer


def test_who_names_an_order_means_it(customer):
    reply = customer.says("track_order", "[QM123](order_no)的纹路怎么还没到")
    assert WORN.answer not in reply


def test_an_intent_that_is_sure_is_believed(customer, monkeypatch):
    monkeypatch.setattr("actions.doubts.SURE", 0.9)
    assert WORN.answer not in customer.says("track_order", "买了五年 纹路看不见了")
