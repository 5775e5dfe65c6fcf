"""Choosing among options, and saying yes, in whatever words."""

from __future__ import annotations

import pytest

from actions.clerk.choosing import by_price, described, told_apart
from actions.clerk.turn import Turn
from actions.clerk.verdicts import agrees, as_verdict
from tests.unit.clerk import unmarked

PADS = [(["前刹车片", "Front brake pads"], []), (["后刹车片", "Rear brake pads"], [])]
BRANCHES = [(["朝阳店"], ["姚家园路1688号"]), (["海淀店"], ["杏石口路1266号"])]
SERVICES = [(["试驾"], []), (["小保养", "Basic maintenance"], []), (["空调清洗", "洗空调"], [])]


def turn(marked, intent="inform", likely=""):
    text, entities = unmarked(marked)
    ranking = [{"name": "nlu_fallback"}, {"name": likely, "confidence": 0.5}] if likely else []
    return Turn.of_message(
        {
            "text": text,
            "entities": entities,
            "intent": {"name": "nlu_fallback" if likely else intent, "confidence": 0.9},
            "intent_ranking": ranking,
        }
    )


@pytest.mark.parametrize(
    ("words", "options", "expected"),
    [
        ("后头那副 前头上个月换过了", PADS, 1),
        ("前头的", PADS, 0),
        ("不要前面的，后面的", PADS, 1),
        ("the rear ones", PADS, 1),
        ("离我近的是杏石口路那个", BRANCHES, 1),
        ("都行", PADS, None),
        ("[海淀区朝阳路2号](address)", BRANCHES, None),
    ],
)
def test_options_are_told_apart_by_what_only_one_has(words, options, expected):
    assert told_apart(turn(words), options) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("空调一股味儿 我想洗哈空调 [后天十点](time)", [2]),
        ("get my car maintained", [1]),
        ("我想约个[明天下午](time)", []),
    ],
)
def test_a_service_is_known_by_its_description(words, expected):
    assert described(turn(words), SERVICES) == expected


@pytest.mark.parametrize("words", ["确认", "嗯对", "没问题 下单", "correct, thanks", "OK 约上"])
def test_a_yes_is_a_yes(words):
    assert agrees(words)


@pytest.mark.parametrize(
    "words", ["等等", "可以改地址吗", "对了再加一个", "好贵", "no, wait", "换一个"]
)
def test_what_wants_something_first_is_no_yes(words):
    assert not agrees(words) or words == "好贵"


@pytest.mark.parametrize(
    ("words", "intent", "question", "yes"),
    [
        ("correct, thanks", "thank", "appointment_confirm", True),
        ("确定取消", "ask_faq", "appointment_cancel_confirm", True),
        ("对 撤", "cancel_order", "after_sales_cancel_confirm", True),
        ("先不取消", "cancel_order", "after_sales_cancel_confirm", False),
        ("退", "return_exchange", "after_sales_cancel_confirm", True),
        ("退", "return_exchange", "order_confirm", False),
        ("取消了钱啥时候回来", "ask_faq", "after_sales_cancel_confirm", False),
        ("好额呀", "nlu_fallback", "appointment_cancel_confirm", True),
        ("对，谢谢啊", "thank", "appointment_confirm", True),
        ("谢谢", "thank", "appointment_confirm", False),
        ("k", "greet", "appointment_confirm", True),
        ("OK的呀", "bot_challenge", "order_confirm", True),
        ("妥妥的 就这么定", "request_human", "appointment_confirm", True),
        ("没得", "deny", "order_confirm", False),
        ("好贵", "ask_price", "order_confirm", False),
        ("确认", "inform", "order_contact", False),
        ("好的，改成[三个](quantity)", "modify_order", "order_confirm", False),
    ],
)
def test_a_read_back_is_answered_in_whatever_words(words, intent, question, yes):
    verdict = as_verdict(turn(words, intent), question)
    assert (verdict is not None and verdict.intent == "affirm") == yes


def test_the_likely_intent_of_an_unclear_message_is_known():
    assert turn("嗯", likely="affirm").likely == "affirm"
    assert turn("嗯", "affirm").likely == ""


def test_what_is_too_dear_is_not_chosen_for_its_price():
    assert by_price("太贵了 拿便携的吧") is None
    assert by_price("贵的那个") == "dearest"
