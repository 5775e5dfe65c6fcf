"""A person is wanted: the ticket, and the call-back when nobody is there."""

from __future__ import annotations

import pytest

from tests.unit.clerk import Customer

NIGHT, NOON = "2026-11-23T03:00:00+08:00", "2026-11-23T12:00:00+08:00"


@pytest.fixture
def night(monkeypatch) -> Customer:
    return Customer(monkeypatch, at=NIGHT)


def test_at_noon_a_hand_off_is_opened_and_nothing_is_asked(monkeypatch):
    customer = Customer(monkeypatch, at=NOON)
    reply = customer.says("request_human", "转人工")
    assert [ticket["kind"] for ticket in customer.tickets.opened] == ["handoff"]
    assert "号码" not in reply
    assert customer.facts["wants_person"] is True
    assert customer.facts["ticket_no"] == "T-1"


def test_at_night_a_call_back_takes_number_and_time_in_one_message(night):
    assert "哪个号码" in night.says("request_human", "找个真人")
    reply = night.says("inform", "[13800138000](phone) [明早十点](time)")
    assert "明早十点" in reply
    assert "13800138000" in reply
    assert night.tickets.comments == [("T-1", "回电：13800138000，时间：明早十点")]
    assert night.facts["callback"] == {"phone": "13800138000", "when": "明早十点"}
    assert night.slot["task"] is None


def test_the_time_is_asked_once_after_the_number(night):
    night.says("request_human", "转人工")
    assert "几点" in night.says("inform", "[13800138000](phone)")
    night.says("inform", "随时都行")
    assert night.tickets.comments == [("T-1", "回电：13800138000，时间：随时")]
    assert night.slot["task"] is None


def test_a_number_that_is_too_short_is_asked_for_again(night):
    night.says("request_human", "转人工")
    assert "1380013" in night.says("inform", "[1380013](phone)")
    assert night.tickets.comments == []
    night.says("inform", "[13800138000](phone) [晚上](time)")
    assert len(night.tickets.comments) == 1


def test_who_wants_no_call_is_answered_here(night):
    night.says("request_human", "转人工")
    assert "这里" in night.says("deny", "不用打电话")
    assert night.tickets.comments == []


def test_a_known_number_is_offered(night):
    night.says("place_order", "来[两桶](quantity)[全合成](product)，[13800138000](phone)")
    reply = night.says("request_human", "转人工")
    assert "13800138000" in reply
    night.says("affirm", "可以")
    assert night.tickets.comments == [("T-1", "回电：13800138000，时间：-")]


def test_an_order_is_offered_again_after_the_call_back(night):
    night.says("place_order", "来[两桶](quantity)[全合成](product)")
    night.says("request_human", "转人工")
    reply = night.says("deny", "不用打了")
    assert night.buttons
    assert "订单还接着" in reply


def test_the_wish_said_again_opens_no_second_ticket(night):
    night.says("request_human", "转人工")
    assert "T-1" in night.says("request_human", "人呢？我要人工")
    assert len(night.tickets.opened) == 1
    assert night.tickets.comments[-1] == ("T-1", "人呢？我要人工")


def test_the_desk_knows_better_than_the_hours_whether_somebody_is_there(monkeypatch):
    customer = Customer(monkeypatch, at=NOON)
    customer.metadata = {"staffed": False, "owner": "bot"}
    reply = customer.says("request_human", "转人工")
    assert customer.tickets.opened[0]["kind"] == "callback"
    assert "尽快" in reply


def test_what_is_not_understood_while_waiting_is_kept_for_the_person(monkeypatch):
    customer = Customer(monkeypatch)
    customer.metadata = {"staffed": True, "owner": "waiting"}
    assert "记下" in customer.says("nlu_fallback", "呃那个啥")


def test_a_call_back_of_tickets_that_are_down_is_kept(night):
    night.tickets.down = True
    night.says("request_human", "转人工")
    assert night.desk.kept[0][1]["kind"] == "callback"
    assert night.slot["task"] is None


def test_who_was_not_served_in_time_is_asked_how_to_call_back(monkeypatch):
    customer = Customer(monkeypatch, at=NOON)
    customer.says("request_human", "转人工")
    reply = customer._send(
        "request_human", "/request_human", [{"entity": "entry", "value": "callback"}], "zh"
    )
    assert "哪个号码" in reply
    assert len(customer.tickets.opened) == 1
    customer.says("inform", "[13800138000](phone) [下午三点](time)")
    assert customer.tickets.comments[-1] == ("T-1", "回电：13800138000，时间：下午三点")


def test_the_bot_goes_on_with_the_order_that_a_person_gives_back(monkeypatch):
    customer = Customer(monkeypatch)
    customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    question = customer.facts["question"]
    reply = customer._send("repeat", "/repeat", [{"entity": "entry", "value": "handed_back"}], "zh")
    assert "接着" in reply
    assert customer.facts["question"] == question
    assert customer.facts["cart"][0]["quantity"] == 2


def test_who_comes_back_from_a_person_is_asked_in_full_and_not_sent_to_one_again(monkeypatch):
    customer = Customer(monkeypatch)
    first = customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    customer.says("request_human", "转人工")
    customer.says("request_human", "人呢")
    reply = customer._send("repeat", "/repeat", [{"entity": "entry", "value": "handed_back"}], "zh")
    assert reply.splitlines()[-1] in first
    assert "请同事" not in reply
    assert customer.facts["asked"] == 1


def test_an_order_that_a_person_has_done_is_put_away(monkeypatch):
    customer = Customer(monkeypatch)
    customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    customer._send("stop", "/stop", [{"entity": "entry", "value": "done"}], "zh")
    assert customer.facts["task"] is None
    assert customer.orders.placed == []
