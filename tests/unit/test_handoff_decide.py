"""When a person should take over: the judgement, and the signals that it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from nightdesk.desk.handoff.decide import Decision, Priority, Reason, Signals, decide
from nightdesk.desk.handoff.signals import Answered, of_conversation, of_words
from nightdesk.merchant.profile import Escalation

SHOP = Escalation(keywords=("投诉", "Lawyer"), order_amount=Decimal(20000))
NOW = datetime(2026, 11, 25, 3, tzinfo=timezone.utc)

MET = [
    ({"in_danger": True}, Reason.SAFETY, Priority.URGENT),
    ({"stop_fault": True}, Reason.SAFETY, Priority.URGENT),
    ({"keyword": "投诉"}, Reason.KEYWORD, Priority.HIGH),
    ({"asked": True}, Reason.ASKED, Priority.HIGH),
    ({"order_total": Decimal(20000)}, Reason.ORDER_VALUE, Priority.HIGH),
    ({"anger": 3}, Reason.ANGER, Priority.HIGH),
    ({"backend_down_s": 60.0}, Reason.BACKEND, Priority.HIGH),
    ({"rating": 3}, Reason.RATING, Priority.NORMAL),
    ({"rating": 0}, Reason.RATING, Priority.NORMAL),
    ({"failed_in_row": 2}, Reason.NOT_UNDERSTOOD, Priority.NORMAL),
    ({"failed_of_six": 3}, Reason.NOT_UNDERSTOOD, Priority.NORMAL),
    ({"same_reply": 3}, Reason.LOOP, Priority.NORMAL),
    ({"same_question": 3}, Reason.LOOP, Priority.NORMAL),
    ({"open_tasks": 3}, Reason.COMPLEX, Priority.NORMAL),
    ({"stalled": 8}, Reason.COMPLEX, Priority.NORMAL),
]
JUST_BELOW = Signals(
    anger=2,
    failed_in_row=1,
    failed_of_six=2,
    same_reply=2,
    same_question=2,
    open_tasks=2,
    stalled=7,
    order_total=Decimal("19999.99"),
    backend_down_s=59.9,
    rating=4,
)


@pytest.mark.parametrize(("signal", "reason", "priority"), MET)
def test_each_signal_at_its_threshold_calls_a_person(signal, reason, priority):
    assert decide(replace(JUST_BELOW, **signal), SHOP) == Decision(reason, priority)


def test_nothing_at_its_threshold_calls_nobody():
    assert decide(JUST_BELOW, SHOP) is None
    assert decide(Signals(), SHOP) is None


def test_the_gravest_reason_is_named():
    everything = replace(JUST_BELOW, **{k: v for signal, *_ in MET for k, v in signal.items()})
    assert decide(everything, SHOP) == Decision(Reason.SAFETY, Priority.URGENT)


def test_the_thresholds_are_the_merchants():
    patient = replace(SHOP, failed_turns=5, anger=9, order_amount=None)
    assert decide(Signals(failed_in_row=4, anger=8, order_total=Decimal(10**6)), patient) is None


@pytest.mark.parametrize(
    ("text", "danger", "keyword"),
    [
        ("我要投诉你们", False, "投诉"),
        ("I will call my LAWYER", False, "Lawyer"),
        ("车头着火了怎么办", True, None),
        ("千斤顶倒了把我手砸伤了", True, None),
        ("my car caught fire", True, None),
        ("there is smoke coming out of the hood", True, None),
        ("有没有车载灭火器", False, None),
        ("这个脚垫防火吗", False, None),
        ("充电时会不会自燃啊", False, None),
        ("do you sell a fire extinguisher", False, None),
        ("a non-smoking room please", False, None),
        ("来两桶机油", False, None),
    ],
)
def test_words_are_judged_before_anything_is_understood(text, danger, keyword):
    signals = of_words(text, SHOP)
    assert (signals.in_danger, signals.keyword) == (danger, keyword)


def turn(reply: str = "好", seconds: float = 0, **facts: object) -> Answered:
    return Answered(facts, reply, NOW - timedelta(seconds=seconds))


def test_the_same_reply_is_counted_only_without_a_break():
    turns = [turn("甲"), turn("乙"), turn("乙"), turn("乙")]
    assert of_conversation([], turns, Signals(), NOW).same_reply == 3
    assert of_conversation([], [*turns, turn("丙")], Signals(), NOW).same_reply == 1


def test_turns_not_understood_are_counted_in_a_row_and_of_six():
    understood = [True, False, False, True, False, True, False]
    turns = [turn(str(n), understood=one) for n, one in enumerate(understood)]
    signals = of_conversation([], turns, Signals(), NOW)
    assert (signals.failed_in_row, signals.failed_of_six) == (1, 4)


def test_a_task_that_does_not_move_is_stalled():
    still = {"task": {"kind": "order"}, "question": "order_what", "cart": []}
    turns = [turn(**still) for _ in range(5)]
    assert of_conversation([], turns, Signals(), NOW).stalled == 4
    moved = turn(**{**still, "cart": [{"sku": "A"}]})
    assert of_conversation([], [*turns, moved], Signals(), NOW).stalled == 0
    assert of_conversation([], [turn(task=None)] * 9, Signals(), NOW).stalled == 0


def test_a_failing_backend_is_timed_from_its_first_failure():
    failing = [turn(seconds=90, backend_failed=True), turn(seconds=0, backend_failed=True)]
    assert of_conversation([], failing, Signals(), NOW).backend_down_s == 90
    recovered = [failing[0], turn(seconds=10)]
    assert of_conversation([], recovered, Signals(), NOW).backend_down_s == 0


def test_anger_adds_up_over_the_last_messages_only():
    calm = ["你好", "来两桶机油", "好的"]
    cross = ["到底有没有人", "到底有没有人", "什么破系统！！！"]
    assert of_conversation([*calm, *cross], [turn()], Signals(), NOW).anger >= 3
    assert of_conversation([*cross, *calm], [turn()], Signals(), NOW).anger == 0


def test_facts_of_the_wrong_kind_are_no_signals():
    signals = of_conversation(
        [], [turn(order_total="lots", asked="x", aside=None, rating="9")], Signals(), NOW
    )
    assert signals == Signals(same_reply=1)
