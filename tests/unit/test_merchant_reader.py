"""Every kind of mistake that a merchant's folder can hold, and what a spreadsheet may do to it."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from nightdesk.merchant import sheet
from nightdesk.merchant.problems import MerchantErrors, Problem
from nightdesk.merchant.reader import Merchant, read
from nightdesk.settings import ROOT

DEMO = ROOT / "merchants" / "qiming"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small shop, right in everything."""
    return Path(shutil.copytree(ROOT / "tests" / "unit" / "shop", tmp_path / "shop"))


def table(shop: Path, file: str) -> list[list[str]]:
    return list(csv.reader((shop / file).read_text("utf-8").splitlines()))


def put(shop: Path, file: str, row: int, column: str, value: str) -> None:
    """Write ``value`` into a cell, the row counted as a spreadsheet does."""
    rows = table(shop, file)
    rows[row - 1][rows[0].index(column)] = value
    save(shop, file, rows)


def save(shop: Path, file: str, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (shop / file).write_text(out.getvalue(), "utf-8")


def problems(shop: Path) -> list[Problem]:
    with pytest.raises(MerchantErrors) as caught:
        read(shop)
    return list(caught.value.problems)


def only(shop: Path) -> Problem:
    found = problems(shop)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def place(problem: Problem) -> tuple[str, int | None, str | None]:
    return problem.file, problem.row, problem.column


def test_the_demo_merchant_is_right() -> None:
    merchant = read(DEMO)
    counts = (merchant.products, merchant.services, merchant.branches, merchant.faqs)
    assert [len(rows) for rows in counts] == [44, 12, 14, 100]
    assert len(merchant.faults) == 32
    assert merchant.warnings == ()


def test_cells_become_values(shop: Path) -> None:
    merchant = read(shop)
    tea = merchant.products[0]
    assert (tea.sku, tea.price, tea.stock) == ("TEA-1", Decimal("68.00"), 40)
    assert tea.aliases == ("明前龙井", "龙井")
    assert tea.fits == ()
    assert merchant.branches[0].open == time(9, 0)
    assert merchant.services[0].branches == ("*",)
    assert merchant.faults[0].service == ""


# --- what a spreadsheet does, and is accepted


def test_a_byte_order_mark_is_no_part_of_the_first_column(shop: Path) -> None:
    for file in shop.glob("*"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read(shop).products[0].sku == "TEA-1"


def test_carriage_returns_are_accepted(shop: Path) -> None:
    for file in shop.glob("*.csv"):
        text = file.read_text("utf-8").replace("\r\n", "\n")
        file.write_bytes(text.replace("\n", "\r\n").encode())
    assert len(read(shop).products) == 3


def test_gb18030_is_read_and_said(shop: Path) -> None:
    for name in ("products.csv", "profile.yml"):
        (shop / name).write_bytes((shop / name).read_text("utf-8").encode("gb18030"))
    merchant = read(shop)
    assert merchant.products[0].name_zh == "龙井绿茶"
    assert merchant.profile.name_zh == "清和茶铺"
    assert {w.file for w in merchant.warnings if "GB18030" in w.what.en} == {
        "products.csv",
        "profile.yml",
    }


def test_trailing_empty_columns_and_blank_rows_are_nothing(shop: Path) -> None:
    rows = [[*row, "", " "] for row in table(shop, "products.csv")]
    rows.insert(2, [""] * len(rows[0]))
    rows.append([])
    save(shop, "products.csv", rows)
    assert len(read(shop).products) == 3


def test_a_blank_row_counts_when_a_later_mistake_is_placed(shop: Path) -> None:
    rows = table(shop, "products.csv")
    rows.insert(1, [""] * len(rows[0]))
    rows[3][rows[0].index("price")] = "dear"
    save(shop, "products.csv", rows)
    assert place(only(shop)) == ("products.csv", 4, "price")


def test_a_line_break_inside_a_cell_does_not_shift_the_rows(shop: Path) -> None:
    put(shop, "products.csv", 2, "description_zh", "第一行\n第二行")
    rows = (shop / "products.csv").read_text("utf-8").replace(",40,", ",-1,")
    (shop / "products.csv").write_text(rows, "utf-8")
    put_back = only(shop)
    assert place(put_back) == ("products.csv", 2, "stock")


def test_semicolons_and_tabs_between_columns_are_read_and_said(shop: Path) -> None:
    for file, delimiter in (("products.csv", ";"), ("branches.csv", "\t")):
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(table(shop, file))
        (shop / file).write_text(out.getvalue(), "utf-8")
    merchant = read(shop)
    assert len(merchant.products) == 3
    assert [w.file for w in merchant.warnings] == ["products.csv", "branches.csv"]


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("1,299.00", "1299.00"),
        ("¥298", "298.00"),
        ("￥298.5", "298.50"),
        ("２９８", "298.00"),
        ("298元", "298.00"),
        ("298 CNY", "298.00"),
        ("0", "0.00"),
    ],
)
def test_a_price_is_read_as_the_spreadsheet_shows_it(shop: Path, written: str, price: str) -> None:
    put(shop, "products.csv", 2, "price", written)
    assert str(read(shop).products[0].price) == price


@pytest.mark.parametrize("written", ["9:00", "09:00", "09:00:00", "9:00 AM", "９：００", "9:00am"])
def test_a_time_is_read_as_the_spreadsheet_shows_it(shop: Path, written: str) -> None:
    put(shop, "branches.csv", 2, "open", written)
    assert read(shop).branches[0].open == time(9, 0)


def test_midnight_may_be_24_00(shop: Path) -> None:
    put(shop, "branches.csv", 2, "close", "24:00")
    assert read(shop).branches[0].close == time(0, 0)


def test_columns_may_stand_in_any_order_and_english_ones_may_be_absent(shop: Path) -> None:
    rows = table(shop, "faq.csv")
    order = [i for i, name in enumerate(rows[0]) if not name.endswith("_en")][::-1]
    save(shop, "faq.csv", [[row[i] for i in order] for row in rows])
    assert read(shop).faqs[0].question_en == ""
    assert read(shop).faqs[0].answer_zh == "满 80 元包邮。"


# --- mistakes in cells


@pytest.mark.parametrize(
    ("file", "column", "value", "right"),
    [
        ("products.csv", "price", "", "needed"),
        ("products.csv", "price", "面议", "for example 298"),
        ("products.csv", "price", "1.3E+03", "1300"),
        ("products.csv", "price", "1.299,00", "1299.00"),
        ("products.csv", "price", "298/桶", "298"),
        ("products.csv", "price", "-5", "0 or more"),
        ("products.csv", "price", "9.999", "10.00"),
        ("products.csv", "price", "99999999999", "less than"),
        ("products.csv", "stock", "-1", "0 when it is sold out"),
        ("products.csv", "stock", "1.5", "for example 1"),
        ("products.csv", "stock", "有货", "a number"),
        ("products.csv", "sku", "TEA 1", "TEA-1"),
        ("products.csv", "sku", "T" * 65, "at most 64"),
        ("products.csv", "name_zh", "#REF!", "the value itself"),
        ("products.csv", "name_zh", "????", "UTF-8"),
        ("products.csv", "name_zh", "龙\x07井", "type it again"),
        ("products.csv", "description_zh", "x" * 10_001, "at most 10000"),
        ("products.csv", "aliases", "|".join(map(str, range(501))), "at most 500"),
        ("faq.csv", "answer_zh", "看<script>alert(1)</script>", "plain text"),
        ("faq.csv", "answer_zh", "[点](javascript:x)", "plain text"),
        ("services.csv", "duration_min", "60分钟", "60"),
        ("services.csv", "duration_min", "0", "minutes"),
        ("services.csv", "capacity", "0", "1 or more"),
        ("branches.csv", "open", "9点", "09:00"),
        ("branches.csv", "open", "0.375", "09:00"),
        ("branches.csv", "open", "25:00", "HH:MM"),
        ("branches.csv", "close", "900", "09:00"),
        ("branches.csv", "lat", "121.5", "swapped"),
        ("branches.csv", "lat", "north", "a number"),
        ("branches.csv", "phone", "4.00821E+09", "021-55500201"),
        ("branches.csv", "phone", "12", "3 to 20 digits"),
        ("faults.csv", "severity", "stopp", "stop"),
        ("faults.csv", "service", "tastng", "tasting"),
        ("services.csv", "branches", "hz-1|SH-9", "HZ-1"),
        ("services.csv", "branches", "*|HZ-1", "alone"),
    ],
)
def test_a_wrong_cell_is_placed_and_put_right(
    shop: Path, file: str, column: str, value: str, right: str
) -> None:
    put(shop, file, 2, column, value)
    found = problems(shop)
    assert {place(problem) for problem in found} == {(file, 2, column)}
    assert any(right in problem.right.en for problem in found)
    assert all(problem.what.zh and problem.right.zh for problem in found)


def test_a_key_may_stand_only_once(shop: Path) -> None:
    put(shop, "products.csv", 4, "sku", "TEA-1")
    found = only(shop)
    assert place(found) == ("products.csv", 4, "sku")
    assert "row 2" in found.what.en


def test_a_reference_to_a_refused_row_is_no_second_mistake(shop: Path) -> None:
    put(shop, "services.csv", 2, "branches", "HZ-1")
    put(shop, "branches.csv", 2, "lat", "?")
    assert place(only(shop)) == ("branches.csv", 2, "lat")


def test_every_mistake_of_every_file_is_reported_at_once(shop: Path) -> None:
    put(shop, "products.csv", 2, "price", "x")
    put(shop, "products.csv", 3, "stock", "y")
    put(shop, "products.csv", 3, "price", "z")
    put(shop, "faq.csv", 2, "answer_zh", "")
    (shop / "faults.csv").unlink()
    profile = (shop / "profile.yml").read_text("utf-8").replace("Asia/Shanghai", "Asia/Shangai")
    (shop / "profile.yml").write_text(profile, "utf-8")
    assert {place(problem) for problem in problems(shop)} == {
        ("profile.yml", 4, "timezone"),
        ("products.csv", 2, "price"),
        ("products.csv", 3, "price"),
        ("products.csv", 3, "stock"),
        ("faq.csv", 2, "answer_zh"),
        ("faults.csv", None, None),
    }


# --- mistakes of the header


def test_a_misspelt_column_is_told_its_name(shop: Path) -> None:
    rows = table(shop, "products.csv")
    rows[0][rows[0].index("price")] = "prise"
    save(shop, "products.csv", rows)
    found = only(shop)
    assert place(found) == ("products.csv", 1, "prise")
    assert "“price”" in found.right.en


def test_a_missing_and_a_doubled_column_are_reported(shop: Path) -> None:
    rows = table(shop, "products.csv")
    at = rows[0].index("stock")
    rows[0][at] = "sku"
    save(shop, "products.csv", rows)
    assert {(p.column, p.right.en) for p in problems(shop)} == {
        ("sku", "keep one of them"),
        ("stock", "add the column “stock”"),
    }


@pytest.mark.parametrize("absent", ["fits", "stock"])
def test_a_missing_column_hides_no_mistake_of_the_rows(shop: Path, absent: str) -> None:
    put(shop, "products.csv", 2, "price", "dear")
    rows = table(shop, "products.csv")
    at = rows[0].index(absent)
    save(shop, "products.csv", [[*row[:at], *row[at + 1 :]] for row in rows])
    assert [place(problem) for problem in problems(shop)] == [
        ("products.csv", 1, absent),
        ("products.csv", 2, "price"),
    ]


def test_a_column_of_the_shops_own_is_left_out_with_a_warning(shop: Path) -> None:
    rows = [[*row, "内部" if i else "仓库备注"] for i, row in enumerate(table(shop, "faq.csv"))]
    save(shop, "faq.csv", rows)
    assert [place(w) for w in read(shop).warnings] == [("faq.csv", 1, "仓库备注")]


# --- broken files


def test_a_comma_that_is_not_quoted_is_found(shop: Path) -> None:
    text = (shop / "products.csv").read_text("utf-8").replace(",68,", ",1,299.00,")
    (shop / "products.csv").write_text(text, "utf-8")
    found = only(shop)
    assert place(found) == ("products.csv", 2, None)
    assert '"1,299.00"' in found.right.en


def test_a_quote_that_never_closes_is_placed_and_hides_nothing_behind_it(shop: Path) -> None:
    lines = (shop / "products.csv").read_text("utf-8").splitlines()
    lines[1] = lines[1].replace("龙井绿茶", '"龙井绿茶')
    lines[3] = lines[3].replace(",12,", ",many,")
    (shop / "products.csv").write_text("\n".join(lines), "utf-8")
    found = problems(shop)
    assert {place(problem) for problem in found} == {
        ("products.csv", 2, None),
        ("products.csv", 4, "stock"),
    }
    assert "never closed" in found[0].what.en


def test_text_behind_a_closing_quote_is_reported(shop: Path) -> None:
    text = (shop / "products.csv").read_text("utf-8").replace("龙井绿茶", '"龙井"绿茶')
    (shop / "products.csv").write_text(text, "utf-8")
    assert place(only(shop)) == ("products.csv", 2, None)


def test_a_file_full_of_open_quotes_is_given_up(shop: Path) -> None:
    header = (shop / "products.csv").read_text("utf-8").splitlines()[0]
    (shop / "products.csv").write_text(header + '\n"a' * 1000, "utf-8")
    found = problems(shop)
    assert len(found) == sheet.MAX_BROKEN + 1
    assert "too many" in found[-1].what.en


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised(shop: Path, encoding: str) -> None:
    raw = (shop / "products.csv").read_text("utf-8").encode(encoding)
    (shop / "products.csv").write_bytes(raw)
    found = only(shop)
    assert "UTF-16" in found.what.en
    assert "CSV UTF-8" in found.right.en


def test_a_workbook_under_the_name_of_a_csv_is_recognised(shop: Path) -> None:
    (shop / "products.csv").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    assert "workbook" in only(shop).what.en


def test_a_damaged_character_is_placed_in_its_cell(shop: Path) -> None:
    raw = (shop / "products.csv").read_bytes()
    cut = "龙井绿茶".encode()
    (shop / "products.csv").write_bytes(raw.replace(cut, cut[:-1], 1))
    assert place(only(shop)) == ("products.csv", 2, "name_zh")


def test_an_encoding_that_is_neither_is_said_so(shop: Path) -> None:
    raw = (shop / "products.csv").read_text("utf-8").encode("big5", errors="replace")
    (shop / "products.csv").write_bytes(raw + b"caf\xe9,\n")
    assert "neither UTF-8 nor GB18030" in only(shop).what.en


def test_a_missing_file_names_the_file_that_was_probably_meant(shop: Path) -> None:
    (shop / "faq.csv").rename(shop / "FAQ.xlsx")
    found = only(shop)
    assert place(found) == ("faq.csv", None, None)
    assert "FAQ.xlsx" in found.right.en


def test_an_empty_file_and_a_folder_in_its_place_are_reported(shop: Path) -> None:
    (shop / "faq.csv").write_text("", "utf-8")
    (shop / "faults.csv").unlink()
    (shop / "faults.csv").mkdir()
    assert {place(problem) for problem in problems(shop)} == {
        ("faq.csv", 1, None),
        ("faults.csv", None, None),
    }


def test_a_folder_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    assert "no such folder" in only(tmp_path / "nowhere").what.en


def test_too_many_rows_and_too_large_a_file_are_refused(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 2)
    assert all("more than 2 rows" in problem.what.en for problem in problems(shop))
    monkeypatch.undo()
    (shop / "profile.yml").write_bytes(b"#" * (1024 * 1024 + 1))
    assert "too large" in only(shop).what.en


# --- warnings


def warned(merchant: Merchant) -> list[tuple[str, int | None, str | None]]:
    return [place(warning) for warning in merchant.warnings]


def test_an_alias_of_two_products_is_a_warning(shop: Path) -> None:
    put(shop, "products.csv", 3, "aliases", "龍井")
    assert warned(read(shop)) == [("products.csv", 3, "aliases")]


def test_one_model_in_two_spellings_is_a_warning(shop: Path) -> None:
    put(shop, "products.csv", 2, "fits", "G200")
    put(shop, "products.csv", 3, "fits", "g 200")
    assert warned(read(shop)) == [("products.csv", 3, "fits")]


def test_one_question_with_two_answers_is_a_warning(shop: Path) -> None:
    put(shop, "faq.csv", 3, "alt_questions", "运费怎么算呀|运费怎么算?")
    merchant = read(shop)
    assert warned(merchant) == [("faq.csv", 3, "alt_questions")]
    assert "another answer" in merchant.warnings[0].what.en


def test_missing_english_is_a_warning_only_where_english_is_served(shop: Path) -> None:
    put(shop, "faq.csv", 2, "answer_en", "")
    assert warned(read(shop)) == [("faq.csv", 2, "answer_en")]
    profile = (shop / "profile.yml").read_text("utf-8").replace("[zh, en]", "[zh]")
    (shop / "profile.yml").write_text(profile, "utf-8")
    assert warned(read(shop)) == []


def test_answers_may_name_live_figures_of_the_shop(shop: Path) -> None:
    put(shop, "faq.csv", 2, "answer_zh", "一罐 {price:TEA-1}，{hours:HZ-1}，热线 {hotline}")
    assert "{price:TEA-1}" in read(shop).faqs[0].answer_zh


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("一罐 {price:TEA-11}", "{price:TEA-1}"),
        ("一罐 {prise:TEA-1}", "{price:TEA-1}"),
        ("{hours}", "{hours:HZ-1}"),
        ("{service_price:lessons}", "{service_price:lesson}"),
    ],
)
def test_a_placeholder_for_what_the_shop_has_not_is_refused(
    shop: Path, answer: str, right: str
) -> None:
    put(shop, "faq.csv", 3, "answer_en", answer)
    with pytest.raises(MerchantErrors) as caught:
        read(shop)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("faq.csv", 3, "answer_en")
    assert right in problem.right.en


def test_braces_that_are_no_placeholder_are_said_as_written_and_warned_of(shop: Path) -> None:
    put(shop, "faq.csv", 2, "answer_zh", "备注写{姓名}，{ 两 罐 } 起")
    merchant = read(shop)
    assert merchant.faqs[0].answer_zh == "备注写{姓名}，{ 两 罐 } 起"
    (warning,) = [one for one in merchant.warnings if one.column == "answer_zh"]
    assert "{姓名}" in warning.what.en
