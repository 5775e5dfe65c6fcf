"""Questions about products and services, and what ``那个`` stands for; over fake backends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.orders.references import referred, wants_the_same
from tests.unit.clerk import Customer


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


def test_the_price_of_several_is_told_with_its_sum(customer):
    reply = customer.says("ask_price", "[半合成](product)[三桶](quantity)多少钱")
    assert "¥158" in reply
    assert "¥474" in reply


def test_prices_of_two_products_are_told_in_one_reply(customer):
    reply = customer.says("ask_price", "[支架](product)和[大灯](product)什么价")
    assert "¥45" in reply
    assert "¥369" in reply


def test_a_small_stock_is_told_exactly(customer):
    assert "只剩 1 对" in customer.says("ask_stock", "[大灯](product)有吗")
    assert "有货" in customer.says("ask_stock", "[支架](product)有吗")


def test_it_is_said_when_there_are_not_so_many(customer):
    assert "只有 1" in customer.says("ask_price", "[大灯](product)[三对](quantity)多少钱")


def test_what_is_sold_out_has_no_button(customer):
    assert "没货" in customer.says("ask_stock", "[灭火器](product)有吗")
    assert customer.buttons == []


def test_whether_it_fits_is_said_as_the_catalogue_says_it(customer):
    assert "E7能用" in customer.says("ask_stock", "[脚垫](product)[E7](car_model)能用吗")
    reply = customer.says("ask_recommendation", "[半合成](product)[E7](car_model)能用吗")
    assert "用不了" in reply
    assert customer.buttons == []


def test_fit_is_understood_although_it_looks_like_a_general_question(customer):
    customer.says("ask_price", "[脚垫](product)多少钱")
    assert "E7能用" in customer.says("ask_faq", "[E7](car_model)能用吗")


def test_without_a_fitting_list_no_fit_is_promised(customer):
    reply = customer.says("ask_faq", "[支架](product)[E7](car_model)能装吗")
    assert "不分车型" in reply


def test_two_products_are_compared_by_price_and_fit(customer):
    reply = customer.says("nlu_fallback", "[全合成](product)跟[半合成](product)有啥区别")
    assert "半合成机油便宜 ¥140" in reply
    assert "适配：X3和X5" in reply


def test_what_was_shown_can_be_compared_without_names(customer):
    customer.says("ask_price", "[机油](product)多少钱")
    assert "便宜 ¥140" in customer.says("ask_recommendation", "这两个哪个好")


def test_the_cheaper_one_is_advised_first(customer):
    reply = customer.says("ask_recommendation", "推荐个便宜的[机油](product)")
    assert reply.index("半合成机油") < reply.index("全合成机油")


def test_a_product_that_does_not_fit_is_not_advised(customer):
    reply = customer.says("ask_recommendation", "[X5](car_model)用什么[机油](product)")
    assert "全合成机油" in reply
    assert "半合成机油" not in reply


def test_that_one_is_the_product_shown_last(customer):
    customer.says("ask_price", "[支架](product)多少钱")
    assert "¥45" in customer.says("ask_price", "那个多少钱来着")
    assert "手机支架 × 2" in customer.says("place_order", "那个来[两个](quantity)")


def test_the_second_one_is_the_second_shown(customer):
    customer.says("ask_price", "[机油](product)多少钱")
    assert "半合成机油 × 2" in customer.says("place_order", "第二个来[两桶](quantity)")


@pytest.mark.parametrize("intent", ["inform", "affirm", "nlu_fallback"])
def test_a_bare_pick_among_what_was_shown_is_an_order(customer, intent):
    customer.says("ask_price", "[机油](product)多少钱")
    assert "半合成机油 × 1" in customer.says(intent, "就第二个吧")


def test_a_pointing_word_taken_for_a_product_is_resolved(customer):
    customer.says("ask_price", "[机油](product)多少钱")
    reply = customer.says("place_order", "[two](quantity) of [the second one](product)", "en")
    assert "oil-semi × 2" in reply


def test_nothing_was_shown_so_it_is_asked_which(customer):
    assert "哪款" in customer.says("ask_price", "那个多少钱")


def test_a_service_is_priced_and_can_be_booked_by_tap(customer):
    reply = customer.says("ask_price", "[小保养](service)多少钱")
    assert "¥399" in reply
    assert customer.buttons[0]["payload"] == '/book_appointment{"service":"basic"}'
    assert "免费" in customer.says("ask_price", "[试驾](service)要钱吗")


def test_a_service_asked_about_somewhere_is_booked_there(customer):
    customer.says("ask_price", "[浦东店](branch)[小保养](service)多少钱")
    reply = customer.says("inform", "行，[后天下午三点](time)，[张伟](person)[13800138000](phone)")
    assert "小保养" in reply
    assert customer.slot["branch"] == "SH-PD"


def test_one_of_several_shown_is_not_guessed(customer):
    customer.says("ask_price", "[机油](product)多少钱")
    reply = customer.says("place_order", "就这个来[一桶](quantity)")
    assert "1. 全合成机油" in reply
    assert "2. 半合成机油" in reply


def place(customer):
    customer.says(
        "place_order",
        "[两个](quantity)[支架](product)，[张伟](person)，[13800138000](phone)，"
        "[上海市浦东新区张江路88号](address)",
    )
    customer.says("affirm", "确认")


def test_the_same_again_repeats_the_last_order(customer):
    place(customer)
    assert "手机支架 × 2" in customer.says("place_order", "再来一份一样的")
    customer.says("affirm", "确认")
    assert [order["items"] for order in customer.orders.placed] == [
        [{"sku": "MOUNT", "quantity": 2}]
    ] * 2
    assert len(set(customer.orders.keys)) == 2


def test_the_same_again_needs_a_proof_when_the_order_was_made_elsewhere(customer):
    place(customer)
    number = "QMTEST1"
    customer.orders.others = [replace(customer.orders.own.pop(), order_no=number)]
    customer.slot = None
    assert "订单号" in customer.says("place_order", "照旧再来一单")
    assert "对不上" in customer.says("inform", f"[{number}](order_no) 1234")
    assert "手机支架 × 2" in customer.says("inform", f"[{number}](order_no) 8000")


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("那个多少钱", ["A"]),
        ("第二个", ["B"]),
        ("最后一款", ["C"]),
        ("the third one please", ["C"]),
        ("这两个都要", ["A", "B"]),
        ("两个", []),
        ("今天天气", []),
        ("第四个", []),
    ],
)
def test_pointing_words(text, skus):
    assert referred(text, ["A", "B", "C"]) == skus


def test_nothing_shown_nothing_meant():
    assert referred("那个", []) == []


@pytest.mark.parametrize("text", ["再来一份一样的", "照旧", "same order again", "跟上次一样"])
def test_the_same_order_is_recognised(text):
    assert wants_the_same(text)
    assert not wants_the_same("再来一桶")
