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


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("ask_faq", "那我叫拖车还是自己慢慢开过去嘛"),
        ("track_order", "已经停应急车道了 现在咋办"),
        ("reschedule_appointment", "可是[晚上](time)还要上班 再开两个钟行不行"),
        ("deny", "是不是要加刹车油了"),
    ],
)
def test_what_is_asked_after_a_danger_is_about_it(customer, intent, words):
    customer.knowledge.table["拖车"] = [Fault("dead", "打不着火", "叫拖车。", "drive", score=0.9)]
    customer.says("report_fault", "刹车一脚踩空")
    assert "不要再开" in customer.says(intent, words)


def test_who_wants_a_person_after_a_danger_gets_one(customer):
    customer.says("report_fault", "刹车一脚踩空")
    assert "T-1" in customer.says("request_human", "给我找个人 现在怎么办")
