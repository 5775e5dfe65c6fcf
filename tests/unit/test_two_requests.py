"""Two requests in one message are both served; over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.client import Unavailable
from actions.backends.knowledge import Entry, Fault
from actions.clerk.requests import parts, requests_of
from tests.unit.clerk import Customer
from tests.unit.test_choosing import turn


@pytest.fixture
def customer(monkeypatch):
    customer = Customer(monkeypatch)
    customer.knowledge.about = {"专票": Entry("invoice", "能开专票吗？", "可以开专票。", 0.9)}
    customer.understanding.parts = {
        "专票": ("ask_faq", "你们能开专票吗"),
        "来两个": ("place_order", "来[两个](quantity)[支架](product)"),
        "多少钱": ("ask_price", "[大灯](product)多少钱"),
    }
    return customer


def test_an_unclear_wish_with_service_time_and_place_is_one_booking(customer):
    words = "俺这车[扒胎小保养](service) [上海](location)店 [后天下晌两点](time)能整不"
    [found] = requests_of(turn(words, likely="book_appointment"), dict)
    assert found.intent == "book_appointment"


def test_an_order_and_a_question_are_both_served(customer):
    reply = customer.says("place_order", "来[两个](quantity)[支架](product)，你们能开专票吗")
    assert reply.startswith("可以开专票。")
    assert "手机支架 × 2" in reply
    assert reply.rstrip().splitlines()[-1].startswith("麻烦把")


def test_an_order_inside_what_looks_like_a_question_is_taken(customer):
    reply = customer.says("ask_faq", "来[两个](quantity)[支架](product)，你们能开专票吗")
    assert reply.startswith("可以开专票。")
    assert "手机支架 × 2" in reply


def test_a_price_and_a_general_question_are_both_answered(customer):
    reply = customer.says("ask_price", "[大灯](product)多少钱？另外你们能开专票吗")
    assert "¥369" in reply
    assert "可以开专票。" in reply


def test_details_for_an_order_and_a_question_are_both_taken(customer):
    customer.says("place_order", "来个[支架](product)")
    reply = customer.says("inform", "[张伟](person)，[13800138000](phone)，你们能开专票吗")
    assert reply.startswith("可以开专票。")
    assert "就差收货地址" in reply


def test_an_order_goes_on_when_the_question_cannot_be_looked_up(customer, monkeypatch):
    def down(*_arguments, **_named):
        raise Unavailable("down")

    monkeypatch.setattr(customer.knowledge, "search", down)
    reply = customer.says("place_order", "来[两个](quantity)[支架](product)，你们能开专票吗")
    assert "这会儿查不到" in reply
    assert "手机支架 × 2" in reply


def test_without_understanding_the_message_is_served_as_one(customer, monkeypatch):
    def down(_text):
        raise Unavailable("down")

    monkeypatch.setattr(customer.understanding, "parse", down)
    reply = customer.says("place_order", "来[两个](quantity)[支架](product)，你们能开专票吗")
    assert "手机支架 × 2" in reply


def test_one_request_is_not_cut(customer, monkeypatch):
    def unexpected(_text):
        raise AssertionError("asked Rasa again")

    monkeypatch.setattr(customer.understanding, "parse", unexpected)
    customer.says("place_order", "来[两个](quantity)[支架](product)，[张伟](person)，快一点")
    customer.says("ask_price", "[支架](product)多少钱")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("来两个支架，能开票吗", ["来两个支架", "能开票吗"]),
        ("支架多少钱 另外几点关门", ["支架多少钱", "几点关门"]),
        ("two mounts please, do you ship abroad?", ["two mounts please", "do you ship abroad?"]),
        ("来两个支架，张伟，快一点", []),
        ("支架多少钱", []),
    ],
)
def test_parts_of_a_message(text, expected):
    assert parts(text) == expected


def test_who_must_not_drive_on_is_told_so_before_the_other_answer(customer):
    soft = Fault("soft", "刹车发软", "叫拖车。", "stop", (), "brake", 0.9)
    customer.knowledge.table = {"踩空": [soft]}
    customer.understanding.parts["踩空"] = ("report_fault", "刹车踩空了")
    reply = customer.says("ask_faq", "刹车踩空了，你们能开专票吗")
    assert reply.startswith("⚠️")
    assert "可以开专票。" in reply


def test_what_is_asked_beside_the_end_of_something_is_answered(customer):
    customer.says("place_order", "来个[支架](product)")
    customer.knowledge.table = {
        "异响": [Fault("noise", "雨刮异响", "清洁胶条。", "drive", score=0.9)]
    }
    customer.understanding.parts = {"异响": ("report_fault", "你告诉我雨刮异响怎么弄")}
    assert "清洁胶条" in customer.says("stop", "算了 先不买了 你告诉我雨刮异响怎么弄")
    assert customer.slot["task"] is None


def test_the_reason_of_an_end_is_no_request(customer):
    customer.says("place_order", "来个[支架](product)")
    customer.understanding.parts = {"再看": ("place_order", "来个[支架](product)")}
    assert "支架" not in customer.says("stop", "算了 我再看看别家 怎么这么贵")
    assert customer.slot["task"] is None
