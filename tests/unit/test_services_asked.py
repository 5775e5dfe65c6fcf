"""What is asked about a service in its booking, and what a booking does not ask; over fakes."""

from __future__ import annotations

import pytest

from actions.appointments.figures import asks_length
from tests.unit.clerk import at_night
from tests.unit.test_appointments import BRAKES


@pytest.fixture
def customer(monkeypatch):
    return at_night(monkeypatch)


@pytest.mark.parametrize("intent", ["ask_faq", "track_order", "nlu_fallback", "ask_price"])
def test_how_long_it_takes_is_answered_in_the_middle_of_a_booking(customer, intent):
    customer.says("book_appointment", "约个[小保养](service)，[浦东店](branch)")
    reply = customer.says(intent, "要多久")
    assert "60 分钟" in reply
    assert "什么时间" in reply


def test_the_price_is_answered_at_the_read_back_and_the_yes_still_counts(customer):
    customer.says(
        "book_appointment",
        "[周五晚上七点](time)去[浦东店](branch)做[小保养](service)，[张伟](person)[13800138000](phone)",
    )
    assert "399" in customer.says("ask_price", "多少钱啊")
    customer.says("affirm", "好")
    assert len(customer.scheduling.booked) == 1


@pytest.mark.parametrize(
    "text", ["要搞幾耐㗎", "大概多久能弄完", "要几个小时", "how long does it take", "得多长时间啊"]
)
def test_a_question_for_the_length_is_known_by_its_words(text):
    assert asks_length(text)


@pytest.mark.parametrize(
    "text", ["多久能到货", "多久做一次", "机油能用多久", "要提前多久约", "how long till it ships"]
)
def test_another_stretch_of_time_is_not_the_length_of_the_service(text):
    assert not asks_length(text)


def test_a_bare_time_after_the_price_of_a_service_books_it(customer):
    customer.says("ask_price", "[小保养](service)多少钱")
    reply = customer.says("inform", "那[周五晚上七点](time)吧")
    assert customer.slot["task"]["kind"] == "appointment"
    assert "小保养" in reply
    assert "19:00" in reply


def test_a_bare_time_after_the_price_of_a_product_books_nothing(customer):
    customer.says("ask_price", "[小保养](service)多少钱")
    customer.says("ask_price", "[脚垫](product)呢")
    customer.says("inform", "[周五晚上七点](time)")
    assert (customer.slot["task"] or {}).get("kind") != "appointment"


def test_how_long_the_priced_service_takes_is_no_question_of_delivery(customer):
    customer.says("ask_price", "[小保养](service)多少钱")
    assert "60 分钟" in customer.says("ask_faq", "要多久")


def test_the_price_of_what_was_just_booked_is_told(customer):
    customer.scheduling.owns(*BRAKES)
    customer.slot = {"language": "zh", "customer": {}, "latest": "appointment"}
    assert "198" in customer.says("ask_price", "多少钱来着")


def test_a_shop_with_one_branch_does_not_ask_which(customer):
    customer.scheduling.all_branches = (("SH-PD", "上海浦东店"),)
    reply = customer.says("book_appointment", "[周五晚上七点](time)[小保养](service)")
    assert "哪家店" not in reply
    assert "上海浦东店" in reply


def test_the_only_branch_that_does_the_service_needs_no_question(customer):
    customer.scheduling.unable = {"SH-MH", "XA-YT"}
    reply = customer.says("book_appointment", "[周五晚上七点](time)[小保养](service)")
    assert "哪家店" not in reply


def test_a_time_said_for_what_was_just_booked_moves_it(customer):
    customer.scheduling.owns(*BRAKES)
    for intent in ("repeat", "nlu_fallback", "inform", "book_appointment"):
        customer.slot = {"language": "zh", "customer": {}, "latest": "appointment"}
        reply = customer.says(intent, "老婆说还是[周六](time) 不过要[下午三点](time)")
        assert "11月28日（周六）15:00" in reply


def test_a_place_named_without_its_shop_is_the_branch(customer):
    reply = customer.says("book_appointment", "[小保养](service) 闵行 [周五晚上七点](time)")
    assert "上海闵行店" in reply


def test_a_filler_taken_for_a_service_does_not_hide_the_one_that_is_named(customer):
    reply = customer.says("book_appointment", "[做個](service)[小保养](service)，[浦东店](branch)")
    assert "没有这个项目" not in reply
    assert "小保养" in reply


def test_a_clock_without_a_colon_is_a_time(customer):
    reply = customer.says("book_appointment", "[小保养](service)[浦东店](branch) [fri 230pm](time)")
    assert "14:00" in reply or "14:30" in reply


def test_a_name_in_small_letters_before_the_phone_is_taken(customer):
    reply = customer.says(
        "book_appointment",
        "[小保养](service) [浦东店](branch) [fri 7pm](time), raj [13510098877](phone)",
    )
    assert "Raj" in reply


def test_a_parent_gives_the_name_with_the_phone(customer):
    reply = customer.says(
        "book_appointment",
        "[小保养](service) [浦东店](branch) [周五晚上七点](time) 家长蒲文静[13808228866](phone)",
    )
    assert "蒲文静" in reply


def test_a_name_that_follows_its_family_name_without_a_pause_is_whole(customer):
    reply = customer.says(
        "book_appointment",
        "[小保养](service)[fri 7pm](time)[浦东店](branch)"
        "我姓[童](person)童文斌电话[18971055620](phone)",
    )
    assert "童文斌" in reply


def test_a_word_in_the_middle_of_a_service_does_not_hide_it(customer):
    reply = customer.says("book_appointment", "做小个保养 [浦东店](branch)[周五晚上七点](time)")
    assert "小保养" in reply


def test_goods_named_with_a_time_and_a_place_are_a_visit_when_they_name_a_service(customer):
    reply = customer.says(
        "nlu_fallback", "[浦东](location)[周五晚上七点](time)小保养[脚垫](product)"
    )
    assert "小保养" in reply
    assert customer.slot["task"]["kind"] == "appointment"


@pytest.mark.parametrize("intent", ["ask_faq", "nlu_fallback"])
@pytest.mark.parametrize("text", ["sorry what time did I book again?", "我约的是几点来着"])
def test_when_the_own_appointment_is_needs_no_right_intent(customer, intent, text):
    customer.scheduling.owns(*BRAKES)
    assert "19:00" in customer.says(intent, text)


def test_the_name_of_whom_it_is_for_is_taken(customer):
    customer.says("book_appointment", "[小保养](service) [浦东店](branch)")
    reply = customer.says(
        "inform", "[周五晚上七点](time) 我替他约 他叫邓超 电话[13550011223](phone)"
    )
    assert "邓超" in reply


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
def test_another_branch_said_for_what_was_just_booked_moves_it_there(customer, intent):
    customer.scheduling.owns(*BRAKES)
    customer.slot = {"language": "zh", "customer": {}, "latest": "appointment"}
    reply = customer.says(intent, "还是闵行吧 离我近点，时间不变")
    assert "上海闵行店" in reply
    assert "11月27日（周五）19:00" in reply


def test_a_town_with_an_apostrophe_is_a_place(customer, monkeypatch):
    monkeypatch.setattr(
        customer.scheduling, "all_branches", (("SH-PD", "上海浦东店"), ("Xi'An", "西安雁塔店"))
    )
    reply = customer.says("book_appointment", "[小保养](service) at the Xi'an shop", "en")
    assert "the branch" not in reply


def test_an_in_that_was_left_out_of_a_time_belongs_to_it(customer):
    reply = customer.says(
        "book_appointment",
        "[小保养](service) [浦东店](branch), in [three days at 10am](time)",
        "en",
    )
    assert "10:00" in reply
