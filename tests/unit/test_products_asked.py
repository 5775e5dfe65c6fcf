"""Questions that name nothing, or ask what only the catalogue says; over fake backends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.backends.catalogue import Service
from actions.backends.knowledge import Entry
from actions.orders.wishes import in_digits
from actions.products.actions import _is_part_of_name
from actions.products.details import detail_of
from tests.unit.clerk import CATALOGUE, DESCRIBED, Customer, product

CAMERA = replace(
    product("CAM", "行车记录仪", "599", 31),
    description_zh="4K前录加1080P后录，停车监控，含64G卡。",
    description_en="4K front and 1080p rear, parking guard, 64 GB card included.",
)
COOLANT = replace(product("COOL", "防冻液", "89", 120), description_zh="红色，不要与其他颜色混加。")
THIN = replace(product("L167", "1.67镜片", "599", 9), description_zh="适合500到800度。")
PLAIN = replace(product("L156", "1.56镜片", "199", 9), description_zh="适合300度以内。")


@pytest.fixture
def customer(monkeypatch):
    for words, found in {
        "记录仪": [CAMERA],
        "防冻液": [COOLANT],
        "镜片": [PLAIN, THIN],
        "1.67": [THIN],
    }.items():
        monkeypatch.setitem(CATALOGUE, words, found)
    return Customer(monkeypatch)


def test_the_description_answers_what_is_in_the_box():
    assert detail_of(CAMERA, "does it come with a memory card", "en").text == "64 GB card included"


def test_the_name_of_a_product_answers_nothing():
    assert detail_of(COOLANT, "防冻液多久发货", "zh") is None


def test_a_question_about_what_was_shown_is_answered_from_its_description(customer):
    customer.says("ask_price", "[记录仪](product)多少钱")
    assert "64G卡" in customer.says("ask_faq", "送不送存储的64G卡")


def test_the_catalogue_answers_before_an_entry_that_has_less_to_do_with_it(customer):
    customer.knowledge.about = {"防冻液": Entry("f", "防冻液多久换？", "两年一换。", 0.9)}
    assert "不要与其他颜色混加" in customer.says("ask_faq", "[防冻液](product)颜色不同能混加吗")
    assert "两年一换" in customer.says("ask_faq", "[防冻液](product)多久换一次")


def test_only_what_is_made_for_the_eyes_is_recommended(customer):
    reply = customer.says("ask_recommendation", "我六百度配哪种[镜片](product)")
    assert "1.67" in reply
    assert "1.56" not in reply


def test_a_bare_price_question_is_about_what_was_spoken_of(customer):
    customer.says("ask_recommendation", "我六百度配哪种[镜片](product)")
    assert "¥599" in customer.says("ask_price", "多少钱")


def test_a_bare_price_question_is_about_the_product_named_with_a_fault(customer):
    customer.says("report_fault", "[记录仪](product)老是黑屏")
    customer.says("deny", "不用了")
    assert "¥599" in customer.says("ask_price", "换个新的多少钱")


def test_a_bare_price_question_is_about_the_service_spoken_of_last(customer):
    customer.says("ask_price", "[小保养](service)多久")
    assert "¥399" in customer.says("ask_price", "how much is that", "en")


def test_a_product_and_a_service_are_both_priced(customer):
    reply = customer.says("ask_price", "[全合成](product)多少钱 [小保养](service)又是多少")
    assert "¥298" in reply
    assert "¥399" in reply


def test_how_much_dearer_is_told_against_what_was_shown(customer):
    customer.says("ask_price", "[半合成](product)多少钱")
    assert "便宜 ¥140" in customer.says("ask_price", "[全合成](product)贵多少")


def test_the_number_asked_about_is_the_number_bought(customer):
    customer.says("ask_price", "[半合成](product)[三桶](quantity)多少钱")
    assert "¥474" in customer.says("place_order", "那我要了")


def test_a_number_before_another_product_is_of_what_was_shown(customer):
    customer.says("ask_price", "[记录仪](product)多少钱")
    reply = customer.says("place_order", "来[两台](quantity) 再来[一个](quantity)[支架](product)")
    assert "行车记录仪 × 2" in reply
    assert "手机支架 × 1" in reply


def test_the_sum_of_the_open_order_is_told_when_it_is_asked(customer):
    customer.says("place_order", "来[两桶](quantity)[全合成](product)和[支架](product)")
    assert "¥641" in customer.says("ask_price", "一共多少")


def test_a_car_alone_asks_whether_what_was_shown_fits_it(customer):
    customer.says("ask_price", "[脚垫](product)多少钱")
    assert "E7" in customer.says("inform", "我开[E7](car_model)")


def test_what_is_described_is_preferred_to_what_only_sounds_alike(customer, monkeypatch):
    monkeypatch.setitem(CATALOGUE, "垫子", [product("BAT", "蓄电池", "520", 9), *CATALOGUE["脚垫"]])
    assert "蓄电池" not in customer.says("place_order", "要个[垫子](product)")


def test_a_sentence_is_not_said_twice_in_one_reply(customer):
    reply = customer.says("ask_price", "[支架](product)有吗 [支架](product)多少钱")
    assert reply.count("¥45") == 1


def test_the_dearer_one_that_was_shown_is_meant_by_its_price(customer):
    customer.says("ask_price", "[全合成](product)和[半合成](product)什么价")
    reply = customer.says("ask_price", "便宜的那个多少钱")
    assert "¥158" in reply
    assert "¥298" not in reply


def test_a_service_is_priced_that_is_for_what_was_shown(customer, monkeypatch):
    install = Service("install", "充电桩安装", "Charger installation", "800", 180)
    monkeypatch.setattr(type(customer.catalogue), "services", (install,))
    customer.says("ask_price", "[充电桩](product)多少钱")
    assert "¥800" in customer.says("ask_price", "安装另外要多少")


def test_a_pick_with_a_word_of_giving_up_is_a_pick(customer):
    customer.says("ask_price", "[全合成](product)和[半合成](product)什么价")
    assert "半合成机油 × 1" in customer.says("stop", "算了太贵 拿半合成的吧")


def test_the_cheapest_of_a_kind_is_found_without_a_name(customer, monkeypatch):
    monkeypatch.setitem(DESCRIBED, "烧油的", CATALOGUE["机油"])
    reply = customer.says("ask_recommendation", "最便宜的烧油的是哪个")
    assert "¥158" in reply
    assert "¥298" not in reply


def test_a_thing_that_is_only_like_one_of_the_shops_is_not_said_to_be_it(customer, monkeypatch):
    like = replace(product("MOUNT", "手机支架", "45", 230), score=0.66)
    monkeypatch.setattr(customer.orders, "search", lambda query, limit=6: [like])
    reply = customer.says("ask_stock", "卖不卖[手机壳](product)")
    assert reply.startswith("“手机壳”我们店里没找到。")
    assert "· 手机支架：¥45/个" in reply
    assert [button["title"] for button in customer.buttons] == ["要手机支架"]


def test_whether_it_can_be_used_for_something_is_answered_with_what_the_catalogue_says(customer):
    reply = customer.says("ask_faq", "[记录仪](product)摩托车能用不")
    assert CAMERA.description_zh in reply


def test_what_the_knowledge_base_knows_of_its_use_is_answered_instead(customer):
    customer.knowledge.about = {"老人": Entry("old", "老人能用？", "都能用。", 0.9)}
    assert customer.says("ask_faq", "[记录仪](product)老人能用不") == "都能用。"


def test_who_asks_more_than_the_price_hears_what_the_catalogue_says(customer):
    reply = customer.says("ask_price", "[记录仪](product)多少钱 带卡不带")
    assert "¥599" in reply
    assert "含64G卡" in reply
    assert "64G" not in customer.says("ask_price", "[记录仪](product)多少钱")


def test_of_a_kind_those_are_priced_that_are_made_for_what_is_measured(customer):
    reply = customer.says("ask_price", "我六百度 [镜片](product)多少钱")
    assert "¥599" in reply
    assert "¥199" not in reply


def test_nothing_is_picked_by_who_wants_nothing(customer):
    customer.says("ask_price", "[支架](product)多少钱")
    assert "×" not in customer.says("stop", "再瞅瞅 先不买")


def test_a_question_picks_nothing_among_what_was_shown(customer):
    customer.says("ask_price", "[全合成](product)和[半合成](product)什么价")
    assert "×" not in customer.says("nlu_fallback", "全合成的会不会伤车")


def test_a_size_in_chinese_numbers_is_found_as_the_catalogue_writes_it():
    assert in_digits("十七寸的") == "17寸"
    assert in_digits("二手的") == "二手"


def test_a_word_of_the_name_is_the_name():
    coolant = replace(product("COOL", "Coolant (antifreeze)", "89", 5), score=0.64)
    assert _is_part_of_name("coolant", coolant)
    assert not _is_part_of_name("antifr", coolant)
