"""Opening hours, starts and the peak of overlapping appointments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from nightdesk.backends.scheduling import hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def _local(zone: ZoneInfo, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type,misc]


def _span(start: float, end: float) -> hours.Span:
    return NOON + timedelta(hours=start), NOON + timedelta(hours=end)


def test_a_branch_is_open_in_its_own_time_zone():
    opening = hours.opening(date(2026, 11, 24), time(9), time(20, 30), SHANGHAI)
    assert opening == (_local(SHANGHAI, 2026, 11, 24, 9), _local(SHANGHAI, 2026, 11, 24, 20, 30))
    assert opening[0].utcoffset() == timedelta(0)


def test_closing_before_opening_is_the_next_morning():
    opening = hours.opening(date(2026, 11, 24), time(18), time(2), SHANGHAI)
    assert opening[1] == _local(SHANGHAI, 2026, 11, 25, 2)


def test_closing_when_it_opens_is_open_all_day():
    opening = hours.opening(date(2026, 11, 24), time(0), time(0), SHANGHAI)
    assert opening[1] - opening[0] == timedelta(days=1)


def test_after_midnight_yesterdays_opening_is_found():
    night = (_local(SHANGHAI, 2026, 11, 25, 0, 30), _local(SHANGHAI, 2026, 11, 25, 1))
    found = list(hours.openings(night, time(18), time(2), SHANGHAI))
    assert [opening[0] for opening in found] == [_local(SHANGHAI, 2026, 11, 24, 18)]


def test_the_last_start_leaves_time_for_the_service():
    opening = hours.opening(date(2026, 11, 24), time(9), time(10, 45), SHANGHAI)
    found = [start.astimezone(SHANGHAI).time() for start in hours.starts(opening, HOUR)]
    assert found == [time(9), time(9, 30)]


def test_a_service_longer_than_the_day_has_no_start():
    opening = hours.opening(date(2026, 11, 24), time(9), time(10), SHANGHAI)
    assert list(hours.starts(opening, timedelta(minutes=61))) == []


def test_the_night_on_which_clocks_go_forward_is_an_hour_shorter():
    opening = hours.opening(date(2026, 3, 28), time(22), time(6), BERLIN)
    assert opening[1] - opening[0] == 7 * HOUR


def test_the_night_on_which_clocks_go_back_is_an_hour_longer():
    opening = hours.opening(date(2026, 10, 24), time(22), time(6), BERLIN)
    assert opening[1] - opening[0] == 9 * HOUR
    walls = [start.astimezone(BERLIN) for start in hours.starts(opening, HOUR)]
    assert [wall.utcoffset() for wall in walls if wall.time() == time(2, 30)] == [2 * HOUR, HOUR]


def test_an_opening_in_the_hour_that_is_skipped_has_no_negative_length():
    opening = hours.opening(date(2026, 3, 29), time(2, 30), time(4), BERLIN)
    assert timedelta(0) < opening[1] - opening[0] <= 2 * HOUR


def test_two_appointments_one_after_the_other_are_one_at_a_time():
    assert hours.peak([_span(0, 1), _span(1, 2)], _span(0, 2)) == 1


def test_two_appointments_that_overlap_are_two_at_a_time():
    assert hours.peak([_span(0, 1.5), _span(1, 2)], _span(0, 2)) == 2


def test_what_ends_when_the_span_begins_does_not_count():
    assert hours.peak([_span(-1, 0), _span(2, 3)], _span(0, 2)) == 0


def test_an_overlap_outside_the_span_does_not_count():
    assert hours.peak([_span(0, 3), _span(2.5, 4)], _span(0, 2)) == 1


_SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=12,
)


@given(_SPANS, st.integers(0, 20), st.integers(1, 8))
def test_the_peak_is_the_most_that_any_moment_sees(spans, start, length):
    end = start + length
    seen = max(sum(a <= m < b for a, b in spans) for m in range(start, end))
    assert hours.peak([_span(a, b) for a, b in spans], _span(start, end)) == seen
