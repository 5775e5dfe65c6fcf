"""``profile.yml``: what it says, and its mistakes with line and key."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nightdesk.merchant.problems import MerchantErrors
from nightdesk.merchant.profile import Profile, load_profile
from nightdesk.settings import ROOT

SHOP = ROOT / "tests" / "unit" / "shop"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (SHOP / "profile.yml").read_text("utf-8")
    assert old in text
    (tmp_path / "profile.yml").write_text(text.replace(old, new, 1), "utf-8")
    return tmp_path


def mistakes(folder: Path) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(MerchantErrors) as caught:
        load_profile(folder)
    return [(p.row, p.column, p.right.en) for p in caught.value.problems]


@pytest.fixture
def profile() -> Profile:
    return load_profile(SHOP)


def test_a_profile_holds_everything_that_the_file_says(profile: Profile) -> None:
    assert (profile.name("zh"), profile.name("en")) == ("清和茶铺", "Qinghe Tea")
    assert (profile.currency, profile.order_no_prefix) == ("CNY", "QH")
    assert profile.languages == ("zh", "en")
    assert profile.zone == SHANGHAI
    assert profile.escalation.keywords == ("转人工", "12315")
    assert profile.escalation.order_amount == Decimal("5000.00")
    assert profile.escalation.failed_turns == 2
    assert profile.agent_hours[0] == ((time(9), time(12)), (time(13, 30), time(18)))
    assert profile.agent_hours[1] == ()


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00:00", True),
        ("2026-11-23T12:00:00", False),
        ("2026-11-24T10:00:00", False),
        ("2026-11-27T23:59:59", True),
        ("2026-11-28T01:59:00", True),
        ("2026-11-28T02:00:00", False),
    ],
)
def test_people_are_on_duty_within_the_hours(profile: Profile, moment: str, there: bool) -> None:
    assert profile.on_duty(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)) is there


def test_duty_is_judged_in_the_merchants_zone(profile: Profile) -> None:
    assert profile.on_duty(datetime(2026, 11, 23, 1, 30, tzinfo=ZoneInfo("UTC")))


def test_the_next_duty_is_found_over_days_without_people(profile: Profile) -> None:
    def after(text: str) -> datetime | None:
        return profile.next_duty(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))

    assert after("2026-11-23T12:30:00") == datetime(2026, 11, 23, 13, 30, tzinfo=SHANGHAI)
    assert after("2026-11-23T19:00:00") == datetime(2026, 11, 27, 20, 0, tzinfo=SHANGHAI)
    assert after("2026-11-28T03:00:00") == datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)


def test_a_shop_without_people_has_no_next_duty(tmp_path: Path) -> None:
    text = (SHOP / "profile.yml").read_text("utf-8")
    start, end = text.index("  mon:"), text.index("escalation:")
    (tmp_path / "profile.yml").write_text(text[:start] + "  mon: []\n" + text[end:], "utf-8")
    assert load_profile(tmp_path).next_duty(datetime.now(SHANGHAI)) is None


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "right"),
    [
        ("timezone: Asia/Shanghai", "timezone: Beijing", 4, "timezone", "IANA"),
        ("currency: CNY", "currency: RMB", 5, "currency", "CNY"),
        ("[zh, en]", "[zh, fr]", 6, "languages", "zh, en"),
        ("[zh, en]", "[]", 6, "languages", "zh"),
        ("09:00-12:00", "09:00", 8, "agent_hours.mon", "HH:MM-HH:MM"),
        ("09:00-12:00", "09:00-25:00", 8, "agent_hours.mon", "HH:MM"),
        ("20:00-24:00", "20:00-02:00", 9, "agent_hours.fri", "00:00-02:00"),
        ("13:30-18:00", "11:30-18:00", 8, "agent_hours.mon", "apart"),
        ("  mon:", "  monday:", 8, "agent_hours.monday", "mon"),
        ("order_amount: 5000", "order_amount: lots", 13, "escalation.order_amount", "a number"),
        ("failed_turns: 2", "failed_turns: 0", 14, "escalation.failed_turns", "from 1"),
        ("failed_turns: 2", "failed_turn: 2", 14, "escalation.failed_turn", "failed_turns"),
        ("order_no_prefix: QH", "order_no_prefix: 清", 15, "order_no_prefix", "letters"),
        ("hotline: 0571-88880000", "hotline: call me", 16, "hotline", "021"),
        ("name_zh: 清和茶铺", "name_zh: ''", 1, "name_zh", "needed"),
        ("name_zh: 清和茶铺", "name_zh: [清和]", 1, "name_zh", "one line"),
        ("name_en: Qinghe Tea", "name_zh: 又一个", 2, "name_zh", "keep one"),
        ("industry: tea", "industry: &x tea\nname_en: *x", 4, None, "quote the text"),
        ("industry: tea", "industry: tea: leaf", 3, None, "key: value"),
        ("industry: tea", "industry: \ttea\n\t- x", 3, None, "key: value"),
    ],
)
def test_a_mistake_is_placed_by_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str | None, right: str
) -> None:
    found = mistakes(changed(tmp_path, old, new))
    assert any((at, name) == (line, key) and right in said for at, name, said in found), found


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    found = mistakes(changed(tmp_path, "currency: CNY\n", ""))
    assert found == [(None, "currency", "add “currency: …”")]


@pytest.mark.parametrize(
    "content",
    ["", "- a\n- b\n", "just text", "a: " + "[" * 5000, "\x00\x01", "{" * 2000, "? [a, b]\n: 1"],
    ids=["empty", "list", "text", "brackets", "controls", "braces", "complex key"],
)
def test_what_is_no_profile_is_refused_plainly(tmp_path: Path, content: str) -> None:
    (tmp_path / "profile.yml").write_text(content, "utf-8")
    assert mistakes(tmp_path)


def test_full_width_and_other_dashes_in_hours_are_read(tmp_path: Path) -> None:
    folder = changed(tmp_path, "09:00-12:00", "9：00～12：00")
    assert load_profile(folder).agent_hours[0][0] == (time(9), time(12))
