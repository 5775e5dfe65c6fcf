"""Entity recognition: annotation, tagger, borders, values, the Rasa components, the evaluation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightdesk.language.lexicon import Lexicon, Term
from nightdesk.language.tokens import fold_in_place, token_spans
from nightdesk.nlu.annotated import Example, Span, parse_markdown, read_tsv
from nightdesk.nlu.borders import completed, mend, names_beside_phones, unmissable
from nightdesk.nlu.entity_evaluation import Score, folds_by_writer, measure
from nightdesk.nlu.recogniser import as_rasa, recognise
from nightdesk.nlu.tagger import Tagger, TaggerOptions, decode, encode, train
from nightdesk.nlu.values import Shop, value

SHOP = Shop(ZoneInfo("Asia/Shanghai"), "CNY", "QM")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=SHOP.zone)
WORDS_TERMS = [
    Term("机油", "product", "OIL"),
    Term("5W-30", "product", "OIL-5W30"),
    Term("座套", "product", "COVER"),
    Term("灭火器", "product", "FIRE"),
    Term("毛肚", "product", "TRIPE"),
    Term("试驾", "service", "DRIVE"),
    Term("E7", "car_model", "E7"),
]
WORDS = Lexicon(WORDS_TERMS)
LINES = [
    "来[两箱](quantity)[机油](product)",
    "我要[三桶](quantity)[座套](product)",
    "[机油](product)多少钱",
    "给我[一套](quantity)[座套](product)",
    "[明天](time)想[试驾](service)",
    "约[周六](time)[试驾](service)",
    "[试驾](service)改到[后天](time)",
    "收货人[张伟](person)",
    "收货人[李娜](person)电话[13900139000](phone)",
    "[E7](car_model)的[机油](product)来[五桶](quantity)",
    "你好",
    "谢谢",
    "再说一遍",
    "转人工",
    "要[两个](quantity)[灭火器](product)",
    "[座套](product)有货吗",
    "买[四箱](quantity)[机油](product)",
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    examples = [Example(*parse_markdown(line)) for line in LINES * 8]
    return train(examples, WORDS, TaggerOptions(iterations=10))


def _read(text: str, tagger: Tagger) -> list[tuple[str, str]]:
    found = recognise(text, tagger, WORDS, SHOP)
    return [(text[f.span.start : f.span.end], f.span.entity) for f in found]


def test_markdown_gives_the_text_and_its_spans() -> None:
    text, spans = parse_markdown('来[两箱](quantity)[机油]{"entity": "product"}吧')
    assert text == "来两箱机油吧"
    assert spans == (Span(1, 3, "quantity"), Span(3, 5, "product"))


def test_a_file_of_lines_is_read_with_intent_and_variety(tmp_path: Path) -> None:
    file = tmp_path / "some.tsv"
    file.write_text("# note\nplace_order\t来[两箱](quantity)\tyue\n\n", encoding="utf-8")
    assert list(read_tsv([file])) == [
        Example("来两箱", (Span(1, 3, "quantity"),), "place_order", "yue", "some")
    ]
    file.write_text("place_order\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1: no text"):
        list(read_tsv([file]))


def test_labels_say_what_the_spans_said() -> None:
    spans = token_spans(fold_in_place("来两箱机油吧"))
    entities = [Span(1, 3, "quantity"), Span(3, 5, "product")]
    labels = encode(spans, entities)
    assert labels == ["O", "B-quantity", "I-quantity", "B-product", "I-product", "O"]
    assert [span for _, span in decode(labels, spans)] == entities


def test_the_tagger_finds_words_that_the_training_data_never_had(tagger: Tagger) -> None:
    assert _read("来三箱毛肚", tagger) == [("三箱", "quantity"), ("毛肚", "product")]


def test_a_telephone_number_is_found_without_training(tagger: Tagger) -> None:
    assert ("+49 151 23456789", "phone") in _read("my phone +49 151 23456789", tagger)
    assert ("幺三八零零幺三八零零零", "phone") in _read("打幺三八零零幺三八零零零", tagger)


def test_a_shops_order_number_is_found_however_it_is_spoken(tagger: Tagger) -> None:
    assert ("q m九零三三幺七", "order_no") in _read("单号q m九零三三幺七", tagger)


def test_a_misheard_name_of_the_shop_is_found_with_its_code(tagger: Tagger) -> None:
    text = "灭火起删掉"
    [found] = recognise(text, tagger, WORDS, SHOP)
    assert text[found.span.start : found.span.end] == "灭火起"
    assert found.codes == ("FIRE",)


@pytest.mark.parametrize(
    ("text", "span", "entity", "whole"),
    [
        ("黑色座套有吗", (2, 4), "product", "黑色座套"),
        ("rear tyres pls", (5, 10), "product", "rear tyres"),
        ("next friday ok", (5, 11), "time", "next friday"),
        ("下午五点以后来", (0, 4), "time", "下午五点以后"),
        ("张江路88号3栋502收", (0, 6), "address", "张江路88号3栋502"),
    ],
)
def test_borders_are_drawn_as_annotators_draw_them(
    text: str, span: tuple[int, int], entity: str, whole: str
) -> None:
    [mended] = mend(fold_in_place(text), [Span(*span, entity)])
    assert text[mended.start : mended.end] == whole


def test_two_pieces_of_one_name_are_one_product() -> None:
    assert mend("5w-30机油", [Span(0, 5, "product"), Span(5, 7, "product")]) == [
        Span(0, 7, "product")
    ]


def test_a_size_belongs_to_its_product_and_a_quantity_does_not() -> None:
    assert mend("24 inch wipers", [Span(0, 2, "quantity"), Span(3, 14, "product")]) == [
        Span(0, 14, "product")
    ]
    apart = [Span(0, 2, "quantity"), Span(2, 4, "product")]
    assert mend("两箱机油", apart) == apart


@pytest.mark.parametrize(
    ("text", "name"),
    [("摘了毛肚就红", "毛肚"), ("这辈子不想再试驾", "试驾"), ("bcd leaks", "bcd")],
)
def test_the_shops_own_name_for_its_goods_is_taken_wherever_it_stands(text, name):
    words = Lexicon([*WORDS_TERMS, Term("BCD", "product", "BCD")])
    found = unmissable(fold_in_place(text), words.find(text))
    assert [text[span.start : span.end] for span in found] == [name]


def test_an_alias_that_is_a_mere_number_needs_its_surroundings() -> None:
    lens = Lexicon([Term("1.67", "product", "LENS")])
    assert unmissable("花了1.67亿", lens.find("花了1.67亿")) == []


def test_days_that_an_annotator_left_out_are_taught_nevertheless() -> None:
    known = [Span(3, 5, "product")]
    assert completed("今天的机油呢", known, []) == [*known, Span(0, 2, "time")]
    assert completed("今天的机油呢", [Span(0, 2, "time")], []) == [Span(0, 2, "time")]


@pytest.mark.parametrize(
    ("entity", "text", "expected"),
    [
        ("quantity", "两箱", {"number": "2", "unit": "箱", "vague": False}),
        ("money", "¥299", {"amount": "299", "currency": "CNY", "vague": False}),
        ("rating", "五星", {"score": "5", "out_of": 5}),
        ("phone", "13800138000", "+8613800138000"),
        ("phone", "1380013800", "1380013800"),
        ("order_no", "q m 1002", "QM1002"),
        ("time", "半小时", {"seconds": 1800}),
        ("time", "开春", "开春"),
        ("product", " 机油 ", "机油"),
        ("person", "Mr. Smith", "Smith"),
    ],
)
def test_every_value_is_json(entity: str, text: str, expected: object) -> None:
    result = value(entity, text, SHOP, NOW)
    assert result == expected
    assert json.loads(json.dumps(result)) == expected


def test_a_time_is_read_in_the_shops_zone() -> None:
    read = value("time", "明天下午三点", SHOP, NOW)
    assert read["start"] == "2026-11-26T15:00:00+08:00"


def test_a_shop_without_a_profile_is_on_the_mainland(tmp_path: Path) -> None:
    shop = Shop.from_folder(tmp_path)
    assert (shop.zone.key, shop.currency, shop.region) == ("Asia/Shanghai", "CNY", "CN")


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from([*"来两箱机油黑色座套 QM1-0@。😀\u202e", "5W-30", "E7"])).map(
            "".join
        ),
        st.sampled_from(
            ["", "一", "机油" * 2000, "1" * 4000, "😀" * 30, "؟مرحبا机油", "\x00\x1b机油"]
        ),
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_ordered_spans_of_what_was_typed(tagger: Tagger, text: str) -> None:
    found = recognise(text, tagger, WORDS, SHOP)
    last = 0
    for entity in as_rasa(found, text, SHOP, NOW, "test"):
        assert last <= entity["start"] < entity["end"] <= len(text)
        assert text[entity["start"] : entity["end"]] == entity["text"]
        assert 0 <= entity["confidence_entity"] <= 1
        last = entity["end"]


def test_a_tagger_reads_the_same_after_it_was_kept(tagger: Tagger) -> None:
    state = json.loads(json.dumps(tagger.state()))
    restored = Tagger.restore(tagger.model, state)
    text = "来三箱毛肚"
    assert restored.tag(text, WORDS.find(text)) == tagger.tag(text, WORDS.find(text))


def test_the_evaluation_counts_exact_spans_and_types(tagger: Tagger) -> None:
    right = Example(*parse_markdown("来[两箱](quantity)[机油](product)"))
    wrong = Example("来两箱机油", (Span(1, 3, "money"), Span(3, 5, "product")))
    score = measure([right, wrong], tagger, WORDS, SHOP, Score())
    assert score.right == {"quantity": 1, "product": 2}
    assert (score.spurious, score.missed) == ({"quantity": 1}, {"money": 1})
    assert score.f1("product") == 1
    assert score.f1() == pytest.approx(0.75)
    assert [example for example, _, _ in score.errors] == [wrong]
    assert "money" in score.table()


def test_a_writers_lines_are_never_on_both_sides_of_a_fold() -> None:
    examples = [Example(f"{writer}{i}", source=writer) for writer in "abcd" for i in range(5)]
    parts = folds_by_writer(examples, 2)
    assert [len(part) for part in parts] == [10, 10]
    assert not {e.source for e in parts[0]} & {e.source for e in parts[1]}


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        ("一套脚垫,寄上海浦东张江路88号", "浦东张江路88号", "上海浦东张江路88号"),
        (
            "成都高新区天府大道北段1700号环球中心",
            "区天府大道北段1700号",
            "成都高新区天府大道北段1700号环球中心",
        ),
        ("送到上海漕溪北路18号 上实大厦12楼", "上海漕溪北路18号", "上海漕溪北路18号 上实大厦12楼"),
        ("张伟浦东张江路88号", "浦东张江路88号", "浦东张江路88号"),
    ],
)
def test_an_address_reaches_from_its_city_to_its_building(text, found, whole):
    start = text.index(found)
    span = Span(start, start + len(found), "address")
    assert [text[one.start : one.end] for one in mend(text, [span])] == [whole]


@pytest.mark.parametrize(
    ("text", "phone", "name"),
    [
        ("汤显文 13900001111", "13900001111", "汤显文"),
        ("13900001111 曹颖", "13900001111", "曹颖"),
        ("电话13900001111,谢谢", "13900001111", None),
        ("打我手机13900001111", "13900001111", None),
    ],
)
def test_a_bare_name_beside_a_phone_is_a_person(text, phone, name):
    start = text.index(phone)
    found = names_beside_phones(text, [Span(start, start + len(phone), "phone")])
    assert [text[one.start : one.end] for one in found] == ([name] if name else [])


def test_a_name_of_three_characters_is_not_cut():
    assert mend("赵铁军 13900001111", [Span(0, 2, "person")]) == [Span(0, 3, "person")]
    assert mend("张伟收 13900001111", [Span(0, 2, "person")]) == [Span(0, 2, "person")]
