"""What is said besides orders: talk, products, knowledge, hand-off; over fake backends."""

from __future__ import annotations

import pytest

from actions.backends.client import Unavailable
from actions.backends.knowledge import Entry
from nightdesk.clock import CLOCK
from tests.unit.clerk import ACTIONS, Customer


@pytest.fixture
def customer(monkeypatch):
    return Customer(monkeypatch)


def test_the_last_reply_is_said_again_with_its_buttons(customer):
    first = customer.says("greet", "你好")
    buttons = customer.buttons
    assert customer.says("repeat", "啥?") == first
    assert customer.buttons == buttons


def test_a_greeting_does_not_forget_the_open_order(customer):
    customer.says("place_order", "我要[支架](product)")
    assert "就差" in customer.says("greet", "在吗")


def test_it_says_that_it_is_no_person(customer):
    assert "不是真人" in customer.says("bot_challenge", "你是机器人吧")


def test_a_price_comes_with_the_stock_and_a_button_that_orders_it(customer):
    reply = customer.says("ask_price", "[支架](product)多少钱")
    assert "¥45" in reply
    assert "有货" in reply
    assert "手机支架 × 1" in customer.taps("要手机支架")


def test_an_answer_of_the_knowledge_base_is_said_word_for_word(customer):
    customer.knowledge.entries = [Entry("shipping", "运费？", "满 ¥99 包邮。", 0.9)]
    customer.knowledge.answerable = True
    assert customer.says("ask_faq", "包邮不") == "满 ¥99 包邮。"


def test_a_question_that_is_not_known_is_not_answered(customer):
    reply = customer.says("ask_faq", "你们老板几岁")
    assert "不确定" in reply
    assert customer.buttons[0]["title"] == "转人工"


def test_likely_questions_are_offered_when_the_answer_is_uncertain(customer):
    customer.knowledge.entries = [Entry("a", "怎么退货？", "…", 0.35)]
    reply = customer.says("ask_faq", "退")
    assert "怎么退货？" in reply
    assert "…" not in reply


def test_at_night_a_person_is_promised_for_the_morning(customer, monkeypatch):
    monkeypatch.setenv(CLOCK, "2026-11-23T03:00:00+08:00")
    reply = customer.says("request_human", "转人工")
    assert "T-1" in reply
    assert "今天 09:00" in reply
    assert customer.tickets.opened[0]["kind"] == "callback"


def test_the_wish_for_a_person_is_noted_with_what_was_asked_last(customer, monkeypatch):
    customer.says("request_human", "转人工")
    assert customer.knowledge.persons_needed == 1

    def broken(key: str) -> None:
        raise Unavailable("down")

    monkeypatch.setattr(customer.knowledge, "person_needed", broken)
    assert "T-1" in customer.says("request_human", "转人工")


def test_by_day_a_person_is_promised_soon(customer, monkeypatch):
    monkeypatch.setenv(CLOCK, "2026-11-23T15:00:00+08:00")
    assert "尽快" in customer.says("request_human", "转人工")


def test_when_tickets_cannot_be_opened_the_wish_is_kept(customer):
    customer.tickets.down = True
    assert "记下" in customer.says("request_human", "转人工")
    assert customer.desk.kept[0][0] == "tickets"


def test_a_person_can_be_called_in_the_middle_of_an_order_which_stays(customer):
    customer.says("place_order", "我要[支架](product)")
    assert "T-1" in customer.says("request_human", "转人工")
    assert customer.slot["task"]["items"]


def test_a_complaint_is_acknowledged_and_becomes_a_ticket(customer):
    reply = customer.says("complain", "你们师傅把我车刮花了")
    assert "抱歉" in reply
    assert customer.tickets.opened[0]["kind"] == "complaint"


def test_after_failed_turns_a_person_is_offered(customer):
    for _ in range(3):
        reply = customer.says("out_of_scope", "股票涨了吗")
    assert "请同事" in reply


def test_an_understood_turn_forgets_the_failed_ones(customer):
    customer.says("out_of_scope", "股票涨了吗")
    customer.says("out_of_scope", "股票涨了吗")
    customer.says("greet", "你好")
    assert "请同事" not in customer.says("out_of_scope", "股票涨了吗")


def test_a_chinese_address_alone_does_not_turn_an_english_chat_to_chinese(customer):
    customer.says("greet", "hello", language="en")
    customer.says("inform", "[杭州市文三路478号](address) [Tom Baker](person)", language="zh")
    assert customer.slot["language"] == "en"
    customer.says("inform", "寄到[杭州市文三路478号](address)", language="zh")
    assert customer.slot["language"] == "zh"


def test_the_language_follows_the_customer_but_not_a_bare_number(customer):
    customer.says("greet", "hello", language="en")
    assert customer.slot["language"] == "en"
    customer.says("greet", "你好")
    assert customer.slot["language"] == "zh"
    customer.says("inform", "13800138000", language="en")
    assert customer.slot["language"] == "zh"


def test_a_second_look_that_fails_is_not_reported_as_a_failure(customer, monkeypatch):
    def down(*_arguments):
        raise Unavailable("down")

    monkeypatch.setattr(customer.knowledge, "search", down)
    assert "系统" not in customer.says("nlu_fallback", "那啥来着")


def test_what_was_taken_for_a_detail_and_asks_something_is_answered(customer):
    customer.knowledge.about = {"停车": Entry("parking", "能停车吗？", "有免费停车位。", 0.9)}
    assert customer.says("inform", "停车要钱吗") == "有免费停车位。"
    assert "收到" in customer.says("inform", "停车")


@pytest.mark.parametrize(("likely", "tickets"), [("complain", 1), ("ask_faq", 0)])
def test_who_blames_the_shop_unclearly_complains(customer, likely, tickets):
    unclear = {"name": "nlu_fallback", "confidence": 0.6}
    message = {
        "text": "给我换个胎把轮毂都划拉了 必须给我个说法",
        "intent": unclear,
        "intent_ranking": [unclear, {"name": likely, "confidence": 0.4}],
        "language": "zh",
    }
    ACTIONS["nlu_fallback"].answer("conversation", message, customer.slot)
    assert len(customer.tickets.opened) == tickets
