"""The statuses of a ticket."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nightdesk.backends.tickets.service import STATUSES, TRANSITIONS


def test_the_usual_way_is_open_in_progress_resolved_closed():
    way = ("open", "in_progress", "resolved", "closed")
    assert all(after in TRANSITIONS[before] for before, after in pairwise(way))


@pytest.mark.parametrize("status", ["in_progress", "resolved", "closed"])
def test_every_status_leads_back_to_open(status):
    assert "open" in TRANSITIONS[status]


def test_nothing_is_closed_before_it_is_resolved():
    assert [status for status in STATUSES if "closed" in TRANSITIONS[status]] == ["resolved"]
