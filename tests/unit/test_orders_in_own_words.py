"""Orders of customers who describe, correct themselves, mix tasks, and leave out what they can."""

from __future__ import annotations

import pytest

from tests.unit.clerk import at_night

WHO = "[上海浦东张江路88号](address)，[张伟](person)[13800138000](phone)"


@pytest.fixture
def customer(monkeypatch):
    return at_night(monkeypatch)


def test_a_described_product_is_asked_about_and_taken(customer):
    reply = customer.says("place_order", "我要买那个车里铺地上踩脚的")
    assert "您是要全包围脚垫吗" in reply
    assert "全包围脚垫 × 1" in customer.says("affirm", "对对就是这个")


def test_several_described_products_are_offered_to_choose_from(customer):
    reply = customer.says("place_order", "来点烧油的车用的那种")
    assert "1. 全合成机油" in reply
    assert "2. 半合成机油" in reply


def test_what_describes_nothing_is_not_found(customer):
    assert "没找到" in customer.says("place_order", "帮我下单两斤榴莲")


def test_an_unclear_message_that_describes_a_product_is_answered_with_it(customer):
    reply = customer.says("nlu_fallback", "有没有那种踩脚的")
    assert "全包围脚垫：¥368" in reply
    customer.says("inform", f"那就来一套，{WHO}")
    assert customer.slot["task"]["items"][0]["product"]["sku"] == "MAT"


def test_a_correction_in_one_breath_counts_last(customer):
    assert "手机支架 × 2" in customer.says("place_order", "[支架](product)给整一个 不对不对 整俩")


def test_less_than_nothing_is_not_ordered(customer):
    reply = customer.says("place_order", "put minus [3](quantity) [支架](product) in", "en")
    assert "-3" in reply
    assert not customer.slot["task"]["items"]


def test_the_label_of_a_phone_is_no_product(customer):
    customer.says("place_order", "[支架](product)一个 [手机](product)[13800138000](phone)")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["MOUNT"]


def test_the_car_is_asked_once_and_remembered(customer):
    reply = customer.says("place_order", "[脚垫](product)一套")
    assert "您的车是哪款" in reply
    reply = customer.says("inform", "[13800138000](phone)")
    assert "您的车是哪款" not in reply
    assert "全包围脚垫（E7）" in customer.says("inform", f"[E7](car_model)，{WHO}")
    assert customer.slot["customer"]["car"] == "E7"


def test_a_car_that_it_does_not_fit_is_said_so(customer):
    customer.says("place_order", "[脚垫](product)一套")
    assert "X3装不上" in customer.says("inform", "我的是[X3](car_model)")


def test_a_rare_surname_is_a_name_when_a_name_is_asked(customer):
    customer.says("place_order", "[支架](product)")
    customer.says("inform", "[上海浦东张江路88号](address)，[13800138000](phone)")
    customer.says("out_of_scope", "呼延灼")
    assert customer.slot["customer"]["name"] == "呼延灼"


def test_a_surname_is_completed_by_the_name_beside_it(customer):
    customer.says("place_order", "[支架](product)，我姓[祝](person) 祝小棠 [13800138000](phone)")
    assert customer.slot["customer"]["name"] == "祝小棠"


def test_a_name_behind_the_address_is_not_part_of_it(customer):
    customer.says("place_order", "[支架](product)")
    customer.says("inform", "[桂林市象山区中山中路17号 秦月娥](address) [13800138000](phone)")
    assert customer.slot["customer"]["name"] == "秦月娥"
    assert customer.slot["customer"]["address"] == "桂林市象山区中山中路17号"


def test_a_house_number_that_was_missing_mends_the_address(customer):
    customer.says("place_order", "[支架](product)，[张伟](person)，[13800138000](phone)")
    assert "门牌号" in customer.says("inform", "[合肥市庐阳区长江中路](address)")
    customer.says("inform", "是436号")
    assert customer.slot["customer"]["address"] == "合肥市庐阳区长江中路436号"


def test_an_order_and_a_booking_in_one_message_are_done_one_after_the_other(customer):
    reply = customer.says(
        "book_appointment",
        "[支架](product)[两个](quantity)我要了，另外[周五晚上七点](time)[浦东店](branch)"
        f"帮我约个[小保养](service)，{WHO}",
    )
    assert reply.startswith("这个先下单")
    assert "浦东店" in reply
    assert "手机支架 × 2" in reply
    reply = customer.says("affirm", "对的")
    assert "QM-TEST-1" in reply
    assert "小保养" in reply
    assert "约好了" in customer.says("affirm", "也对")
    assert len(customer.scheduling.booked) == 1


def test_small_talk_in_an_order_is_answered_and_led_back(customer):
    customer.says("place_order", "[支架](product)")
    reply = customer.says("nlu_fallback", "鼻涕都冻成冰溜子了哈哈")
    assert reply.startswith("哈哈")
    assert "收货地址" in reply


def test_who_cannot_name_it_sees_some_of_what_there_is(customer):
    customer.says("place_order", "我要下单")
    reply = customer.says("place_order", "我要买东西")
    assert "叫不上名字" in reply


def test_a_slip_of_the_kind_is_mended(customer):
    customer.says("place_order", "来[一桶](quantity)[全合成](product)")
    customer.says("nlu_fallback", "说错了 是半的那个")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["OIL-SEMI"]


def test_goods_that_nobody_marked_are_found_by_the_shop(customer, monkeypatch):
    search = customer.orders.search
    monkeypatch.setattr(
        customer.orders,
        "search",
        lambda words, limit=6: search("MOUNT") if words == "phone holder" else search(words),
    )
    where = "send to [5 Renmin Road, Qingdao](address), [Leo](person) [13800138000](phone)"
    customer.says("inform", f"2 phone holder, {where}", "en")
    item = customer.slot["task"]["items"][0]
    assert (item["product"]["sku"], item["quantity"]) == ("MOUNT", 2)


def test_who_says_where_to_send_what_was_shown_wants_it(customer):
    customer.says("ask_stock", "有[支架](product)吗")
    customer.says("inform", "寄[上海浦东张江路88号](address)，[张伟](person)[13800138000](phone)")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["MOUNT"]


def test_an_ambiguous_name_means_what_was_shown_before(customer):
    customer.says("ask_price", "[半合成](product)多少钱")
    customer.says("place_order", "来[一桶](quantity)[机油](product)")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["OIL-SEMI"]


def test_a_place_beside_a_phone_is_an_address_that_lacks_its_number(customer):
    reply = customer.says(
        "place_order", "[支架](product) to [南京路](location) [上海](location) [13800138000](phone)"
    )
    assert "门牌号" in reply


def test_scolding_is_answered_with_a_way_out(customer):
    reply = customer.says("nlu_fallback", "你这机器人真笨")
    assert "没帮上您" in reply
    assert customer.buttons[-1]["title"] == "转人工"
