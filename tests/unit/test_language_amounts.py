"""Numbers, quantities, money and scores."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nightdesk.language.money import parse_money
from nightdesk.language.numerals import digits, parse_number
from nightdesk.language.quantity import parse_quantity
from nightdesk.language.rating import parse_rating


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("十二", 12), ("两百五", 250), ("一百零二", 102), ("1.5万", 15000),
        ("三点五", "3.5"), ("十", 10), ("两万五", 25000), ("一千零五十", 1050), ("3k", 3000),
        ("俩", 2), ("仨", 3), ("半", "0.5"), ("廿", 20), ("１２", 12), ("三億", 300000000),
        ("a hundred and twenty", 120), ("half a dozen", 6), ("two dozen", 24), ("forty-two", 42),
        ("two and a half", "2.5"),
    ],
)  # fmt: skip
def test_a_number_has_one_exact_value(text: str, value: object) -> None:
    assert parse_number(text) == Decimal(str(value))


@pytest.mark.parametrize("text", ["", "机油", "and", "点五", "about", "三块"])
def test_what_is_no_number_has_no_value(text: str) -> None:
    assert parse_number(text) is None


def test_digits_spoken_one_by_one_are_kept_in_order() -> None:
    assert digits("幺三八 0零零") == "138000"


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("两箱", 2, "箱"), ("兩箱", 2, "箱"), ("３隻", 3, "只"), ("俩", 2, "个"), ("一套", 1, "套"),
        ("一对", 1, "对"), ("一个半", "1.5", "个"), ("2斤半", "2.5", "斤"), ("五十", 50, ""),
        ("100支", 100, "支"), ("3 boxes", 3, "boxes"), ("two", 2, ""), ("a set", 1, "set"),
        ("a pair", 1, "pair"), ("thirty pieces", 30, "pieces"), ("half a dozen", 6, ""),
        ("x3", 3, ""),
    ],
)  # fmt: skip
def test_a_quantity_is_a_number_and_its_measure_word(text: str, number: object, unit: str) -> None:
    quantity = parse_quantity(text)
    assert quantity is not None
    assert (quantity.number, quantity.unit) == (Decimal(str(number)), unit)
    assert not quantity.vague


def test_a_dozen_is_twelve_pieces() -> None:
    for text, pieces in (("一打", 12), ("半打", 6), ("a dozen", 12), ("三个", 3)):
        quantity = parse_quantity(text)
        assert quantity is not None
        assert quantity.pieces() == pieces


@pytest.mark.parametrize(
    ("text", "least"),
    [("两三个", 2), ("几个", 2), ("十几箱", 10), ("20多个", 20), ("几十个", 20), ("a few", 2)],
)
def test_an_open_quantity_is_vague_and_gives_its_lower_end(text: str, least: int) -> None:
    quantity = parse_quantity(text)
    assert quantity is not None
    assert quantity.vague
    assert quantity.number == least


@pytest.mark.parametrize("text", ["", "机油", "好的", "1" * 50, "hello there"])
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("三百块", 300, "CNY"), ("两百五", 250, "CNY"), ("¥299", 299, "CNY"),
        ("1.5万", 15000, "CNY"),
        ("50 USD", 50, "USD"), ("八十文", 80, "HKD"), ("三块五", "3.5", "CNY"),
        ("$129", 129, "USD"),
        ("80 quid", 80, "GBP"), ("五毛", "0.5", "CNY"), ("1,299元", 1299, "CNY"),
        ("298", 298, "CNY"),
    ],
)  # fmt: skip
def test_an_amount_of_money_is_exact(text: str, amount: object, currency: str) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.amount, money.currency) == (Decimal(str(amount)), currency)


def test_money_without_a_currency_is_in_the_shops() -> None:
    money = parse_money("三百块", currency="TWD")
    assert money is not None
    assert money.currency == "TWD"


@pytest.mark.parametrize(
    ("text", "score", "out_of"),
    [
        ("9分", 9, 10), ("五星", 5, 5), ("满分", 10, 10), ("4.5", "4.5", 10), ("8/10", 8, 10),
        ("5 stars", 5, 5), ("六点五", "6.5", 10), ("95分", 95, 100), ("四星半", "4.5", 5),
        ("ten", 10, 10),
    ],
)  # fmt: skip
def test_a_score_knows_its_scale(text: str, score: object, out_of: int) -> None:
    rating = parse_rating(text)
    assert rating is not None
    assert (rating.score, rating.out_of) == (Decimal(str(score)), out_of)


@pytest.mark.parametrize("text", ["9星", "500分", "很好", ""])
def test_a_score_outside_its_scale_is_none(text: str) -> None:
    assert parse_rating(text) is None
