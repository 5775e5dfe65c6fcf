"""Whatever is typed, the functions of language answer, and their spans are what was typed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightdesk.language.address import missing, parse_address
from nightdesk.language.email import find_emails, parse_email
from nightdesk.language.lexicon import Lexicon, Term
from nightdesk.language.money import parse_money
from nightdesk.language.normal import normalise
from nightdesk.language.numbers import canonical, kind_of
from nightdesk.language.numerals import parse_number
from nightdesk.language.person import parse_person
from nightdesk.language.phone import find_phones, parse_phone
from nightdesk.language.quantity import parse_quantity
from nightdesk.language.rating import parse_rating
from nightdesk.language.tokens import fold_in_place, token_spans
from nightdesk.language.when import parse_duration, parse_when

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 22, 10, tzinfo=ZONE)
WORDS = Lexicon([Term("机油", "product", "A"), Term("wiper blade", "product", "B")])
FRAGMENTS = [
    "明天下午三点", "周", "月", "日", "点", "半", "到", "-", "12", "幺三八", "两箱", "机油",
    "wiper blades", "¥", "块", "星", "@", ".com", "+86", "上海市", "路", "号",
    "next", "half", "😀", "\u202e", "\x00", "ﷺ", "é", " ",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.sampled_from(["", "一", "a", "1", "😀" * 50, "؟مرحبا" * 20, "\x07\x1b[0m", "。,!?"]),
)
AWKWARD = [
    "", "一", "1" * 4000, "一" * 4000, "a " * 2000, "明" * 4000,
    "😀" * 4000, "@" * 4000, "点半" * 2000,
    "路1号" * 1300, "\u202e" * 4000, "\x00" * 4000, "a.b@" * 1000, "1-" * 2000, "\ud800",
]  # fmt: skip
READERS = [
    parse_number, parse_quantity, parse_money, parse_rating, parse_phone, parse_email, parse_person,
    canonical, kind_of, normalise, find_emails, find_phones, WORDS.find, parse_duration,
    lambda text: parse_when(text, NOW, ZONE), lambda text: missing(parse_address(text)),
]  # fmt: skip


@pytest.mark.parametrize("text", AWKWARD, ids=lambda text: f"{text[:3]!r}x{len(text)}")
def test_awkward_texts_raise_nothing(text: str) -> None:
    for read in READERS:
        read(text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_no_text_raises(text: str) -> None:
    for read in READERS:
        read(text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_fold_keeps_the_length_and_tokens_do_not_overlap(text: str) -> None:
    folded = fold_in_place(text)
    assert len(folded) == len(text)
    last = 0
    for start, end in token_spans(folded):
        assert last <= start < end <= len(text)
        last = end


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_places_of_a_normal_form_go_up_and_stay_inside(text: str) -> None:
    normal = normalise(text)
    assert len(normal.offsets) == len(normal.text) + 1
    assert normal.offsets[-1] == len(text)
    assert list(normal.offsets) == sorted(normal.offsets)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_hits_lie_inside_the_text(text: str) -> None:
    for hit in WORDS.find(text):
        assert 0 <= hit.start < hit.end <= len(text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_time_never_ends_before_it_starts(text: str) -> None:
    when = parse_when(text, NOW, ZONE)
    if when is not None:
        assert when.start <= when.end
        assert when.start.tzinfo is not None
