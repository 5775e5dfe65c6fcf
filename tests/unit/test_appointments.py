"""Appointments from the first wish to the number, and what is done with them, over fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from actions.appointments import times
from actions.backends.client import Refused, Unavailable
from actions.clerk.turn import Turn
from nightdesk.calendar_links import path, signature, valid
from nightdesk.language.when import parse_when
from tests.unit.clerk import at_night, unmarked
from tests.unit.clerk_scheduling import NIGHT, ZONE

WHOLE = (
    "[周五晚上七点](time)去[浦东店](branch)做个[小保养](service)，"
    "[张伟](person)[13800138000](phone)"
)
FRIDAY_SEVEN = datetime(2026, 11, 27, 19, tzinfo=ZONE)
BRAKES = ("AP7K", "brake", "SH-PD", FRIDAY_SEVEN)


@pytest.fixture
def customer(monkeypatch):
    return at_night(monkeypatch)


@pytest.fixture
def owner(customer):
    """A customer whose session has booked the brakes for Friday."""
    customer.scheduling.owns(*BRAKES)
    return customer


def test_the_same_hour_of_another_day_is_kept(owner):
    reply = owner.says("reschedule_appointment", "改到[周六](time)，同一时间")
    assert "11月28日（周六）19:00" in reply


def test_the_same_hour_is_kept_in_whatever_words(owner):
    reply = owner.says("reschedule_appointment", "挪到[周六](time)同样时间")
    assert "11月28日（周六）19:00" in reply


def test_a_day_and_an_hour_said_apart_are_not_the_day_of_the_appointment(owner):
    reply = owner.says("reschedule_appointment", "还是[周六](time) 不过要[下午三点](time)")
    assert "11月28日（周六）15:00" in reply


def test_an_hour_alone_is_meant_on_the_day_of_the_appointment(owner):
    reply = owner.says("reschedule_appointment", "改到[下午三点](time)")
    assert "11月27日（周五）15:00" in reply


def test_the_service_of_a_fault_is_booked_without_naming_it_again(customer):
    customer.slot = {"language": "zh", "customer": {}, "service": "brake"}
    reply = customer.says("book_appointment", "那帮我约上，[周五晚上七点](time)[浦东店](branch)")
    assert "刹车检修" in reply
    assert customer.slot["service"] == ""


def test_a_time_for_the_branch_that_was_told_is_a_booking(customer):
    customer.slot = {"language": "zh", "customer": {}, "service": "basic", "branch": "SH-PD"}
    reply = customer.says("inform", "那就[周五晚上七点](time) [张伟](person) [13800138000](phone)")
    assert "小保养" in reply
    assert "上海浦东店" in reply or "浦东" in reply


@pytest.fixture
def stranger(customer):
    """A customer whose appointment was made elsewhere."""
    customer.scheduling.others.append(customer.scheduling.owns(*BRAKES))
    customer.scheduling.own.clear()
    return customer


def test_a_whole_booking_in_one_message_is_read_back_and_booked(customer):
    reply = customer.says("book_appointment", WHOLE)
    assert "11月27日（周五）19:00" in reply
    assert "上海浦东店（上海市某路1号）" in reply
    assert "¥399" in reply
    reply = customer.says("affirm", "确认")
    assert "AP-TEST-1" in reply
    assert "https://shop.example/AP-TEST-1.ics" in reply
    assert customer.scheduling.booked == [
        {
            "service": "basic",
            "branch": "SH-PD",
            "start": FRIDAY_SEVEN.isoformat(),
            "customer": {"name": "张伟", "phone": "13800138000"},
            "note": "",
            "conversation_id": "conversation",
        }
    ]


def test_nothing_is_booked_before_the_yes(customer):
    customer.says("book_appointment", WHOLE)
    assert customer.scheduling.booked == []
    assert customer.scheduling.held == [("SH-PD", FRIDAY_SEVEN)]


def test_english_times_are_read_back_in_english(customer):
    reply = customer.says(
        "book_appointment",
        "book [试驾](service) at [SH-PD](branch) [friday 7pm](time), [Tom Lee](person) "
        "[13800138000](phone)",
        "en",
    )
    assert "Fri 27 Nov, 19:00" in reply
    assert "free" in reply


def test_all_that_is_missing_is_asked_for_together(customer):
    reply = customer.says("book_appointment", "想约个[小保养](service)")
    assert "小保养" in reply
    assert "哪家店（或您在哪个区）、什么时间、您的称呼和手机号" in reply
    reply = customer.says(
        "inform", "[张江](location)，[周五晚上七点](time)，[李雷](person) [13800138000](phone)"
    )
    assert "上海浦东店" in reply
    assert "确认" in reply


def test_a_contact_that_is_known_is_not_asked_again(customer):
    customer.says("book_appointment", WHOLE)
    customer.says("affirm", "确认")
    reply = customer.says(
        "book_appointment", "再约个[试驾](service)，[周六上午十点](time)，[闵行店](branch)"
    )
    assert "张伟　13800138000" in reply


def test_the_branch_told_last_is_taken_for_the_booking(customer):
    customer.says("find_branch", "离[张江](location)最近的店")
    reply = customer.says(
        "book_appointment",
        "那约[周五晚上七点](time)[小保养](service)，[张伟](person)[13800138000](phone)",
    )
    assert "上海浦东店" in reply


def test_a_vague_time_is_answered_with_free_starts_as_buttons(customer):
    reply = customer.says("book_appointment", "[明天下午](time)[浦东店](branch)[小保养](service)")
    assert [one["title"] for one in customer.buttons] == [
        "11月25日（周三）12:00",
        "11月25日（周三）14:00",
        "11月25日（周三）17:00",
    ]
    assert "您的称呼和手机号" in reply
    assert len(customer.scheduling.held) == 3
    reply = customer.taps("11月25日（周三）14:00")
    assert "就差您的称呼和手机号" in reply or "您的称呼和手机号" in reply


@pytest.mark.parametrize(
    ("words", "hour"),
    [("第二个", 14), ("最晚那个", 17), ("[两点](time)", 14), ("[三点](time)吧", 15)],
)
def test_one_of_the_times_is_picked_in_words(customer, words, hour):
    customer.says("book_appointment", "[明天下午](time)[浦东店](branch)[小保养](service)")
    customer.says("inform", words)
    assert customer.slot["task"]["visit"]["start"] == f"2026-11-25T{hour}:00:00+08:00"


def test_a_full_time_is_answered_with_the_nearest_free_ones(customer):
    customer.scheduling.full.add(FRIDAY_SEVEN)
    reply = customer.says("book_appointment", WHOLE)
    assert "约满" in reply
    assert "11月27日（周五）18:00 上海闵行店" in [one["title"] for one in customer.buttons]
    reply = customer.taps("11月27日（周五）18:00 上海闵行店")
    assert "11月27日（周五）18:00" in reply
    assert "上海闵行店" in reply


def test_a_time_outside_the_hours_is_told_with_the_hours(customer):
    reply = customer.says("book_appointment", WHOLE.replace("周五晚上七点", "周五晚上十一点"))
    assert "09:00–20:30" in reply
    assert customer.buttons


def test_a_time_that_is_gone_at_the_confirmation_is_offered_anew(customer):
    customer.says("book_appointment", WHOLE)
    details = {"alternatives": []}
    customer.scheduling.failing = [Refused(409, "slot_taken", "", details)]
    reply = customer.says("affirm", "确认")
    assert "约满" in reply
    assert customer.slot["task"] is not None
    assert "19:00" in customer.says("inform", "[周六晚上七点](time)")


def test_everything_can_be_corrected_at_the_read_back(customer):
    customer.says("book_appointment", WHOLE)
    reply = customer.says("inform", "换成[闵行店](branch)，[六点](time)")
    assert "上海闵行店" in reply
    assert "18:00" in reply
    reply = customer.says("inform", "[试驾](service)，不做保养了，[李雷](person)")
    assert "试驾" in reply
    assert "李雷" in reply


def test_a_town_with_two_branches_is_asked_about(customer):
    reply = customer.says("book_appointment", WHOLE.replace("浦东店", "上海"))
    assert "上海浦东店还是上海闵行店" in reply
    assert "上海闵行店" in customer.taps("上海闵行店")


def test_a_place_of_two_meanings_is_asked_about(customer):
    reply = customer.says("book_appointment", "我在[朝阳](location)，约[小保养](service)")
    assert "北京市朝阳区还是辽宁省朝阳市" in reply


def test_a_branch_that_cannot_do_it_is_replaced_by_the_nearest_that_can(customer):
    customer.scheduling.unable.add("SH-PD")
    reply = customer.says("book_appointment", WHOLE)
    assert "上海浦东店做不了小保养" in reply
    assert customer.scheduling.held[0][0] == "SH-MH"


def test_an_unknown_service_is_said_and_others_are_shown(customer):
    reply = customer.says("book_appointment", "给我约个[剪头发](service)")
    assert "剪头发" in reply
    assert "小保养" in [one["title"] for one in customer.buttons]


def test_a_phone_that_is_too_short_is_refused(customer):
    reply = customer.says("book_appointment", WHOLE.replace("13800138000", "1380013800"))
    assert "少了几位" in reply
    assert "手机号" in reply.splitlines()[-1]


def test_no_to_the_whole_booking_drops_it(customer):
    customer.says("book_appointment", WHOLE)
    assert "不约了" in customer.says("deny", "不约了")
    assert customer.slot["task"] is None


def test_cancelling_while_booking_drops_the_booking(customer):
    customer.says("book_appointment", WHOLE)
    assert "不约了" in customer.says("cancel_appointment", "取消预约吧")
    assert customer.scheduling.booked == []


def test_a_booking_the_calendar_does_not_take_is_kept_by_the_desk(customer):
    customer.says("book_appointment", WHOLE)
    customer.scheduling.failing = [Unavailable("down")]
    reply = customer.says("affirm", "确认")
    assert "还没约成" in reply
    assert [kept[0] for kept in customer.desk.kept] == ["scheduling"]


def test_the_same_booking_is_sent_with_the_same_key(customer):
    customer.says("book_appointment", WHOLE)
    customer.scheduling.failing = [Unavailable("down")]
    customer.desk.down = True
    assert "还没约上" in customer.says("affirm", "确认")
    assert "AP-TEST-1" in customer.says("affirm", "确认")
    assert len(set(customer.scheduling.keys)) == 1


def test_a_booking_in_the_middle_of_an_order_puts_the_order_aside(customer):
    customer.says("place_order", "来[两桶](quantity)[全合成](product)")
    customer.says("book_appointment", WHOLE)
    reply = customer.says("affirm", "确认")
    assert "AP-TEST-1" in reply
    assert "订单还接着弄吗" in reply


def test_a_price_in_the_middle_is_answered_and_the_question_asked_again(customer):
    customer.says("book_appointment", "想约个[小保养](service)")
    assert "手机号" in customer.says("ask_price", "[支架](product)多少钱")


def test_a_fault_leads_to_its_service_by_one_tap(customer):
    reply = customer.says("book_appointment", "/book_appointment")
    assert "要做的项目" in reply
    reply = customer.taps("刹车检修")
    assert "刹车检修" in customer.slot["task"]["visit"]["service"]["name_zh"]


def test_the_own_appointment_is_told_at_once(owner):
    reply = owner.says("query_appointment", "我约的几点来着")
    assert "11月27日（周五）19:00" in reply
    assert "AP7K" in reply


def test_another_appointment_needs_its_number_and_the_phone(stranger):
    assert "后四位" in stranger.says("query_appointment", "我约的几点")
    assert "AP7K" not in stranger.says("inform", "[AP7K](appointment_no) 1111")
    assert "19:00" in stranger.says("inform", "[AP7K](appointment_no) 8000")


def test_after_five_wrong_tries_nothing_is_shown(stranger):
    stranger.says("query_appointment", "查预约")
    for _try in range(5):
        reply = stranger.says("inform", "[AP7K](appointment_no) 1111")
    assert "次数太多" in reply
    assert "次数太多" in stranger.says("query_appointment", "[AP7K](appointment_no)尾号8000")


def test_an_appointment_is_cancelled_after_a_yes(owner):
    assert "刹车检修，对吗" in owner.says("cancel_appointment", "取消预约")
    assert "取消好了" in owner.says("affirm", "对")
    assert owner.scheduling.cancelled == ["AP7K"]


def test_a_no_keeps_the_appointment(owner):
    owner.says("cancel_appointment", "取消预约")
    assert "不变" in owner.says("deny", "算了不取消")
    assert owner.scheduling.cancelled == []


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("改到[周六上午十点](time)", "2026-11-28T10:00:00+08:00"),
        ("把[周五七点](time)的改到[周六上午十点](time)", "2026-11-28T10:00:00+08:00"),
        ("改到[六点](time)", "2026-11-27T18:00:00+08:00"),
        ("提前[一小时](time)", "2026-11-27T18:00:00+08:00"),
    ],
)
def test_an_appointment_is_moved_after_a_yes(owner, words, start):
    reply = owner.says("reschedule_appointment", words)
    assert "11月27日（周五）19:00 改到" in reply
    assert "改好了" in owner.says("affirm", "对")
    assert owner.scheduling.moved == [("AP7K", datetime.fromisoformat(start), "SH-PD")]


def test_only_the_branch_can_be_moved(owner):
    assert "上海闵行店" in owner.says("reschedule_appointment", "换到[闵行店](branch)")
    owner.says("affirm", "对")
    assert owner.scheduling.moved == [("AP7K", FRIDAY_SEVEN, "SH-MH")]


def test_moving_without_a_time_asks_for_it(owner):
    assert "改到什么时间" in owner.says("reschedule_appointment", "想改个时间")
    assert "11月28日（周六）10:00" in owner.says("inform", "[周六上午十点](time)")


def test_moving_to_a_full_time_offers_others(owner):
    owner.scheduling.full.add(datetime(2026, 11, 28, 10, tzinfo=ZONE))
    reply = owner.says("reschedule_appointment", "改到[周六上午十点](time)")
    assert "约满" in reply
    assert "改到" in owner.taps("11月28日（周六）18:00")


def test_one_of_several_appointments_is_asked_for(owner):
    owner.scheduling.owns("AP8M", "basic", "SH-MH", datetime(2026, 11, 29, 10, tzinfo=ZONE))
    assert "哪一个" in owner.says("cancel_appointment", "取消预约")
    assert "小保养，对吗" in owner.taps("11月29日（周日）10:00 小保养")


def test_an_appointment_that_is_over_is_not_moved(owner):
    past = replace(owner.scheduling.own[0], start=datetime(2026, 11, 20, 10, tzinfo=ZONE))
    owner.scheduling.own = [past]
    assert "改不了" in owner.says("reschedule_appointment", "改到[周六上午十点](time)")


def test_a_calendar_link_opens_only_the_appointment_that_it_was_made_for():
    link = path("secret", "AP7K")
    assert link == f"/chat/appointments/AP7K.ics?token={signature('secret', 'AP7K')}"
    assert valid("secret", "AP7K", signature("secret", "AP7K"))
    assert not valid("secret", "AP7M", signature("secret", "AP7K"))
    assert not valid("other", "AP7K", signature("secret", "AP7K"))
    assert not valid("secret", "AP7K", "é")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[明天](time)[下午三点](time)", "2026-11-25T15:00"),
        ("[下午三点](time)吧，[明天](time)", "2026-11-25T15:00"),
        ("[国庆第二天上午](time)", "2027-10-02T06:00"),
        ("[明晚八点半](time)", "2026-11-25T20:30"),
    ],
)
def test_times_in_pieces_are_put_together(marked, expected):
    plain, entities = unmarked(marked)
    turn = Turn.of_message({"text": plain, "entities": entities})
    when = times.read_time(turn, NIGHT, ZONE)
    assert when is not None
    assert f"{when.start:%Y-%m-%dT%H:%M}" == expected


def test_eight_after_tomorrow_evening_is_eight_in_the_evening():
    evening = parse_when("明晚", NIGHT, ZONE)
    when = times.on_the_day("八点", evening, NIGHT, ZONE)
    assert when is not None
    assert when.start.hour == 20


def test_offers_are_spread_over_the_time_that_was_named():
    assert times.spread(list(range(9)), 3) == [0, 4, 8]
    assert times.spread([1, 2], 3) == [1, 2]


def test_a_name_beside_the_phone_is_heard_although_nobody_marked_it(customer):
    customer.says(
        "book_appointment",
        "[后天下午四点](time)[浦东店](branch)[小保养](service) 潘悦 [13777830014](phone)",
    )
    assert customer.slot["customer"]["name"] == "潘悦"


def test_a_service_with_a_time_is_a_booking_whatever_it_was_taken_for(customer):
    reply = customer.says("inform", "[周五晚上七点](time)[浦东店](branch)[小保养](service)")
    assert "小保养，上海浦东店，11月27日（周五）19:00" in reply


def test_a_yes_taken_for_something_else_still_books(customer):
    customer.says("book_appointment", WHOLE)
    assert "AP-TEST-1" in customer.says("query_appointment", "确认预约")


def test_another_branch_at_the_read_back_is_a_change_although_it_sounds_like_a_question(customer):
    customer.says("book_appointment", WHOLE)
    assert "上海闵行店" in customer.says("find_branch", "太远了，还是去[闵行店](branch)那家")
    assert customer.slot["question"]["name"] == "appointment_confirm"


def test_the_whole_name_beside_the_phone_wins_over_a_surname(customer):
    customer.says(
        "book_appointment", "我姓[冉](person) 冉冬梅 [13996105566](phone) 约[小保养](service)"
    )
    assert customer.slot["customer"]["name"] == "冉冬梅"
