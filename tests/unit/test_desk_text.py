"""What a customer types, made safe, and the language it is in."""

import pytest

from nightdesk.desk import words
from nightdesk.desk.text import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  来两桶机油 \r\n", "来两桶机油"),
        ("第一行\r\n第二行\t完", "第一行\n第二行\t完"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\ud83d", ""),
        ("👨‍👩‍👧 好", "👨‍👩‍👧 好"),
        ("\u202e倒过来", "倒过来"),
        ("/order", "／order"),
        ("\u3000/order", "／order"),
        ("\u200b \ufeff/order", "／order"),
        ("5W/30", "5W/30"),
    ],
)
def test_a_text_is_cleaned(typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize("blank", ["\x00", " ", "\u200b", "\u2028", "\x85", "\xa0", "\u202d"])
def test_no_invisible_start_smuggles_a_command_past(blank):
    assert not clean(f"{blank}/restart").strip().startswith("/")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("来两桶5W-30 for my car", "zh"),
        ("Hello!", "en"),
        ("I need a new battery", "en"),
        ("13800138000", None),
        ("QM2026112300017", None),
        ("SUV", None),
        ("👍", None),
    ],
)
def test_the_language_is_told_by_the_script(text, language):
    assert words.language_of(text) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr, zh-TW;q=0.8", "zh"), ("", "zh"), ("fr", "zh")],
)
def test_the_browsers_language_is_the_first_that_is_spoken_here(header, language):
    assert words.language_of_header(header) == language
