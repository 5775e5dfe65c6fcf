"""What is asked about a service in its booking, and what a booking does not ask; over fakes."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.appointments.figures import asks_length
from tests.unit.clerk import Customer
from tests.unit.clerk_scheduling import NIGHT, ZONE


@pytest.fixture
def customer(monkeypatch):
    monkeypatch.setattr("nightdesk.clock.now", lambda zone=ZONE: NIGHT.astimezone(zone))
    return Customer(monkeypatch)


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
    customer.scheduling.owns("AP7K", "brake", "SH-PD", datetime(2026, 11, 27, 19, tzinfo=ZONE))
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
