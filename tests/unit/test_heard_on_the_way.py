"""What a customer says beside, around or instead of the expected answer; over fake backends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.backends.knowledge import Entry, Fault
from actions.backends.tickets import Ticket, _ticket
from actions.clerk.choosing import without
from actions.clerk.requests import parts
from actions.clerk.turn import Turn
from tests.unit.clerk import at_night, unmarked
from tests.unit.test_after_sales import ORDER
from tests.unit.test_appointments import BRAKES


@pytest.fixture
def customer(monkeypatch):
    return at_night(monkeypatch)


@pytest.fixture
def owner(customer):
    """A customer whose session has booked the brakes for Friday."""
    customer.scheduling.owns(*BRAKES)
    customer.slot = {"language": "zh", "customer": {}, "latest": "appointment"}
    return customer


def test_the_branch_in_a_question_about_something_else_is_taken_into_the_booking(customer):
    customer.says("book_appointment", "想约[试驾](service)")
    reply = customer.says("ask_price", "[浦东店](branch) 你们[脚垫](product)多少钱")
    assert "¥368" in reply
    assert "哪家店" not in reply


def test_the_phone_in_a_question_is_taken_into_the_booking(customer):
    customer.knowledge.about = {"带什么": Entry("bring", "带什么？", "带行驶证。", 0.9)}
    customer.says("book_appointment", "[周五晚上七点](time)[浦东店](branch)[小保养](service)")
    reply = customer.says("ask_faq", "[张伟](person)[13800138000](phone) 要带什么")
    assert "带行驶证" in reply
    assert "张伟" in reply


def test_a_day_in_a_question_is_not_taken_for_the_time(customer):
    customer.knowledge.about = {"开门": Entry("open", "开门？", "每天开门。", 0.9)}
    customer.says("book_appointment", "[浦东店](branch)[小保养](service)")
    reply = customer.says("ask_faq", "你们[周日](time)开门吗")
    assert "什么时间" in reply


def test_a_surname_beside_the_phone_is_name_enough(customer):
    customer.says("book_appointment", "[周五晚上七点](time)[浦东店](branch)[小保养](service)")
    reply = customer.says("inform", "[13800138000](phone) 赵")
    assert "赵　13800138000" in reply


@pytest.mark.parametrize("words", ["小的", "小的那个"])
def test_what_picks_a_service_is_not_a_name(customer, words, monkeypatch):
    monkeypatch.setattr(customer.catalogue, "search", lambda query: [])
    monkeypatch.setattr(
        "actions.appointments.what.described", lambda turn, options: [0, 1] if turn.text else []
    )
    customer.says("book_appointment", "约个保养")
    reply = customer.says("inform", words)
    assert "您的称呼" in reply


def test_politeness_is_not_a_name(customer):
    customer.says("book_appointment", "[Test drive](service)", "en")
    reply = customer.says("inform", "[浦东店](branch) please, [tomorrow at 3](time)", "en")
    assert "your name" in reply


def test_the_same_day_is_that_of_the_appointment(owner):
    reply = owner.says("reschedule_appointment", "要开会 改到[同一天下午四点](time)")
    assert "11月27日（周五）16:00" in reply


def test_the_same_time_of_another_day_is_kept_while_booking(customer):
    customer.says("book_appointment", "[周五晚上七点](time)[浦东店](branch)[小保养](service)")
    reply = customer.says("reschedule_appointment", "[周五](time)我上班 改[周日同一时间](time)吧")
    assert "11月29日（周日）19:00" in reply


def test_an_hour_later_is_understood_although_nobody_marked_it(owner):
    reply = owner.says("reschedule_appointment", "push it back by one hour please")
    assert "20:00" in reply


def test_what_could_be_of_an_order_is_of_the_appointment_that_was_made_last(owner):
    owner.orders.own = [ORDER]
    assert "刹车检修" in owner.says("cancel_order", "算了 直接取消吧")
    owner.says("deny", "不取消")
    assert "取消订单" in owner.says("cancel_order", "把订单取消了")


def test_the_earliest_of_the_offers_is_picked_with_its_part_of_the_day(customer):
    customer.says("book_appointment", "[周五上午](time)[浦东店](branch)[小保养](service)")
    reply = customer.says("inform", "[上午](time)最早的 [张伟](person)[13800138000](phone)")
    assert "11月27日（周五）09:00" in reply
    assert "张伟" in reply


def test_who_asks_where_a_service_is_done_at_a_time_books_it(customer):
    reply = customer.says(
        "find_branch", "[周五晚上七点](time)[浦东店](branch)能[小保养](service)吗"
    )
    assert "11月27日（周五）19:00" in reply


def test_a_service_with_time_and_place_is_booked_although_its_price_is_asked_too(customer):
    reply = customer.says(
        "ask_price", "[小保养](service)多少钱 来一个 [浦东店](branch) [周五晚上七点](time)"
    )
    assert "¥399" in reply
    assert "11月27日（周五）19:00" in reply


def test_words_in_the_middle_of_a_name_are_set_aside():
    plain, entities = unmarked("想换[四条](quantity)胎，[周日](time)")
    turn = Turn.of_message({"text": plain, "entities": entities})
    assert without(turn, "quantity", "time") == "想换胎，"


def test_a_question_behind_an_interjection_is_heard_alone(customer):
    assert parts("等等，迟到了怎么办") == ["迟到了怎么办"]
    customer.knowledge.about = {"迟到": Entry("late", "迟到？", "保留 15 分钟。", 0.99)}
    customer.understanding.parts = {"迟到": ("ask_faq", "迟到了怎么办")}
    assert "15 分钟" in customer.says("nlu_fallback", "等等，迟到了怎么办")


def test_a_danger_that_is_far_fetched_yields_to_the_answer(customer):
    hot = Fault("hot", "水温过高", "停车。", "stop", score=0.8)
    customer.knowledge.table = {"迟到": [hot]}
    customer.knowledge.about = {"迟到": Entry("late", "迟到？", "保留 15 分钟。", 0.99)}
    reply = customer.says("ask_faq", "迟到了怎么办")
    assert "15 分钟" in reply
    assert "停车" not in reply
    customer.knowledge.table = {"迟到": [replace(hot, score=0.95)]}
    assert "停车" in customer.says("ask_faq", "迟到了怎么办")


def test_the_place_beside_the_question_for_a_branch_belongs_to_it(customer):
    customer.understanding.parts = {
        "有店": ("find_branch", "你们有店吗"),
        "小保养": ("book_appointment", "想做个[小保养](service)"),
    }
    reply = customer.says(
        "find_branch", "想做个[小保养](service)，他在[西安](location)，你们有店吗"
    )
    assert "西安" in reply
    assert "哪个城市" not in reply


def test_number_and_tail_in_one_message_are_both_taken(customer):
    customer.orders.others = [replace(ORDER, order_no="QM2611257K3M9QX2TB")]
    reply = customer.says("track_order", "查下 [QM2611257](order_no)K3M9QX2TB 尾号8000")
    assert "QM2611257K3M9QX2TB" in reply
    assert "后四位" not in reply


def test_a_return_of_what_was_not_sent_is_offered_as_a_cancellation(customer):
    customer.orders.own = [ORDER]
    reply = customer.says("return_exchange", "刚买的不想要了 退了吧")
    assert "还没发货" in reply
    assert "要取消订单" in reply
    assert "取消" in customer.says("affirm", "对")
    assert customer.orders.cancelled == ["QM001"]


def test_how_long_a_refund_takes_is_answered_and_nothing_returned(customer):
    customer.orders.own = [ORDER]
    customer.knowledge.about = {"钱": Entry("refund", "多久？", "1–3 个工作日。", 0.9)}
    assert "工作日" in customer.says("return_exchange", "取消了钱啥时候回来")


def test_who_complains_is_not_asked_for_the_order_number_again(customer):
    customer.says("track_order", "查下我的单")
    reply = customer.says("complain", "什么破系统")
    assert "T-1" in reply
    assert "后四位" not in reply


def test_who_blames_the_shop_is_not_asked_for_an_order_number(customer):
    reply = customer.says("return_exchange", "给我换个胎把轮毂都划拉了 必须给我个说法")
    assert "T-1" in reply
    assert "订单号" not in reply


def test_the_phone_that_a_complaint_asks_for_is_taken_whatever_else_is_said(customer):
    customer.says("complain", "师傅把轮毂刮花了")
    reply = customer.says("request_human", "佟 [13998877213](phone) 让你们管事儿的给我打")
    assert "号码记到" in reply
    assert customer.tickets.phones[0][2] == "13998877213"
    assert [one["kind"] for one in customer.tickets.opened] == ["complaint"]


def test_a_phone_said_later_goes_to_the_complaint(customer):
    customer.says("complain", "师傅把轮毂刮花了")
    customer.says("complain", "我要投诉")
    reply = customer.says("inform", "货一直不到 电话[13800138000](phone)")
    assert "T-1" in reply
    assert customer.tickets.phones == [("T-1", "", "13800138000")]
    assert customer.tickets.comments[-1][1].endswith("货一直不到 电话13800138000")


@pytest.mark.parametrize("intent", ["nlu_fallback", "ask_faq", "track_order", "request_human"])
def test_who_has_a_ticket_and_asks_when_hears_the_promise(customer, intent):
    customer.tickets.own = [Ticket("T-9", "open", "conversation")]
    reply = customer.says(intent, "啥时候能给我回话")
    assert "T-9" in reply
    assert "上班" in reply
    assert not customer.tickets.opened


def test_the_customers_own_comment_is_not_told_as_a_colleagues():
    body = {
        "ticket_no": "T1",
        "status": "open",
        "comments": [
            {"author": "小王", "text": "在查了"},
            {"author": "客户 张伟", "text": "回电：138"},
        ],
    }
    assert _ticket(body).comment == "在查了"


def test_an_address_for_mail_does_not_change_the_language(customer):
    customer.orders.own = [ORDER]
    customer.says("request_invoice", "开个人发票")
    reply = customer.says("inform", "[zhou@juneng.cn](email)", "en")
    assert "发票" in reply
