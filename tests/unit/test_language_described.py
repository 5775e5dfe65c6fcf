"""What a description means among the demo merchant's products."""

from __future__ import annotations

import csv

import pytest

from nightdesk.language.described import Descriptions
from nightdesk.settings import ROOT


@pytest.fixture(scope="module")
def products():
    path = ROOT / "merchants" / "qiming" / "products.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def index(products):
    return Descriptions(
        [
            (
                (row["name_zh"], row["name_en"], *row["aliases"].split("|")),
                (row["category"], row["description_zh"], row["description_en"]),
            )
            for row in products
        ]
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("后备箱里铺的那个防脏的", "后备箱垫"),
        ("能拖车的那根绳", "拖车绳"),
        ("车顶上放行李的架子", "车顶行李架"),
        ("钥匙外面那层软壳", "钥匙套"),
        ("轮胎扎了个小眼 自己能补的那种", "补胎液"),
        ("the woody scent that clips on the vent", "车载香薰"),
    ],
)
def test_a_product_is_found_by_what_it_is_like(products, index, words, meant):
    best, score = index.search(words)[0]
    assert products[best]["name_zh"] == meant
    assert score >= 0.5


@pytest.mark.parametrize(
    "words", ["晚上吃啥好", "给我讲个笑话", "能不能开发票", "what a lovely day", "两斤榴莲", ""]
)
def test_words_about_something_else_describe_nothing(index, words):
    assert all(score < 0.35 for _number, score in index.search(words))


def test_what_all_have_in_common_tells_nothing_apart():
    index = Descriptions([(("前刹车片",), ()), (("后刹车片",), ())])
    assert [number for number, _score in index.search("后头那副刹车片", least=1)] == [1]


def test_an_empty_catalogue_is_searched_in_vain():
    assert Descriptions([]).search("机油") == []
