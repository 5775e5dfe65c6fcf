"""Digits of a telephone number that the customer corrects."""

from __future__ import annotations

import pytest

from nightdesk.language.phone import mended


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("最后一位是8 不是9", "13855667788"),
        ("尾号应该是7780", "13855667780"),
        ("电话错了 后四位是1234", "13855661234"),
        ("手机中间是6655不是5566", "13866557789"),
        ("不是138，是139", "13955667789"),
        ("138打错了是136", "13655667789"),
        ("the last two digits should be 45", "13855667745"),
        ("it's 6655 not 5566", "13866557789"),
    ],
)
def test_some_digits_of_a_number_are_corrected(text: str, number: str) -> None:
    assert mended("13855667789", text) == number


@pytest.mark.parametrize(
    "text",
    [
        "对的 下单",
        "最后一个拿掉",
        "要3个 不是2个",
        "最后再加2桶",
        "不是这个",
        "给9分",
        "7号不是9号",
        "最后一个是2桶",
        "I want 3, not 9",
    ],
)
def test_other_numbers_correct_nothing(text: str) -> None:
    assert mended("13855667789", text) is None
