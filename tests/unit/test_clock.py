"""The clock that every process asks."""

from datetime import datetime, timedelta, timezone

import pytest

from nightdesk import clock


def test_without_a_setting_it_is_now(monkeypatch):
    monkeypatch.delenv(clock.CLOCK, raising=False)
    assert abs(clock.now() - datetime.now(timezone.utc)) < timedelta(seconds=5)


def test_time_runs_on_from_the_set_moment(monkeypatch):
    monkeypatch.setenv(clock.CLOCK, "2026-11-23T03:00:00+08:00")
    started = datetime.now(timezone.utc) - timedelta(hours=2)
    monkeypatch.setenv(clock.CLOCK_STARTED, str(started.timestamp()))
    expected = datetime.fromisoformat("2026-11-23T05:00:00+08:00")
    assert abs(clock.now() - expected) < timedelta(seconds=5)


def test_a_moment_without_an_offset_is_refused(monkeypatch):
    monkeypatch.setenv(clock.CLOCK, "2026-11-23T03:00:00")
    with pytest.raises(ValueError, match="offset"):
        clock.now()
