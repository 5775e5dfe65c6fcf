"""Taking an order, from the first wish to the order number, over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.client import Refused, Unavailable
from tests.unit.clerk import Customer

WHOLE = (
    "来[两桶](quantity)[全合成](product)和[一套](quantity)[E7](car_model)[脚垫](product)，"
    "寄[上海浦东张江路88号](address)，[张伟](person)[13800138000](phone)"
)


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


def ready_to_confirm(customer):
    return customer.says("place_order", WHOLE)


def test_a_whole_order_in_one_message_goes_straight_to_the_read_back(customer):
    reply = ready_to_confirm(customer)
    assert "全合成机油 × 2" in reply
    assert "全包围脚垫（E7） × 1" in reply
    assert "¥964" in reply
    assert "13800138000" in reply
    assert "QM-TEST" in customer.says("affirm", "确认")
    order = customer.orders.placed[0]
    assert order["items"] == [{"sku": "OIL-FULL", "quantity": 2}, {"sku": "MAT", "quantity": 1}]
    assert order["customer"] == {"name": "张伟", "phone": "13800138000"}
    assert order["address"] == "上海浦东张江路88号"


def test_details_are_asked_for_together_and_taken_in_any_order(customer):
    reply = customer.says("place_order", "[支架](product)要[三个](quantity)")
    assert "收货人姓名、手机号和收货地址" in reply
    reply = customer.says("inform", "[13800138000](phone)")
    assert "收货人姓名和收货地址" in reply
    customer.says("inform", "[上海浦东张江路88号](address)")
    reply = customer.says("out_of_scope", "张伟")
    assert "回“确认”" in reply


def test_a_product_without_a_number_is_one(customer):
    assert "手机支架 × 1" in customer.says("place_order", "我要[支架](product)")


def test_a_number_alone_changes_the_last_item(customer):
    customer.says("place_order", "我要[支架](product)")
    assert "手机支架 × 3" in customer.says("inform", "[三个](quantity)") or customer.slot
    assert customer.slot["task"]["items"][0]["quantity"] == 3


def test_two_kinds_of_oil_are_offered_and_chosen_by_button(customer):
    reply = customer.says("place_order", "来[两桶](quantity)[机油](product)")
    assert "全合成机油" in reply
    assert "半合成机油" in reply
    assert "半合成机油 × 2" in customer.taps("半合成机油")


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("第一个", "OIL-FULL"), ("便宜的那个", "OIL-SEMI"), ("[全合成](product)", "OIL-FULL")],
)
def test_a_variant_is_chosen_by_place_price_or_name(customer, words, chosen):
    customer.says("place_order", "来[两桶](quantity)[机油](product)")
    customer.says("inform", words)
    item = customer.slot["task"]["items"][0]
    assert (item["product"]["sku"], item["quantity"]) == (chosen, 2)


def test_what_is_out_of_stock_is_said_and_not_put_down(customer):
    reply = customer.says("place_order", "要[一个](quantity)[灭火器](product)")
    assert "没货" in reply
    assert customer.slot["task"]["items"] == []


def test_the_rest_of_the_stock_is_offered_and_taken_on_consent(customer):
    reply = customer.says("place_order", "[大灯](product)来[5对](quantity)")
    assert "只剩 1 对" in reply
    assert "LED大灯 × 1" in customer.says("affirm", "可以")


def test_an_unknown_product_is_named_honestly(customer):
    assert "“榴莲”我们店里没找到" in customer.says(
        "place_order", "来[两个](quantity)[榴莲](product)"
    )


@pytest.mark.parametrize("quantity", ["0个", "半个"])
def test_a_quantity_that_cannot_be_sold_is_refused(customer, quantity):
    reply = customer.says("place_order", f"[支架](product)要[{quantity}](quantity)")
    assert "整数" in reply
    assert customer.slot["task"]["items"] == []


def test_an_absurd_quantity_is_met_with_the_stock(customer):
    assert "只剩 230 个" in customer.says("place_order", "[支架](product)要[99999个](quantity)")


def test_a_product_that_does_not_fit_the_car_is_asked_about(customer):
    reply = customer.says("place_order", "[X3](car_model)的[脚垫](product)来[一套](quantity)")
    assert "适配的是E5和E7" in reply
    assert "不放了" in customer.says("deny", "那不要了")


def test_changes_in_one_message_are_all_carried_out(customer):
    ready_to_confirm(customer)
    reply = customer.says(
        "modify_order",
        "[全合成](product)改[三桶](quantity)，[脚垫](product)不要了，再加个[支架](product)",
    )
    assert "全合成机油 × 3" in reply
    assert "全包围脚垫去掉了" in reply
    assert "手机支架 × 1" in reply


def test_one_product_is_replaced_by_another(customer):
    ready_to_confirm(customer)
    reply = customer.says("modify_order", "[脚垫](product)换成[支架](product)")
    assert "手机支架 × 1" in reply
    assert "脚垫" not in reply


def test_once_more_of_the_same_adds_to_it(customer):
    customer.says("place_order", "[支架](product)要[三个](quantity)")
    customer.says("place_order", "再来[一个](quantity)[支架](product)")
    assert customer.slot["task"]["items"][0]["quantity"] == 4


def test_the_phone_is_corrected_at_the_read_back(customer):
    ready_to_confirm(customer)
    assert "13900139000" in customer.says("modify_order", "电话改成[13900139000](phone)")


@pytest.mark.parametrize(
    ("phone", "complaint"), [("1380013800", "少了几位"), ("138001380001", "多了几位")]
)
def test_a_phone_of_the_wrong_length_is_asked_for_again(customer, phone, complaint):
    customer.says("place_order", "我要[支架](product)")
    assert complaint in customer.says("inform", f"[{phone}](phone)")


def test_an_address_without_a_street_is_completed_by_the_next_message(customer):
    customer.says("place_order", "我要[支架](product)，[张伟](person)[13800138000](phone)")
    assert "街道" in customer.says("inform", "[上海浦东](address)")
    assert "上海浦东张江路88号" in customer.says("inform", "[张江路88号](address)")


def test_no_at_the_read_back_asks_what_to_change(customer):
    ready_to_confirm(customer)
    assert "哪里要改" in customer.says("deny", "不对")
    assert customer.orders.placed == []


def test_stopping_half_way_places_nothing(customer):
    ready_to_confirm(customer)
    customer.says("stop", "算了不弄了")
    customer.says("affirm", "好的")
    assert customer.orders.placed == []


def test_a_price_is_answered_and_the_open_question_asked_again(customer):
    customer.says("place_order", "我要[支架](product)")
    reply = customer.says("ask_price", "[脚垫](product)多少钱")
    assert "¥368" in reply
    assert "就差" in reply


def test_the_same_confirmation_uses_the_same_key_and_a_new_order_another(customer):
    ready_to_confirm(customer)
    before = customer.slot
    customer.says("affirm", "确认")
    customer.slot = before
    customer.says("affirm", "确认")
    assert customer.orders.keys[0] == customer.orders.keys[1]
    ready_to_confirm(customer)
    customer.says("affirm", "确认")
    assert customer.orders.keys[2] != customer.orders.keys[0]


def test_an_order_that_cannot_be_placed_is_kept_and_not_confirmed(customer):
    ready_to_confirm(customer)
    customer.orders.failing = [Unavailable("timeout")]
    reply = customer.says("affirm", "确认")
    assert "记下了" in reply
    assert "订单号 QM" not in reply
    assert len(customer.desk.kept) == 1


def test_when_nothing_can_keep_the_order_it_stays_open_to_be_confirmed_again(customer):
    ready_to_confirm(customer)
    customer.orders.failing = [Unavailable("timeout")]
    customer.desk.down = True
    assert "还没下成" in customer.says("affirm", "确认")
    customer.desk.down = False
    assert "QM-TEST-1" in customer.says("affirm", "确认")


def test_stock_that_went_meanwhile_is_offered_honestly(customer):
    ready_to_confirm(customer)
    customer.orders.stock["OIL-FULL"] = 1
    details = {"sku": "OIL-FULL", "available": 1}
    customer.orders.failing = [Refused(409, "out_of_stock", "", details)]
    assert "只剩 1 桶" in customer.says("affirm", "确认")
    assert "全合成机油 × 1" in customer.says("affirm", "行")


def test_a_large_order_is_also_put_before_a_person(customer):
    customer.says(
        "place_order",
        WHOLE.replace("[一套](quantity)[E7](car_model)[脚垫]", "[10台](quantity)[充电桩]"),
    )
    assert "先打电话" in customer.says("affirm", "确认")
    assert customer.tickets.opened[0]["priority"] == "high"


def test_the_customer_is_answered_in_english(customer):
    reply = customer.says("place_order", "i want [3](quantity) [支架](product) pls", language="en")
    assert "recipient's name" in reply


def test_the_same_question_a_third_time_offers_a_person(customer):
    customer.says("place_order", "我要[支架](product)")
    customer.says("greet", "在吗")
    customer.says("greet", "在吗")
    assert any(button["title"] == "转人工" for button in customer.buttons)


def test_an_order_that_looks_like_bare_details_is_an_order(customer):
    assert "回“确认”" in customer.says("inform", WHOLE)


def test_something_that_is_no_known_product_is_named_and_not_found(customer):
    assert "“榴莲”我们店里没找到" in customer.says("place_order", "帮我下单[两斤](quantity)榴莲")


def test_an_answer_that_brings_a_part_is_not_counted_as_asked_again(customer):
    customer.says("place_order", "我要[支架](product)")
    for words in ("[13800138000](phone)", "[上海浦东张江路88号](address)"):
        assert "请同事" not in customer.says("inform", words)


def test_a_name_among_other_words_is_taken(customer):
    customer.says("place_order", "我要[支架](product)")
    words = "行，先这样。刘洋 [13512345678](phone) [重庆市渝北区金开大道1号](address)"
    assert "刘洋" in customer.says("inform", words)


def test_no_more_wanting_it_drops_the_whole_order(customer):
    customer.says("place_order", "我要[支架](product)")
    assert "这单不下了" in customer.says("deny", "不要了")
    assert customer.slot["task"] is None


def test_a_general_name_means_the_kind_that_is_in_the_cart(customer):
    customer.says("place_order", "来[两桶](quantity)[半合成](product)")
    customer.says("modify_order", "[机油](product)改[三桶](quantity)")
    item = customer.slot["task"]["items"][0]
    assert (item["product"]["sku"], item["quantity"]) == ("OIL-SEMI", 3)


@pytest.mark.parametrize(("text", "orders"), [("好 下单", 1), ("我还想买点别的东西", 0)])
def test_only_the_word_for_placing_it_confirms_the_read_back(customer, text, orders):
    customer.says(
        "place_order",
        "[支架](product)，[张伟](person)，[13800138000](phone)，[上海浦东张江路88号](address)",
    )
    customer.says("place_order", text)
    assert len(customer.orders.placed) == orders


def test_a_number_alone_means_the_product_whose_price_was_told(customer):
    customer.says("ask_price", "[支架](product)多少钱")
    assert "手机支架 × 4" in customer.says("place_order", "来[4个](quantity)")


def test_a_change_while_details_are_awaited_is_acknowledged(customer):
    customer.says("place_order", "[支架](product)要[三个](quantity)")
    assert "手机支架 × 1" in customer.says("inform", "不对，[支架](product)要[一个](quantity)就行")


def test_a_line_is_taken_out_by_its_place(customer):
    ready_to_confirm(customer)
    customer.says("modify_order", "第二个拿掉")
    assert [item["product"]["sku"] for item in customer.slot["task"]["items"]] == ["OIL-FULL"]


def test_a_pair_of_what_is_sold_singly_is_two(customer):
    assert "手机支架 × 2" in customer.says("place_order", "[支架](product)[一对](quantity)")
    reply = customer.says("place_order", "[大灯](product)[一对](quantity)")
    assert "LED大灯 × 1" in reply


def test_a_variant_is_chosen_by_the_letter_that_tells_it_apart(customer):
    customer.says("place_order", "来[两桶](quantity)[机油](product)")
    customer.says("inform", "全的那种")
    assert customer.slot["task"]["items"][0]["product"]["sku"] == "OIL-FULL"


def test_a_note_goes_with_the_order_and_is_read_back(customer):
    ready_to_confirm(customer)
    assert "备注：放门卫" in customer.says("ask_faq", "备注一下：放门卫")
    customer.says("affirm", "确认")
    assert customer.orders.placed[0]["note"].startswith("放门卫")


def test_goods_that_sound_like_a_change_are_a_first_order(customer):
    assert "手机支架 × 2" in customer.says("modify_order", "寄[两个](quantity)[支架](product)给我")


@pytest.mark.parametrize("name", ["辛月", "John Smith", "翁嘉"])
def test_a_name_among_the_details_of_an_order_is_taken(customer, name):
    words = f"[支架](product)一个 {name}, [13800138000](phone) [上海浦东张江路88号](address)"
    assert f"收货人：{name}" in customer.says("place_order", words)


@pytest.mark.parametrize(
    ("intent", "words"),
    [("inform", "这回对了 下单"), ("thank", "好的确认下单谢谢"), ("place_order", "嗯 提交吧")],
)
def test_a_yes_with_more_words_lets_the_order_go(customer, intent, words):
    ready_to_confirm(customer)
    assert "QM-TEST-1" in customer.says(intent, words)


@pytest.mark.parametrize("words", ["好的 但先等一下", "下单前改一下地址", "可以换颜色吗？"])
def test_a_yes_with_a_condition_does_not(customer, words):
    ready_to_confirm(customer)
    customer.says("inform", words)
    assert customer.orders.placed == []


def test_one_more_of_one_thing_leaves_the_other_as_it_is(customer):
    ready_to_confirm(customer)
    customer.says("place_order", "[脚垫](product)再多来[一套](quantity)吧 [全合成](product)够了")
    items = {one["product"]["sku"]: one["quantity"] for one in customer.slot["task"]["items"]}
    assert items == {"MAT": 2, "OIL-FULL": 2}


def test_a_number_that_was_not_recognised_is_read_beside_its_product(customer):
    assert "手机支架 × 2" in customer.says("place_order", "那[支架](product)给我两个好了")


def test_an_order_number_alone_asks_for_the_phone(customer):
    assert "后四位" in customer.says("inform", "我要看订单[QM001](order_no)")


def test_a_note_does_not_hide_the_other_details(customer):
    words = "要[一个](quantity)[支架](product)，[邢丽娜](person)[13800138000](phone)，备注放门卫"
    customer.says("place_order", words)
    assert customer.slot["customer"]["phone"] == "13800138000"


def test_a_name_before_an_english_address_is_not_part_of_it(customer):
    customer.says("place_order", "[支架](product)")
    words = "John Smith, [13800138000](phone), 88 Zhangjiang Road, Pudong, Shanghai"
    customer.says("inform", words, language="en")
    assert customer.slot["customer"]["name"] == "John Smith"
    assert customer.slot["customer"]["address"] == "88 Zhangjiang Road, Pudong, Shanghai"


def test_a_house_number_is_no_place_in_the_cart(customer):
    ready_to_confirm(customer)
    customer.says("inform", "先不要那个，寄[重庆市渝北区金开大道1号](address)")
    assert len(customer.slot["task"]["items"]) == 2


def test_a_product_named_before_it_is_replaced_goes(customer):
    ready_to_confirm(customer)
    customer.says("modify_order", "我想了下 [脚垫](product)占地方 换成[支架](product)算了")
    skus = {one["product"]["sku"] for one in customer.slot["task"]["items"]}
    assert skus == {"OIL-FULL", "MOUNT"}


def test_what_was_shown_is_ordered_with_details(customer):
    customer.says("ask_stock", "[支架](product)有吗")
    words = "那就来[一个](quantity) [苏晚](person) [13276660815](phone)"
    assert "手机支架 × 1" in customer.says("inform", words)


def test_english_words_before_a_name_are_no_name(customer):
    customer.says("place_order", "[支架](product)")
    words = "too much for now. Lena Hoffmann, [13122998810](phone), 1038 Huaihai Road, Shanghai"
    customer.says("inform", words, language="en")
    assert customer.slot["customer"]["name"] == "Lena Hoffmann"


def test_what_is_called_off_by_name_goes_and_the_rest_of_the_order_stays(customer):
    customer.says(
        "place_order", "来[一套](quantity)[脚垫](product)，[一个](quantity)[手机支架](product)"
    )
    customer.says("cancel_order", "算了[支架](product)也不要了")
    assert [item["name"] for item in customer.facts["cart"]] == ["全包围脚垫"]
    customer.says("cancel_order", "算了不要了")
    assert customer.facts["task"] is None
