"""Logs: one masked JSON object a line. What helps is readable, what is personal is not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from nightdesk import logs


@pytest.mark.parametrize(
    "phone",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "021-58881234",
        "(021)58881234",
        "400-820-8820",
        "+852 9123 4567",
        "0912-345-678",
        "+44 7700 900123",
        "(212) 555-0147",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "我的电话是{}", "张伟{}谢谢", "call me at {} please"])
def test_a_phone_number_is_unreadable(phone: str, frame: str) -> None:
    masked = logs.mask(frame.format(phone))
    digits = "".join(letter for letter in phone if letter.isdigit())
    left = "".join(letter for letter in masked if letter.isdigit())
    assert len(left) <= 2, masked
    assert digits not in masked


@pytest.mark.parametrize(
    "address",
    [
        "上海浦东张江路88号",
        "上海市浦东新区张江路88弄5号楼302室",
        "杭州西湖區文三路一百二十号",
        "深圳市南山区科技园南路12号",
        "成都春熙路3段6号",
        "阳光花园小区3栋2单元501",
        "北京市朝阳区建国门外大街1号国贸大厦B座1203",
        "12 Nanjing Road",
        "221B Baker Street",
        "1600 Amphitheatre Parkway, Apt 4",
        "88 Zhangjiang Rd.",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "寄到{}", "send it to {} thanks", "地址:{},张伟"])
def test_a_street_address_is_unreadable(address: str, frame: str) -> None:
    masked = logs.mask(frame.format(address))
    assert "[address]" in masked
    house = "".join(letter for letter in address if letter.isdigit())
    if house:
        assert not any(letter.isdigit() for letter in masked), masked


@pytest.mark.parametrize("mail", ["wei.zhang+car@example.com", "a_b@mail.example.co.uk"])
def test_an_email_address_is_unreadable(mail: str) -> None:
    assert mail.split("@")[0] not in logs.mask(f"写信到{mail},谢谢")


@pytest.mark.parametrize(
    "text",
    [
        "ND-7KQ2-M9XD",
        "ND7KQ2M9XD",
        "order ND20261123-8F3K is placed",
        "A7K2M9",
        "2026-11-23T03:00:00+08:00",
        "2026-11-23",
        "20:30",
        "5W-30",
        "LUB-5W30-4L",
        "total 1288.00 CNY",
        "ms=1234.5",
        "127.0.0.1:8080",
        "8f14e45fceea167a5a36dedd4bea2543",
        "3f2b8c1e-5a77-4b1e-9d5c-0a1b2c3d4e5f",
        "一条路走到黑",
        "要两桶全合成机油",
        "在路上了",
        "街坊推荐的",
    ],
)
def test_what_is_not_personal_stays_as_it_is(text: str) -> None:
    assert logs.mask(text) == text


@pytest.fixture
def written() -> Iterator[StringIO]:
    """The log of a process named ``rasa``, as text."""
    stream = StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    logs.configure("rasa")
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_names_its_process_level_logger_time_and_conversation(written: StringIO) -> None:
    logs.in_conversation("c-13800138000")
    logs.get("nightdesk.somewhere").info("order_placed", order_no="ND-7KQ2-M9XD")
    (line,) = lines(written)
    assert line.pop("timestamp")
    assert line == {
        "process": "rasa",
        "event": "order_placed",
        "order_no": "ND-7KQ2-M9XD",
        "conversation_id": "c-13800138000",
        "level": "info",
        "logger": "nightdesk.somewhere",
    }


def test_a_library_that_knows_only_logging_gets_the_same_form(written: StringIO) -> None:
    logs.in_conversation("c-1")
    logging.getLogger("some.library").warning("call %s", "13800138000")
    (line,) = lines(written)
    assert (line["logger"], line["conversation_id"]) == ("some.library", "c-1")
    assert "13800138000" not in str(line["event"])


def test_personal_values_are_hidden_wherever_they_stand(written: StringIO) -> None:
    customer = {"name": "张伟", "phone": "13800138000", "address": "张江路88号"}
    logs.get("x").info("order", body={"customer": customer, "items": [{"sku": "OIL-1"}]})
    text = written.getvalue()
    assert not any(value in text for value in customer.values())
    assert "OIL-1" in text


def test_a_traceback_is_masked_too(written: StringIO) -> None:
    try:
        raise ValueError("bad phone 13800138000")
    except ValueError:
        logs.get("x").exception("failed")
    assert "13800138000" not in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_what_is_below_the_level_is_not_even_formatted(written: StringIO) -> None:
    class Costly:
        def __repr__(self) -> str:
            raise AssertionError("formatted")

    logs.get("x").debug("detail", value=Costly())
    logging.getLogger("x").debug("detail %r", Costly())
    assert written.getvalue() == ""
