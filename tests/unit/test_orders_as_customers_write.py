"""Wishes, totals, drops and corrections in the words of strangers' conversations."""

from __future__ import annotations

from typing import Any

import pytest

from actions.clerk.turn import Turn
from actions.orders.guessing import note
from tests.unit.clerk import Customer

SENT = "[刘洋](person) [13800138000](phone) [成都市武侯区人民南路四段11号](address)"


@pytest.fixture
def customer(monkeypatch: Any) -> Customer:
    return Customer(monkeypatch)


def test_an_order_that_was_dropped_is_taken_up_again(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    customer.says("cancel_order", "哎先不要了")
    assert "手机支架 × 2" in customer.says("nlu_fallback", "还是买吧 刚才那些")
    customer.says("affirm", "对")
    assert len(customer.orders.placed) == 1


def test_a_dropped_order_is_read_back_before_it_is_placed(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    customer.says("stop", "算了")
    assert "手机支架 × 2" in customer.says("place_order", "对 下单")
    assert not customer.orders.placed


def test_thanks_after_a_drop_take_nothing_up(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("cancel_order", "不要了")
    assert "手机支架" not in customer.says("affirm", "好的")


def test_never_mind_with_another_number_changes_the_number(customer: Customer) -> None:
    customer.says("place_order", "[四个](quantity)[支架](product)")
    customer.says("inform", SENT)
    said = customer.says("stop", "算了还是[8个](quantity)吧 留[两个](quantity)备用 别再问了")
    assert "手机支架 × 8" in said


def test_never_mind_alone_ends_the_order(customer: Customer) -> None:
    customer.says("place_order", "[四个](quantity)[支架](product)")
    assert "手机支架" not in customer.says("stop", "算了 不弄了")


def test_one_of_each_is_of_all_that_was_shown(customer: Customer) -> None:
    customer.says("ask_stock", "[脚垫](product)和[支架](product)有吧")
    said = customer.says("place_order", "那各要[一份](quantity)")
    assert "全包围脚垫 × 1" in said
    assert "手机支架 × 1" in said


def test_two_of_each_is_of_all_that_is_in_the_cart(customer: Customer) -> None:
    customer.says("place_order", "[脚垫](product)和[支架](product)")
    said = customer.says("modify_order", "各要[两份](quantity)")
    assert "全包围脚垫 × 2" in said
    assert "手机支架 × 2" in said


def test_one_of_what_was_shown_stands_beside_another_wish(customer: Customer) -> None:
    customer.says("ask_stock", "is the [支架](product) in stock?", "en")
    customer.says("place_order", "one please. and the [充电桩](product)", "en")
    customer.says("inform", SENT)
    customer.says("affirm", "yes")
    items = customer.orders.placed[0]["items"]
    assert {item["sku"]: item["quantity"] for item in items} == {"MOUNT": 1, "EVC": 1}


def test_what_a_part_of_the_wish_names_unmarked_is_taken_too(customer: Customer) -> None:
    said = customer.says("place_order", "想買個支架，再来[一套](quantity)[脚垫](product)")
    assert "脚垫" in said
    assert "支架" in said


def test_the_total_is_told_while_an_order_is_taken(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    assert "¥90" in customer.says("ask_price", "一共多少钱啊")
    assert "¥90" in customer.says("nlu_fallback", "先等等 多少钱来着")


def test_what_was_asked_about_is_bought_in_that_number(customer: Customer) -> None:
    customer.says("ask_price", "[支架](product)[两个](quantity)几钿")
    assert "手机支架 × 2" in customer.says("affirm", "好额 就格个")


def test_what_was_noted_is_told_beside_a_bad_phone(customer: Customer) -> None:
    said = customer.says("place_order", "来[两个](quantity)[支架](product) [1380013800](phone)")
    assert "手机支架 × 2" in said


def test_a_product_that_is_let_go_is_taken_out(customer: Customer) -> None:
    customer.says("place_order", "[脚垫](product)和[支架](product)")
    said = customer.says("stop", "[支架](product)算了吧")
    assert "全包围脚垫 × 1" in said
    assert "手机支架 ×" not in said


def test_the_last_digit_of_the_phone_is_mended_whatever_the_intent(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    said = customer.says("rate_service", "等等 电话最后一位是8 不是[9](rating)")
    assert "13800138008" in said


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("名字打错了 是李娜娜", "李娜娜"),
        ("收货人改成王建国", "王建国"),
        ("名字是李娜娜不是李娜", "李娜娜"),
        ("收件人换成我老婆张敏吧", "张敏"),
        ("the name is wrong, it's Anna Bell", "Anna Bell"),
    ],
)
def test_a_name_is_mended_at_the_read_back(customer: Customer, words: str, name: str) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    assert name in customer.says("modify_order", words)
    customer.says("affirm", "对")
    assert customer.orders.placed[0]["customer"]["name"] == name


def test_a_city_behind_the_street_belongs_to_the_address(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says(
        "inform", "[刘洋](person) [13800138000](phone) [人民路5号](address) 广州[天河](location)"
    )
    customer.says("affirm", "好")
    assert customer.orders.placed[0]["address"] == "人民路5号 广州天河"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("备注：放门卫", "放门卫"),
        ("到了先打电话", "到了先打电话"),
        ("Please ask the courier to leave it with the doorman", "ask the courier"),
        ("对了 麻烦放快递柜", "放快递柜"),
    ],
)
def test_what_the_courier_shall_know_is_a_note(words: str, said: str) -> None:
    assert said in note(Turn(words, "inform", 0.9, (), "zh", ""))


def test_a_question_about_the_delivery_is_no_note() -> None:
    assert not note(Turn("周末送吗", "ask_faq", 0.9, (), "zh", ""))


def test_a_number_to_go_up_to_is_the_number(customer: Customer) -> None:
    customer.says("place_order", "[两个](quantity)[支架](product)")
    assert "手机支架 × 4" in customer.says("modify_order", "[支架](product)加到[四个](quantity)")


def test_what_is_not_needed_in_cantonese_is_taken_out(customer: Customer) -> None:
    customer.says("place_order", "[脚垫](product)和[支架](product)")
    assert "手机支架 ×" not in customer.says("modify_order", "[支架](product)唔使喇 屋企有")


def test_where_to_send_it_may_come_before_what(customer: Customer) -> None:
    assert "想要点什么" in customer.says("inform", SENT)
    said = customer.says("place_order", "要的东西是 [支架](product)[两个](quantity)")
    assert "刘洋" in said
    assert "手机支架 × 2" in said


def test_a_long_yes_in_english_is_one(customer: Customer) -> None:
    customer.says("place_order", "two [支架](product)", "en")
    customer.says("inform", SENT)
    customer.says("modify_order", "Now it's right. Go ahead and place the order", "en")
    assert len(customer.orders.placed) == 1


def test_ok_keeps_the_language(customer: Customer) -> None:
    customer.says("place_order", "[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    assert "订单号" in customer.says("affirm", "OK", "en")


def test_wanting_to_buy_something_is_no_product(customer: Customer) -> None:
    assert "没找到" not in customer.says("place_order", "我要买东西")


def test_a_number_of_volts_counts_nothing(customer: Customer) -> None:
    assert "手机支架 × 1" in customer.says("place_order", "再弄个[支架](product) 12伏那种")


def test_what_was_not_meant_gives_way_to_what_was(customer: Customer) -> None:
    customer.says("place_order", "给我来个[支架](product)")
    said = customer.says("deny", "不是这个 我要[充电桩](product)")
    assert "家用充电桩 × 1" in said
    assert "手机支架 ×" not in said


def test_a_mended_house_number_keeps_the_city(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    said = customer.says("modify_order", "门牌写错啦 是[人民南路四段12号](address)")
    assert "成都市武侯区人民南路四段12号" in said


def test_another_street_is_in_the_city_that_is_known(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    assert "成都市红星路1号" in customer.says("modify_order", "改送[红星路1号](address)")


def test_a_counted_product_is_an_order_whatever_was_understood(customer: Customer) -> None:
    assert "全包围脚垫（E7） × 1" in customer.says(
        "nlu_fallback", "[脚垫](product)一套 我是[E7](car_model)"
    )


def test_whether_there_is_a_product_is_answered_before_the_knowledge_base(
    customer: Customer,
) -> None:
    said = customer.says("nlu_fallback", "您好，请问有没有那个[支架](product)？我刚买了车。")
    assert "手机支架" in said
    assert "¥45" in said


def test_a_polite_yes_is_a_yes(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    customer.says("thank", "好的，没有问题，请帮我下单吧，谢谢你。")
    assert len(customer.orders.placed) == 1


def test_the_read_back_is_not_said_again_after_another_question(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("inform", SENT)
    said = customer.says("ask_price", "[脚垫](product)多少钱")
    assert "人民南路" not in said
    assert "¥90" in said
    customer.says("affirm", "好")
    assert len(customer.orders.placed) == 1


def test_bottles_are_counted_and_not_sold(customer: Customer) -> None:
    said = customer.says(
        "place_order", "some [支架](product), [3](quantity) [bottles](product)", "en"
    )
    assert "mount × 3" in said
    assert "couldn't find" not in said


def test_the_cheaper_one_is_among_what_is_sold_by_the_measure_word(customer: Customer) -> None:
    customer.says("ask_price", "[支架](product)和[大灯](product)多少钱")
    customer.says("place_order", "便宜的那个来[一对](quantity)")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["LED"]


def test_a_number_behind_what_was_only_named_is_its_number(customer: Customer) -> None:
    customer.says("place_order", "我要[支架](product)")
    customer.says("modify_order", "[脚垫](product)送不送呀？不送的话加[一套](quantity)")
    items = {item["product"]["sku"]: item["quantity"] for item in customer.slot["task"]["items"]}
    assert items == {"MOUNT": 1, "MAT": 1}
    customer.says("modify_order", "再加[一套](quantity)")
    assert customer.slot["task"]["items"][1]["quantity"] == 2


def test_what_is_not_needed_goes_out_also_when_it_seemed_a_question(customer: Customer) -> None:
    customer.says("place_order", "我要[支架](product)和[大灯](product)")
    customer.says("ask_stock", "[大灯](product)唔使喇 屋企有")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["MOUNT"]
    assert "¥369" in customer.says("ask_stock", "[大灯](product)有没有不用改线的")
