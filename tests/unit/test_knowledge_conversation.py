"""Questions for the knowledge base, and complaints; over fake backends."""

from __future__ import annotations

import pytest

from actions.answers import questions
from actions.backends.client import Refused, Unavailable
from actions.backends.knowledge import Entry
from tests.unit.clerk import Customer

SHIPPING = Entry("shipping", "运费怎么算？", "满 ¥99 包邮。", 0.9)
INVOICE = Entry("invoice", "能开专票吗？", "可以开专票。", 0.9)


@pytest.fixture
def customer(monkeypatch):
    customer = Customer(monkeypatch)
    customer.knowledge.about = {"运费": SHIPPING, "专票": INVOICE}
    return customer


@pytest.mark.parametrize(
    "text", ["运费怎么算？能开专票不", "运费怎么算，还有专票能开吗", "先问运费，顺便问下专票开不开"]
)
def test_two_questions_get_both_answers(customer, text):
    reply = customer.says("ask_faq", text)
    assert reply.splitlines() == ["满 ¥99 包邮。", "可以开专票。"]


def test_the_same_answer_is_not_said_twice(customer):
    assert customer.says("ask_faq", "运费多少？运费谁出？") == "满 ¥99 包邮。"


def test_an_uncertain_question_is_answered_by_one_tap(customer):
    customer.knowledge.entries = [Entry("a", "怎么退货？", "七天内可退。", 0.35)]
    customer.says("ask_faq", "退")
    assert customer.buttons[0]["payload"] == '/ask_faq{"entry":"a"}'
    assert customer.taps("怎么退货？") == "七天内可退。"


def test_one_likely_entry_is_answered_under_its_own_question(customer):
    customer.knowledge.entries = [
        Entry("a", "怎么退货？", "七天内可退。", 0.6),
        Entry("b", "几点开门？", "九点。", 0.2),
    ]
    assert customer.says("ask_faq", "退得了吗") == "您要是问“怎么退货？”：七天内可退。"


def test_one_likely_entry_that_shares_no_word_is_only_offered(customer):
    customer.knowledge.entries = [Entry("a", "怎么退货？", "七天内可退。", 0.6)]
    assert "七天内可退" not in customer.says("ask_faq", "坐得下吗")


def test_an_entry_withdrawn_meanwhile_is_not_answered(customer):
    customer.knowledge.entries = [Entry("a", "怎么退货？", "七天内可退。", 0.35)]
    customer.says("ask_faq", "退")
    payload = customer.buttons[0]["payload"]
    customer.knowledge.entries = []
    customer.buttons = [{"title": "x", "payload": payload}]
    assert "不确定" in customer.taps("x")


def test_what_nobody_is_sure_of_is_offered_to_a_person(customer):
    customer.knowledge.entries = [Entry("a", "怎么退货？", "…", 0.1)]
    assert "不确定" in customer.says("ask_faq", "你们老板几岁")
    assert customer.buttons[0]["payload"] == "/request_human"


def live(customer, answer):
    customer.knowledge.about["桶"] = Entry("live", "一桶多少钱？", answer, 0.9)
    return customer.says("ask_faq", "那个桶怎么卖")


def test_an_answer_has_the_figures_of_the_moment(customer):
    answer = "一桶 {price:OIL-FULL}，{stock:LED}。工时 {service_price:basic}，热线 {hotline}。"
    assert live(customer, answer) == ("一桶 ¥298，只剩 1 对。工时 ¥399，热线 400-820-5550。")
    assert live(customer, "浦东店 {hours:SH-PD}，电话 {phone:SH-PD}") == (
        "浦东店 09:00–20:30，电话 021-1"
    )


@pytest.mark.parametrize("broken", [Unavailable("down"), Refused(404, "not_found", "", {})])
def test_a_figure_that_no_backend_tells_is_said_to_be_unknown(customer, monkeypatch, broken):
    asked = []

    def fails(sku):
        asked.append(sku)
        raise broken

    monkeypatch.setattr(customer.orders, "product", fails)
    reply = live(customer, "A {price:A}，B {price:B}。装它 {service_price:basic}。")
    assert "{" not in reply
    assert "A （价格暂时查不到）" in reply
    assert "装它 ¥399" in reply
    assert customer.buttons[0]["payload"] == "/request_human"
    assert len(asked) == (1 if isinstance(broken, Unavailable) else 2)


def test_a_placeholder_that_came_from_elsewhere_is_never_said_raw(customer):
    reply = live(customer, "现在 {no_such_thing}，{price}，{hours:NOWHERE}。")
    assert "{" not in reply
    assert reply.count("暂时查不到") == 4


def test_a_tapped_entry_has_its_figures_too(customer):
    customer.knowledge.entries = [Entry("a", "一桶多少钱？", "{price:OIL-FULL} 一桶", 0.35)]
    customer.says("ask_faq", "桶")
    assert customer.taps("一桶多少钱？") == "¥298 一桶"


def test_one_button_says_that_an_answer_did_not_help(customer):
    customer.knowledge.nearest = [("cod", "可以货到付款吗？"), ("fee", "退货运费谁出？")]
    customer.says("ask_faq", "运费怎么算")
    assert [one["title"] for one in customer.buttons] == ["没解决"]
    reply = customer.taps("没解决")
    assert customer.knowledge.unhelpful_ == ["shipping"]
    assert "货到付款" in reply
    assert [one["title"] for one in customer.buttons] == [
        "可以货到付款吗？",
        "退货运费谁出？",
        "转人工",
    ]


@pytest.mark.parametrize("text", ["答非所问", "不是这个", "我问的不是这个", "唔係問呢個"])
@pytest.mark.parametrize("intent", ["deny", "nlu_fallback", "complain"])
def test_saying_that_an_answer_missed_the_point_does_the_same(customer, text, intent):
    customer.says("ask_faq", "运费怎么算")
    assert "没答到点子上" in customer.says(intent, text)
    assert customer.knowledge.unhelpful_ == ["shipping"]
    assert customer.buttons[-1]["title"] == "转人工"
    assert customer.tickets.opened == []


def test_anger_about_an_answer_is_still_a_complaint(customer):
    customer.says("ask_faq", "运费怎么算")
    assert "T-1" in customer.says("complain", "答非所问！！气死我了，我要打12315")


def test_it_is_said_of_the_last_answer_only(customer):
    customer.says("ask_faq", "运费怎么算")
    customer.says("greet", "在吗")
    customer.says("deny", "不是这个")
    assert customer.knowledge.unhelpful_ == []


def test_a_plain_no_after_an_answer_is_no_complaint_about_it(customer):
    customer.says("ask_faq", "运费怎么算")
    customer.says("deny", "不用了")
    assert customer.knowledge.unhelpful_ == []


def test_english_customers_say_it_too(customer):
    customer.says("ask_faq", "运费 shipping", language="en")
    customer.says("ask_faq", "运费 how much is shipping", language="en")
    assert "missed the point" in customer.says("deny", "that's not what I asked", language="en")


def test_a_customer_is_served_although_the_note_fails(customer):
    customer.says("ask_faq", "运费怎么算")
    customer.knowledge.down = True
    assert "没答到点子上" in customer.taps("没解决")
    assert customer.buttons[0]["payload"] == "/request_human"


def test_in_the_middle_of_an_order_the_buttons_are_the_orders_own(customer):
    customer.says("place_order", "来个[支架](product)")
    customer.says("ask_faq", "运费怎么算")
    assert "没解决" not in [one["title"] for one in customer.buttons]
    assert customer.knowledge.tasks[-1] == "order"


def test_of_two_answers_no_button_says_which_one_did_not_help(customer):
    customer.says("ask_faq", "运费怎么算？能开专票不")
    assert customer.buttons == []


def test_the_search_says_what_the_customer_is_in_the_middle_of(customer):
    customer.says("ask_faq", "运费怎么算")
    customer.says("place_order", "来个[支架](product)")
    customer.says("ask_faq", "你们老板几岁")
    assert customer.knowledge.tasks[0] == ""
    assert set(customer.knowledge.tasks[1:]) == {"order"}


def test_a_question_in_the_middle_of_an_order_is_answered_and_the_order_goes_on(customer):
    customer.says("place_order", "来个[支架](product)")
    reply = customer.says("ask_faq", "运费怎么算")
    assert reply.startswith("满 ¥99 包邮。")
    assert "收货地址" in reply


def test_a_message_not_understood_is_answered_when_the_knowledge_base_is_sure(customer):
    assert customer.says("nlu_fallback", "运费咋整") == "满 ¥99 包邮。"
    assert customer.slot["failed_turns"] == 0


def test_questions_are_told_apart():
    assert questions("运费多少？能开票吗") == ["运费多少", "能开票吗"]
    assert questions("运费多少") == ["运费多少"]


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("你们发货有点慢", "normal"),
        ("气死我了，什么态度！！", "high"),
        ("我要打12315", "high"),
        ("你们换的电池自燃了", "urgent"),
        ("your jack fell and I got injured", "urgent"),
    ],
)
def test_the_priority_follows_keywords_and_tone(customer, text, priority):
    reply = customer.says("complain", text)
    assert customer.tickets.opened[0]["priority"] == priority
    assert ("119" in reply) == (priority == "urgent")


def test_a_complaint_is_acknowledged_before_anything_is_asked(customer):
    reply = customer.says("complain", "脚垫味道太大")
    assert reply.index("抱歉") < reply.index("T-1") < reply.index("回电")


def test_a_phone_to_call_back_is_asked_for_once_and_noted(customer):
    customer.says("complain", "脚垫味道太大")
    assert "T-1" in customer.says("inform", "[13812345678](phone)")
    assert customer.tickets.comments == [("T-1", "回电：13812345678")]
    assert "回电" not in customer.says("complain", "还掉毛")


def test_no_phone_is_no_problem(customer):
    customer.says("complain", "脚垫味道太大")
    customer.says("deny", "不用")
    assert customer.slot["task"] is None
    assert "回电" not in customer.says("greet", "在吗")


def test_a_phone_with_a_missing_digit_is_not_noted(customer):
    customer.says("complain", "脚垫味道太大")
    assert "位数" in customer.says("inform", "[1381234567](phone)")
    assert customer.tickets.comments == []


def test_another_matter_ends_the_question_for_the_phone(customer):
    customer.says("complain", "脚垫味道太大")
    reply = customer.says("ask_price", "[支架](product)多少钱")
    assert "¥45" in reply
    assert "回电" not in reply


def test_a_known_phone_is_not_asked_for(customer):
    reply = customer.says("complain", "脚垫味道太大，打我[13812345678](phone)")
    assert "回电" not in reply
    assert customer.tickets.opened[0]["customer"]["phone"] == "13812345678"


def test_a_second_complaint_goes_to_the_same_ticket(customer):
    customer.says("complain", "脚垫味道太大")
    assert "T-1" in customer.says("complain", "而且把我手割流血了")
    assert len(customer.tickets.opened) == 1
    assert customer.tickets.comments == [("T-1", "而且把我手割流血了")]
    assert customer.tickets.raised == ["urgent"]


def test_the_order_that_was_named_is_written_on_the_ticket(customer):
    customer.says("complain", "[QM-TEST-9](order_no)少发了一件")
    assert customer.tickets.opened[0]["order_no"] == "QM-TEST-9"


def test_a_complaint_in_the_middle_of_an_order_leaves_the_order_open(customer):
    customer.says("place_order", "来个[支架](product)")
    reply = customer.says("complain", "你们回得太慢了")
    assert "T-1" in reply
    assert "收货地址" in reply


def test_trouble_that_was_not_understood_is_a_complaint(customer):
    assert "抱歉" in customer.says("nlu_fallback", "假货吧，我打12315")
    assert customer.tickets.opened[0]["priority"] == "high"


def test_a_price_that_is_no_product_s_is_looked_up_in_the_knowledge_base(customer):
    assert customer.says("ask_price", "运费多少钱") == "满 ¥99 包邮。"


def test_an_entry_that_is_likely_is_answered_under_its_own_question(customer):
    customer.knowledge.entries = [
        Entry("a", "怎么退货？", "七天内可退。", 0.7),
        Entry("b", "几点开门？", "九点。", 0.6),
    ]
    assert customer.says("ask_faq", "不喜欢咋整") == "您要是问“怎么退货？”：七天内可退。"
    assert "几点开门？" in [one["title"] for one in customer.buttons]


def test_a_short_question_is_asked_of_the_product_that_was_spoken_of(customer):
    cure = Entry("cure", "能治好吗？", "不能治好。", 0.3)
    customer.says("ask_price", "[支架](product)多少钱")
    customer.knowledge.entries = [cure]
    customer.knowledge.about = {"手机支架 戴": cure}
    assert customer.says("ask_faq", "戴了会好不") == "不能治好。"


def test_what_was_spoken_of_brings_in_no_entry_that_the_words_are_far_from(customer):
    customer.says("ask_price", "[支架](product)多少钱")
    customer.knowledge.entries = [Entry("a", "怎么退货？", "七天内可退。", 0.1)]
    customer.knowledge.about = {"手机支架 戴": Entry("cure", "能治好吗？", "不能治好。", 0.9)}
    assert "不能治好" not in customer.says("ask_faq", "戴了会好不")


def test_what_is_asked_of_a_place_and_no_entry_knows_is_told_of_its_branch(customer):
    assert "09:00–20:30" in customer.says("ask_faq", "[闵行店](branch)开到几点收工")
