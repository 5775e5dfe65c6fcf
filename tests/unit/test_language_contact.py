"""Telephone numbers, e-mail, names, addresses and reference numbers."""

from __future__ import annotations

import pytest

from nightdesk.language.address import looks_like_address, missing, parse_address
from nightdesk.language.email import find_emails, parse_email
from nightdesk.language.numbers import canonical, kind_of
from nightdesk.language.person import is_plausible, parse_person, surname
from nightdesk.language.phone import find_phones, parse_phone


@pytest.mark.parametrize(
    ("text", "e164", "region"),
    [
        ("13800138000", "+8613800138000", "CN"),
        ("幺三八零零幺三八零零零", "+8613800138000", "CN"),
        ("１３８００１３８０００", "+8613800138000", "CN"),
        ("+86 138-0013-8000", "+8613800138000", "CN"),
        ("021-55500201", "+862155500201", "CN"),
        ("400-820-5550", "+864008205550", "CN"),
        ("98765432", "+85298765432", "HK"),
        ("0085298765432", "+85298765432", "HK"),
        ("0912345678", "+886912345678", "TW"),
        ("+49 151 23456789", "+4915123456789", "DE"),
    ],
)
def test_a_good_number_becomes_e164(text: str, e164: str, region: str) -> None:
    phone = parse_phone(text)
    assert phone.valid
    assert (phone.e164, phone.region) == (e164, region)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1380013800", "too_short"),
        ("138001380001", "too_long"),
        ("12345", "too_short"),
        ("张伟", "not_a_number"),
        ("", "empty"),
    ],
)
def test_a_bad_number_says_what_is_wrong(text: str, fault: str) -> None:
    phone = parse_phone(text)
    assert phone.fault == fault
    assert not phone.valid
    assert phone.e164 == ""


def test_the_tail_of_a_number_is_its_last_four_digits() -> None:
    assert parse_phone("138 0013 8642").tail == "8642"


def test_numbers_are_found_where_they_stand() -> None:
    text = "我電話幺三八零零幺三八零零零捏"
    [(start, end, phone)] = find_phones(text)
    assert text[start:end] == "幺三八零零幺三八零零零"
    assert phone.e164 == "+8613800138000"


def test_an_order_number_is_no_telephone_number() -> None:
    assert find_phones("订单QM20250618003") == []


def test_an_address_of_mail_may_be_dictated() -> None:
    assert parse_email("Wei.Zhang@163.com") == "wei.zhang@163.com"
    assert parse_email("wei 艾特 163 点 com") == "wei@163.com"
    assert parse_email("wei@163") is None
    assert find_emails("发a.b@qq.com吧") == [(1, 11, "a.b@qq.com")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张伟", "张伟"), ("我叫李小明", "李小明"), ("张先生", "张先生"), ("Mr. Smith", "Smith"),
        ("王芳收", "王芳"), ("katrin vogel", "Katrin Vogel"), ("阿May", "阿May"),
        ("张伟先生", "张伟"), ("免贵姓赵", "赵"), ("my name is John Doe", "John Doe"),
    ],
)  # fmt: skip
def test_a_name_is_cleared_of_what_surrounds_it(text: str, name: str) -> None:
    assert parse_person(text) == name


@pytest.mark.parametrize("text", ["随便", "13800138000", "", "取消", "不用了谢谢你们" * 10, "no"])
def test_an_answer_that_is_no_name_is_none(text: str) -> None:
    assert parse_person(text) is None


def test_surnames_may_have_two_characters() -> None:
    assert surname("欧阳娜娜") == "欧阳"
    assert surname("John Doe") == "Doe"
    assert is_plausible("阿玲")
    assert not is_plausible("快点发货")


@pytest.mark.parametrize(
    ("text", "city", "district", "lacking"),
    [
        ("上海市浦东新区张江路88号3栋502", "上海市", "浦东新区", ()),
        ("杭州市西湖区文三路", "杭州市", "西湖区", ("number",)),
        ("成都武侯区", "成都市", "武侯区", ("street", "number")),
        ("张江路88号", "", "", ("city",)),
        ("3栋502", "", "", ("city", "street")),
        ("高雄市左營區博愛二路100號", "高雄市", "", ()),
    ],
)
def test_an_address_knows_what_it_lacks(
    text: str, city: str, district: str, lacking: tuple[str, ...]
) -> None:
    address = parse_address(text)
    assert (address.city, address.district) == (city, district)
    assert missing(address) == lacking


def test_a_foreign_address_is_taken_as_it_is() -> None:
    address = parse_address("221B Baker Street, London NW1 6XE")
    assert missing(address) == ()
    assert address.one_line() == "221B Baker Street, London NW1 6XE"


def test_a_chinese_address_is_completed_in_one_line() -> None:
    assert parse_address("浦东张江路88号").one_line() == "上海市浦东新区张江路88号"


def test_a_place_alone_is_no_address() -> None:
    assert looks_like_address("浦东新区张江路88号")
    assert not looks_like_address("成都武侯区")


def test_a_reference_number_has_one_form() -> None:
    assert canonical("q m 幺零零-二") == "QM1002"
    assert canonical("订单号88203317") == "88203317"
    assert canonical("没有") == ""


@pytest.mark.parametrize(
    ("number", "context", "kind"),
    [
        ("QM1002", "我的预约QM1002", "order_no"),
        ("YT8842015573", "查一下YT8842015573", "tracking_no"),
        ("A3021", "预约A3021取消", "appointment_no"),
        ("6632", "投诉单号6632", "ticket_no"),
        ("6632", "6632", None),
    ],
)
def test_the_kind_of_a_number_is_told_by_shape_then_context(
    number: str, context: str, kind: str | None
) -> None:
    assert kind_of(number, context, "QM") == kind
