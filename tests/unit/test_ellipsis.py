"""Questions that are half said, and questions that go on about the last answer."""

from __future__ import annotations

import pytest

from actions.answers import questions
from actions.backends.knowledge import Entry
from tests.unit.clerk import Customer

INSTALMENTS = Entry("instalments", "可以分期吗？", "满 ¥600 可分 3 期，免手续费。", 0.9)
OTHER = Entry("other", "退货手续？", "七天内。", 0.3)


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


@pytest.mark.parametrize("words", ["[充电桩](product)呢", "那[充电桩](product)嘞？"])
def test_a_half_question_asks_of_another_thing_what_was_asked_before(customer, words):
    customer.understanding.parts = {
        "充电桩多少钱": ("nlu_fallback", "[充电桩](product)多少钱"),
    }
    customer.says("ask_price", "[支架](product)多少钱")
    assert "2,380" in customer.says("nlu_fallback", words)


def test_what_about_asks_the_same_in_english(customer):
    customer.understanding.parts = {"how much": ("ask_price", "how much is the [大灯](product)")}
    customer.says("ask_price", "how much is the [支架](product)", "en")
    assert "369" in customer.says("report_fault", "what about the [大灯](product)?", "en")


def test_a_half_question_answers_what_is_open_first(customer):
    customer.says("ask_price", "[支架](product)多少钱")
    customer.says("place_order", "来一个[支架](product)")
    customer.says("place_order", "[充电桩](product)呢")
    assert len(customer.slot["task"]["items"]) == 2


def test_a_whole_question_stays_as_it_is(customer):
    customer.understanding.parts = {"多少钱": ("ask_price", "[大灯](product)多少钱")}
    customer.says("ask_price", "[支架](product)多少钱")
    assert "369" not in customer.says("ask_stock", "[充电桩](product)有货没有呢")


def test_the_entry_that_was_answered_is_what_a_likely_question_goes_on_about(customer):
    customer.knowledge.entries, customer.knowledge.answerable = [INSTALMENTS], True
    customer.says("ask_faq", "能一个月一个月还吗")
    likely = Entry("instalments", "可以分期吗？", INSTALMENTS.answer, 0.45)
    customer.knowledge.entries, customer.knowledge.answerable = [likely, OTHER], False
    assert customer.says("ask_faq", "收我利钱伐") == INSTALMENTS.answer


def test_another_entry_needs_to_be_sure(customer):
    customer.knowledge.entries, customer.knowledge.answerable = [INSTALMENTS], True
    customer.says("ask_faq", "能一个月一个月还吗")
    likely = Entry("fee", "退货手续？", "七天内可退。", 0.45)
    customer.knowledge.entries, customer.knowledge.answerable = [likely, OTHER], False
    assert customer.says("ask_faq", "收我利钱伐") != "七天内可退。"


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("能开专票不 能公对公打款不", ["能开专票不", "能公对公打款不"]),
        ("我买了三桶 能开专票吗，几天到", ["我买了三桶 能开专票吗", "几天到"]),
        ("拆了能退吗 我在上海", ["拆了能退吗 我在上海"]),
        ("下雨天充电 会不会漏电", ["下雨天充电 会不会漏电"]),
    ],
)
def test_questions_side_by_side_are_told_apart(text, apart):
    assert questions(text) == apart
