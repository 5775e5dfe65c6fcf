"""The product index: what a customer's phrase finds, and how sure it is."""

from __future__ import annotations

import pytest

from nightdesk.backends.orders.index import LEAST, Listing, Match, ProductIndex
from nightdesk.backends.orders.wording import Models, core
from nightdesk.language.similar import similarity, similarity_within

SHOP = [
    Listing("OIL-5", ("全合成机油5W-30", "Full synthetic engine oil 5W-30", "全合成"), ("X3",)),
    Listing("OIL-10", ("半合成机油10W-40", "Semi-synthetic engine oil 10W-40"), ("老款 1.5T",)),
    Listing("FILTER", ("机油滤芯", "Oil filter", "机滤")),
    Listing("WIPER", ("无骨雨刮器", "Frameless wiper blades", "雨刮", "雨刷")),
    Listing("MAT", ("全包围脚垫", "Full-cover floor mats", "脚垫"), ("E5", "E7")),
    Listing("COVER", ("真皮座套", "Leather seat covers", "座套"), ("E5",)),
]


@pytest.fixture(scope="module")
def index() -> ProductIndex:
    return ProductIndex(SHOP)


def scores(index: ProductIndex, query: str) -> dict[str, float]:
    return {match.sku: match.score for match in index.search(query)}


@pytest.mark.parametrize(
    ("query", "sku"),
    [
        ("雨刮", "WIPER"),
        ("雨刷", "WIPER"),
        ("无骨雨刮器", "WIPER"),
        ("無骨雨刮器", "WIPER"),
        ("FRAMELESS WIPER BLADE", "WIPER"),
        ("全合成5W-30", "OIL-5"),
        ("5w 30 全合成", "OIL-5"),
        ("oil-5", "OIL-5"),
        ("机滤", "FILTER"),
        ("Oil Filters", "FILTER"),
    ],
)
def test_a_product_called_by_its_own_words_is_certain(
    index: ProductIndex, query: str, sku: str
) -> None:
    assert index.search(query, 1) == [Match(sku, 1.0)]


def test_a_grade_alone_is_not_certain(index: ProductIndex) -> None:
    assert scores(index, "5W-30") == {"OIL-5": 0.9}


@pytest.mark.parametrize("query", ["机油", "機油", "engine oil", "oil", "jiyou", "那种机油多少钱"])
def test_two_kinds_are_found_alike_and_before_what_only_begins_so(
    index: ProductIndex, query: str
) -> None:
    found = scores(index, query)
    assert found["OIL-5"] == found["OIL-10"] >= 0.85
    assert found.get("FILTER", 0) < found["OIL-5"] - 0.05


@pytest.mark.parametrize("query", ["E7脚垫", "e7 的脚垫", "E7的那个脚垫有货吗", "脚垫E7"])
def test_a_car_model_is_no_part_of_the_name(index: ProductIndex, query: str) -> None:
    assert index.search(query)[0].sku == "MAT"
    assert index.search(query)[0].score == 1.0


def test_what_does_not_fit_the_model_is_less_sure(index: ProductIndex) -> None:
    assert scores(index, "E5座套")["COVER"] == 1.0
    assert scores(index, "E7座套")["COVER"] == 0.9
    assert scores(index, "老款1.5T的座套")["COVER"] == 0.9


@pytest.mark.parametrize(
    ("query", "sku"),
    [("雨挂器", "WIPER"), ("鸡油滤心", "FILTER"), ("全合城机油", "OIL-5"), ("叫垫", "MAT")],
)
def test_a_misspelled_name_is_found_and_less_sure(
    index: ProductIndex, query: str, sku: str
) -> None:
    best = index.search(query)[0]
    assert best.sku == sku
    assert LEAST <= best.score < 1


@pytest.mark.parametrize("query", ["", " ", "。", "的", "披萨", "coffee", "\U0001f600", "E7"])
def test_what_the_shop_has_not_is_not_found(index: ProductIndex, query: str) -> None:
    assert index.search(query) == []


def test_an_empty_shop_finds_nothing() -> None:
    assert ProductIndex([]).search("机油") == []


def test_no_more_than_asked_for_is_found(index: ProductIndex) -> None:
    assert len(index.search("机油", 1)) == 1


def test_a_word_inside_another_word_is_not_found() -> None:
    index = ProductIndex([Listing("A", ("oil",)), Listing("B", ("foil paper",))])
    assert scores(index, "foil paper")["B"] == 1.0
    assert "A" not in scores(index, "foil paper")


def test_words_of_an_english_name_find_it_in_any_order(index: ProductIndex) -> None:
    assert index.search("wiper frameless", 1)[0].score == 0.85
    assert index.search("floor cover", 1)[0].sku == "MAT"


def test_particles_between_words_are_no_part_of_a_name(index: ProductIndex) -> None:
    assert index.search("全合成的机油", 1) == [Match("OIL-5", 1.0)]
    assert index.search("真皮那种座套", 1) == [Match("COVER", 1.0)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("那个雨刮", "雨刮"),
        ("来两桶全合成", "全合成"),
        ("你们有没有拖车绳啊", "拖车绳"),
        ("雨刮多少钱", "雨刮"),
        ("do you have any floor mats please", "floor mats"),
        ("18寸轮胎", "18寸轮胎"),
        ("来", "来"),
        ("来了", "来了"),
        ("四件套", "四件套"),
        ("18 inch tyre", "18 inch tyre"),
        ("2 oil filters", "oil filters"),
    ],
)
def test_courtesy_and_quantity_are_no_part_of_a_name(text: str, named: str) -> None:
    assert core(text) == named


def test_models_are_whole_words_in_any_spelling() -> None:
    models = Models(["E7", "老款 1.5T", "X5"])
    assert models.split("e7脚垫") == ("脚垫", {"E7"})
    assert models.split("老款1.5t的雨刮") == ("雨刮", {"老款 1.5T"})
    assert models.split("e75脚垫") == ("e75脚垫", frozenset())
    assert models.split("e7") == ("e7", frozenset())


def test_likeness_is_one_for_the_same_and_high_for_homophones() -> None:
    assert similarity("機油濾芯", "机油滤芯") == 1.0
    assert similarity("机由", "机油") == pytest.approx(0.8)
    assert similarity("机油", "雨刮") < 0.5
    assert similarity("a", "b") == similarity("b", "a") == 0.0
    assert similarity_within("雨刮", "上次那个雨刮") == 1.0
    assert similarity_within("雨刮", "上次那个语刮") > 0.7
