"""Orders changed, counted and corrected in whatever words, and questions that are orders."""

from __future__ import annotations

import pytest

from actions.clerk.requests import order_after_all
from actions.clerk.turn import Entity, Turn
from actions.clerk.verdicts import agrees
from actions.orders.counting import numbers_apart, only_number, so_many, without_rejected
from actions.orders.reading import read_changes
from tests.unit.clerk import Customer, at_night, unmarked

WHO = "[上海浦东张江路88号](address)，[张伟](person)[13800138000](phone)"


@pytest.fixture
def customer(monkeypatch: pytest.MonkeyPatch) -> Customer:
    return at_night(monkeypatch)


def turn(marked: str, intent: str = "place_order", **values: object) -> Turn:
    text, entities = unmarked(marked)
    found = tuple(
        Entity(
            one["entity"], text[one["start"] : one["end"]], one["value"], one["start"], one["end"]
        )
        for one in entities
    )
    return Turn(text, intent, 0.9, found, "zh", "", **values)  # type: ignore[arg-type]


def cart(customer: Customer) -> dict[str, int]:
    return {one["product"]["sku"]: one["quantity"] for one in customer.slot["task"]["items"]}


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("干脆半打", 6),
        ("那就来三个吧", 3),
        ("两个就够了", 2),
        ("整俩", 2),
        ("two is fine", 2),
        ("sorry one only", 1),
        ("I'd like one", 1),
        ("actually, just 3 please", 3),
    ],
)
def test_words_that_say_no_more_than_a_number_are_one(words: str, number: int) -> None:
    quantity = only_number(words)
    assert quantity is not None
    assert quantity.pieces() == number


@pytest.mark.parametrize(
    "words", ["我有两个孩子", "两个人坐", "one of my friends said so", "来一趟"]
)
def test_words_that_say_more_than_a_number_are_none(words: str) -> None:
    assert only_number(words) is None


@pytest.mark.parametrize(
    ("words", "number", "name"),
    [
        ("two ropes", 2, "ropes"),
        ("make the cases 25", 25, "cases"),
        ("reduce the ropes to 40", 40, "ropes"),
        ("3 bottles", 3, ""),
    ],
)
def test_goods_in_english_are_counted_before_and_behind(words: str, number: int, name: str) -> None:
    found = so_many(words)
    assert found is not None
    assert (found[0].pieces(), found[1]) == (number, name)


def test_a_number_that_is_too_many_counts_nothing() -> None:
    assert "三个" not in without_rejected("三个太多 要两个")
    assert "两个" in without_rejected("三个太多 要两个")
    assert "一条" not in without_rejected("一條唔夠")


def test_a_number_in_front_of_a_name_is_no_part_of_it() -> None:
    told = numbers_apart(turn("need [4 washer fluid](product)"))
    assert [(one.kind, one.text) for one in told.entities] == [
        ("quantity", "4"),
        ("product", "washer fluid"),
    ]


def test_a_number_that_measures_stays_in_the_name() -> None:
    told = numbers_apart(turn("need [18 inch tyre](product)"))
    assert [one.text for one in told.entities] == ["18 inch tyre"]


def test_less_of_it_does_not_take_it_out() -> None:
    changes = read_changes(turn("[三角牌](product)不要那么多 [5个](quantity)就成"))
    assert [(one.kind, one.product) for one in changes] == [("set", "三角牌")]
    assert changes[0].quantity is not None


def test_what_was_spoken_of_goes_when_something_else_is_wanted(customer: Customer) -> None:
    customer.says("place_order", "想买[脚垫](product)")
    reply = customer.says("cancel_order", "有点贵 先不要了 来个[支架](product)吧")
    assert "全包围脚垫去掉了" in reply
    assert cart(customer) == {"MOUNT": 1}


def test_a_swap_that_sounds_like_a_return_changes_the_open_order(customer: Customer) -> None:
    customer.says(
        "place_order", "[支架](product)[一个](quantity)，[充电桩](product)[一台](quantity)"
    )
    customer.says("return_exchange", "第二只覅了 换只[脚垫](product)")
    assert cart(customer) == {"MOUNT": 1, "MAT": 1}


def test_calling_it_off_still_ends_the_order(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("cancel_order", "[支架](product)不要了")
    assert customer.slot["task"] is None


def test_a_bare_number_mends_the_open_order_whatever_it_was_taken_for(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("nlu_fallback", "干脆半打")
    assert cart(customer) == {"MOUNT": 6}
    customer.says("repeat", "sorry one only", "en")
    assert cart(customer) == {"MOUNT": 1}


def test_once_more_is_no_number(customer: Customer) -> None:
    customer.says("place_order", "来[两个](quantity)[支架](product)")
    customer.says("repeat", "再说[一遍](quantity)")
    assert cart(customer) == {"MOUNT": 2}


def test_so_many_of_them_is_not_the_one_at_that_place(customer: Customer) -> None:
    customer.says("place_order", "来点[机油](product)")
    customer.says("inform", f"嗯来[两个](quantity) 一个备着 {WHO}")
    assert cart(customer) == {}
    customer.says("inform", "第二个来[三桶](quantity)")
    assert cart(customer) == {"OIL-SEMI": 3}


def test_what_was_shown_is_taken_with_what_is_wanted_besides(customer: Customer) -> None:
    customer.says("ask_price", "[充电桩](product)多少钱")
    customer.says("place_order", "要这个 再要个[支架](product)")
    assert cart(customer) == {"EVC": 1, "MOUNT": 1}


def test_a_number_among_polite_words_is_of_what_was_shown(customer: Customer) -> None:
    customer.says("ask_stock", "有没有[充电桩](product)")
    customer.says(
        "place_order",
        "好的，那请给我来[一个](quantity)。另外请再给我拿[一个](quantity)[支架](product)",
    )
    assert cart(customer) == {"EVC": 1, "MOUNT": 1}


def test_a_product_and_nothing_else_is_answered_with_its_price(customer: Customer) -> None:
    assert "¥45" in customer.says("inform", "[支架](product)")


@pytest.mark.parametrize(
    ("marked", "values"),
    [
        (f"想问下[支架](product)有没有货 有的话拿一个 {WHO}", {}),
        (
            "想要个[支架](product)",
            {"candidates": ("ask_stock", "place_order"), "chances": (0.56, 0.35)},
        ),
    ],
)
def test_a_question_that_is_an_order_is_taken_as_one(
    marked: str, values: dict[str, object]
) -> None:
    taken = order_after_all(turn(marked, "ask_stock", **values))
    assert taken is not None
    assert taken.intent == "place_order"


@pytest.mark.parametrize("marked", ["[支架](product)多少钱", "[支架](product)要多久到"])
def test_a_question_about_goods_stays_one(marked: str) -> None:
    asked = turn(marked, "ask_price", candidates=("ask_price", "place_order"), chances=(0.6, 0.3))
    assert order_after_all(asked) is None


def test_a_yes_with_long_thanks_is_a_yes() -> None:
    assert agrees("Yes, that all looks right. Thank you ever so much.")
    assert not agrees("Thank you, but change the address first.")


def test_a_foreign_number_that_no_plan_knows_is_taken(customer: Customer) -> None:
    customer.says("place_order", "[支架](product)")
    customer.says("inform", "[James Brown](person), [+44 7700 900123](phone)", "en")
    assert customer.slot["customer"]["phone"] == "+447700900123"


def test_a_foreign_number_that_is_too_short_is_not_taken(customer: Customer) -> None:
    customer.says("place_order", "[支架](product)")
    customer.says("inform", "[James Brown](person), [+44 7700](phone)", "en")
    assert not customer.slot["customer"]["phone"]


def test_the_house_number_behind_a_phone_belongs_to_the_address(customer: Customer) -> None:
    customer.says("place_order", "[支架](product)")
    customer.says("inform", "tom baker [13688889999 21](phone) zhongshan road nanjing", "en")
    told = customer.slot["customer"]
    assert told["phone"] == "13688889999"
    assert told["address"].startswith("21 zhongshan road")
    assert told["name"].lower() == "tom baker"


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("[周 周桂芳](person)", "周桂芳"),
        ("我叫[申丽](person)萍电话是[13800138000](phone)", "申丽萍"),
    ],
)
def test_a_name_is_taken_whole_and_once(customer: Customer, marked: str, name: str) -> None:
    customer.says("place_order", "[支架](product)")
    customer.says("inform", marked)
    assert customer.slot["customer"]["name"] == name


def test_a_house_number_is_mended_where_no_address_was_recognised(customer: Customer) -> None:
    customer.says("place_order", f"[支架](product) {WHO.replace('88号', '1号')}")
    customer.says("modify_order", "门牌写错啦 是张江路11号")
    assert customer.slot["customer"]["address"].endswith("张江路11号")


def test_goods_right_behind_a_wish_and_a_measure_word_are_an_order() -> None:
    taken = order_after_all(turn("孩子学游泳 要个[泳镜](product)", "nlu_fallback"))
    assert taken is not None
    assert order_after_all(turn("要个[泳镜](product)多少钱", "nlu_fallback")) is None


def test_another_product_of_the_clause_says_nothing_of_which_one_is_meant(
    customer: Customer,
) -> None:
    customer.says("place_order", "[机油](product)一桶和[半合成](product)一桶")
    assert [one["mention"] for one in customer.slot["task"]["decisions"]] == ["机油"]


def test_what_stays_as_it_is_places_no_order(customer: Customer) -> None:
    customer.says("place_order", f"[支架](product) {WHO}")
    customer.says("modify_order", "电话不变")
    assert not customer.orders.placed


def test_a_number_of_something_unknown_does_not_change_what_is_known(customer: Customer) -> None:
    reply = customer.says(
        "inform", f"要[两个](quantity)[支架](product)还有[一套](quantity)打蜡的家伙事儿寄到{WHO}"
    )
    assert "打蜡的家伙事儿" in reply
    assert cart(customer) == {"MOUNT": 2}


def test_scratching_a_thing_takes_it_out(customer: Customer) -> None:
    customer.says(
        "place_order", "[支架](product)[一个](quantity)，[充电桩](product)[一台](quantity)"
    )
    customer.says("cancel_order", "scratch the [支架](product), we've got one", "en")
    assert cart(customer) == {"EVC": 1}
