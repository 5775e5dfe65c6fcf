"""Normal form, tokens, places and the merchant's words."""

from __future__ import annotations

import os
from pathlib import Path

from nightdesk.language.catalogue import Catalogue
from nightdesk.language.lexicon import Lexicon, Term
from nightdesk.language.normal import normalise
from nightdesk.language.places import place_spans
from nightdesk.language.tokens import fold_in_place, token_spans

WORDS = Lexicon(
    [
        Term("全合成机油5W-30", "product", "OIL"),
        Term("5W-30", "product", "OIL"),
        Term("无骨雨刮器", "product", "WIPER"),
        Term("Wiper blade", "product", "WIPER"),
        Term("四轮定位", "service", "ALIGN"),
        Term("试驾", "service", "DRIVE"),
        Term("浦东店", "branch", "SH-PD"),
        Term("E5", "car_model", "E5"),
    ]
)


def _found(text: str) -> set[tuple[str, str, str]]:
    return {(text[hit.start : hit.end], hit.kind, hit.level) for hit in WORDS.find(text)}


def test_a_normal_form_knows_where_each_character_was_typed() -> None:
    text = "電話:１３８ 幺零零二!!!!😀 好好好好"
    normal = normalise(text)
    assert normal.text == "电话:138 1002!! 好好"
    start = normal.text.index("1002")
    assert text[slice(*normal.original(start, start + 4))] == "幺零零二"


def test_chinese_numbers_with_units_are_no_spoken_digits() -> None:
    assert normalise("一千二百块").text == "一千二百块"


def test_folding_in_place_keeps_the_length() -> None:
    text = "ＨＥＬＬＯ ㎏ ﷺ 機油\x00\u202e"
    assert len(fold_in_place(text)) == len(text)


def test_a_token_is_a_character_a_word_or_a_number() -> None:
    folded = fold_in_place("来2瓶Oil吧")
    assert [folded[a:b] for a, b in token_spans(folded)] == ["来", "2", "瓶", "oil", "吧"]


def test_a_name_is_found_in_any_case_width_and_spacing() -> None:
    for text in ("5w30", "5W 30", "５Ｗ－３０", "5w-30"):
        assert (text, "product", "exact") in _found(text)


def test_a_name_is_not_found_inside_another_word() -> None:
    assert _found("E55") == set()
    assert _found("be5t") == set()


def test_plurals_and_pieces_are_found() -> None:
    assert ("wiper blades", "product", "exact") in _found("two wiper blades")
    assert ("雨刮器", "product", "part") in _found("换个雨刮器")


def test_homophones_and_pinyin_are_found_by_their_sound() -> None:
    assert ("铺东店", "branch", "sound") in _found("铺东店在哪")
    assert ("四伦定位", "service", "sound") in _found("四伦定位多少钱")
    assert ("试jia", "service", "sound") in _found("没空去试jia")


def test_the_longest_name_wins_and_tells_its_code() -> None:
    [hit] = [hit for hit in WORDS.find("全合成机油5W-30") if hit.level == "exact"]
    assert (hit.start, hit.end, hit.codes) == (0, 10, ("OIL",))


def test_the_noun_that_several_goods_share_stands_for_all_of_them() -> None:
    shop = Lexicon(
        [
            Term("防蓝光镜片", "product", "BLUE"),
            Term("变色镜片", "product", "PHOTO"),
            Term("Cabin filter", "product", "CABIN"),
            Term("Oil filter", "product", "OIL"),
        ]
    )
    for text, noun, codes in (
        ("镜片花了", "镜片", ("BLUE", "PHOTO")),
        ("filter is dirty", "filter", ("CABIN", "OIL")),
    ):
        [hit] = [hit for hit in shop.find(text) if hit.level == "head"]
        assert (text[hit.start : hit.end], hit.codes) == (noun, codes)


def test_the_end_of_a_single_name_is_no_noun_of_the_shop() -> None:
    assert not [hit for hit in WORDS.find("雨刮器和blade") if hit.level == "head"]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon([]).find("机油") == []


def test_places_are_known_with_and_without_their_suffix() -> None:
    folded = "成都武侯区和莫斯科"
    assert [folded[a:b] for a, b, _ in place_spans(folded)] == ["成都", "武侯区", "莫斯科"]


def test_a_changed_file_is_read_within_a_second(tmp_path: Path) -> None:
    seconds = [0.0]
    products = tmp_path / "products.csv"
    products.write_text(
        "\ufeffsku,name_zh,fits,aliases\nA,机油,E5|E7,偈油|润滑油\n", encoding="utf-8"
    )
    catalogue = Catalogue(tmp_path, clock=lambda: seconds[0])
    first = catalogue.lexicon
    assert {hit.kind for hit in first.find("E7的偈油")} == {"car_model", "product"}
    products.write_text("sku,name_zh\nB,毛肚\n", encoding="utf-8")
    os.utime(products, ns=(1, 1))
    seconds[0] = 0.5
    assert catalogue.lexicon is first
    seconds[0] = 1.5
    assert [hit.codes for hit in catalogue.lexicon.find("毛肚")] == [("B",)]
    assert catalogue.lexicon.find("偈油") == []


def test_a_file_that_cannot_be_read_leaves_the_last_words_in_force(tmp_path: Path) -> None:
    seconds = [0.0]
    products = tmp_path / "products.csv"
    products.write_text("sku,name_zh\nA,机油\n", encoding="utf-8")
    catalogue = Catalogue(tmp_path, clock=lambda: seconds[0])
    products.write_bytes(b"sku,name_zh\nB,\xff\xfe\xff\n")
    seconds[0] = 2.0
    assert [hit.codes for hit in catalogue.lexicon.find("机油")] == [("A",)]
