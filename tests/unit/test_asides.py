"""Asides that are known by their words: a moment, the phone number, a lost temper."""

from __future__ import annotations

import pytest

from actions.clerk.asides import asks_phone, considers, haggles, scolds, waits
from tests.unit.clerk import Customer


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


@pytest.mark.parametrize(
    "text",
    ["等一下", "稍等 我查下车架号", "等我问下老婆", "hold on a second", "wait", "唔该等阵先"],
)
def test_who_wants_a_moment_is_heard(text):
    assert waits(text.removeprefix("唔该"))


@pytest.mark.parametrize(
    "text",
    [
        "等一下 地址要改",
        "要等几天",
        "等会儿能取消吗",
        "wait, make it three",
        "不等了 下单",
        "等一下多少钱",
    ],
)
def test_who_wants_more_than_a_moment_is_not_told_to_take_it(text):
    assert not waits(text)


@pytest.mark.parametrize(
    "text", ["客服电话是多少", "你们电话多少", "打边个电话揾你哋", "what's your phone number"]
)
def test_the_shops_number_is_asked_for(text):
    assert asks_phone(text)


@pytest.mark.parametrize(
    "text", ["浦东店电话多少", "我想改电话号码", "换绑定手机号", "电话支架多少钱"]
)
def test_another_number_is_not_the_shops(text):
    assert not asks_phone(text)


def test_a_moment_leaves_the_question_open_and_does_not_ask_it_again(customer):
    customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    reply = customer.says("nlu_fallback", "等一下 我翻翻地址")
    assert "两桶" not in reply
    assert "收货" not in reply
    assert customer.slot["task"]["kind"] == "order"


def test_the_number_is_said_whatever_the_question_was_taken_for(customer):
    assert "400-820-5550" in customer.says("out_of_scope", "客服电话是多少")


def test_who_calls_the_assistant_stupid_hears_that_it_is_sorry(customer):
    assert scolds("你这机器人真笨")
    assert "不好意思" in customer.says("bot_challenge", "你这机器人真笨")
    assert [one["title"] for one in customer.buttons] == ["转人工"]


def test_what_was_said_before_a_moment_is_what_is_repeated(customer):
    customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    customer.says("stop", "等一下 我翻翻地址")
    assert "收货" in customer.says("repeat", "你刚说要我发啥来着")


def test_a_fault_after_a_word_of_waiting_is_heard(customer):
    reply = customer.says("report_fault", "等等 我车空调一打开一股味是咋回事")
    assert "慢慢" not in reply
    assert "看好了" not in reply


def test_the_number_is_told_with_the_hours_of_the_people(customer):
    assert "09:00" in customer.says("ask_faq", "客服热线是多少")


@pytest.mark.parametrize(
    "text", ["能不能便宜点", "再便宜一点吧", "打个折呗", "what's your best price"]
)
def test_who_haggles_is_told_that_the_price_stands(customer, text):
    assert haggles(text)
    customer.says("ask_price", "[支架](product)多少钱")
    assert "¥45" not in customer.says("ask_price", text)


@pytest.mark.parametrize("text", ["有没有便宜点的", "便宜一点的那款", "学生有优惠吗"])
def test_who_wants_a_cheaper_one_does_not_haggle(text):
    assert not haggles(text)


def test_who_leaves_it_for_later_is_not_asked_what_was_meant(customer):
    assert considers("那我再考虑考虑")
    assert "没太明白" not in customer.says("nlu_fallback", "那考虑考虑")
