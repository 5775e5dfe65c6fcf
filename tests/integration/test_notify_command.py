"""``nightdesk notify test``: says of each place what happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from nightdesk.cli import app
from tests.integration.notify_world import Clock, Places


@pytest.fixture
def places() -> Iterator[Places]:
    places = Places(Clock())
    places.server.start()
    try:
        yield places
    finally:
        places.server.stop()


def run(environ: dict[str, str]):
    return CliRunner().invoke(app, ["notify", "test"], env=environ)


def test_each_place_gets_a_word(places):
    result = run(places.environment())
    assert result.exit_code == 0, result.output
    assert result.output.count(" taken") == 4
    assert all(len(taken) == 1 for taken in places.taken.values())


def test_a_place_that_takes_nothing_is_named_with_its_reason(places):
    places.moods["feishu"].append("refused")
    wrong = {**places.environment(), "NIGHTDESK_NOTIFY_DINGTALK_SECRET": "SECanother"}
    result = run(wrong)
    assert result.exit_code == 1
    assert "NOT taken: 310000 sign not match" in result.output
    assert "NOT taken: 40058" in result.output
    assert result.output.count(" taken\n") == 2


def test_without_a_place_it_says_so():
    result = run({})
    assert result.exit_code == 1
    assert "docs/notifications.md" in result.output


def test_a_wrong_setting_is_said_without_its_value():
    result = run({"NIGHTDESK_NOTIFY_WECOM": "geheim"})
    assert result.exit_code == 1
    assert "NIGHTDESK_NOTIFY_WECOM" in result.output
    assert "geheim" not in result.output
