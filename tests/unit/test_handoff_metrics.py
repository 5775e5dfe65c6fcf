"""The figures of the hand-off, from steps and lines at given seconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from nightdesk.desk.console.metrics import Step, episodes, summary
from nightdesk.desk.handoff.states import Cause, State

BEGIN = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
_FROM = {
    Cause.ESCALATED: State.BOT,
    Cause.CLAIMED: State.WAITING,
    Cause.UNSERVED: State.WAITING,
    Cause.WITHDRAWN: State.WAITING,
}


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def step(seconds: float, cause: Cause, who: str = "a", reason: str | None = None) -> Step:
    return Step(who, cause, _FROM.get(cause, State.HUMAN), at(seconds), reason)


def figures(*steps: Step, replies: list[tuple[str, float]] | None = None, **more: Any) -> Any:
    written = [(who, at(seconds)) for who, seconds in replies or ()]
    return summary(episodes(sorted(steps, key=lambda one: one.at), written), **more)


def test_nothing_happened_is_no_figure_and_no_fault() -> None:
    found = figures()
    assert found["escalated"] == found["solved"] == 0
    assert found["waiting_s"] == {"median": None, "p90": None}
    assert found["rating_mean"] is None


def test_each_duration_is_from_its_beginning_to_its_end() -> None:
    found = figures(
        step(0, Cause.ESCALATED, reason="asked"),
        step(60, Cause.CLAIMED),
        step(360, Cause.HANDED_BACK),
        replies=[("a", 90), ("a", 120)],
    )
    assert found["waiting_s"]["median"] == 60
    assert found["first_reply_s"]["median"] == 90
    assert found["handling_s"]["median"] == 300
    assert found["served"] == found["handed_back"] == found["solved"] == 1
    assert found["reasons"] == {"asked": 1}


def test_the_90th_percentile_is_that_of_the_nearest_rank() -> None:
    steps = []
    for number in range(1, 11):
        steps += [
            step(0, Cause.ESCALATED, who=str(number)),
            step(number * 10, Cause.CLAIMED, who=str(number)),
        ]
    assert figures(*steps)["waiting_s"] == {"median": 55, "p90": 90}


def test_unserved_and_withdrawn_are_counted_and_wait_for_nothing() -> None:
    found = figures(
        step(0, Cause.ESCALATED, "a"),
        step(300, Cause.UNSERVED, "a"),
        step(0, Cause.ESCALATED, "b"),
        step(20, Cause.WITHDRAWN, "b"),
    )
    assert (found["escalated"], found["served"]) == (2, 0)
    assert (found["unserved"], found["withdrawn"]) == (1, 1)
    assert found["waiting_s"]["median"] is None


def test_a_transfer_is_one_episode_and_a_call_back_one_without_escalation() -> None:
    found = figures(
        step(0, Cause.ESCALATED, "a"),
        step(10, Cause.CLAIMED, "a"),
        step(20, Cause.TRANSFERRED, "a"),
        step(50, Cause.ENDED, "a"),
        Step("b", Cause.CLAIMED, State.BOT, at(5)),
        step(9, Cause.ENDED, "b"),
        replies=[("b", 7)],
    )
    assert (found["escalated"], found["served"]) == (1, 2)
    assert found["handling_s"]["median"] == 22
    assert found["first_reply_s"]["median"] == 2


def test_who_needs_a_person_again_within_a_day_was_not_helped() -> None:
    def solved(again_after: float) -> int:
        return int(
            figures(
                step(0, Cause.ESCALATED),
                step(10, Cause.CLAIMED),
                step(100, Cause.ENDED),
                step(100 + again_after, Cause.ESCALATED),
                replies=[("a", 20)],
            )["solved"]
        )

    assert solved(3600) == 0
    assert solved(25 * 3600) == 1


def test_precision_is_the_share_in_which_the_person_had_something_to_say() -> None:
    steps, replies = [], []
    for who, end, replied in (
        ("a", Cause.HANDED_BACK, True),
        ("b", Cause.HANDED_BACK, False),
        ("c", Cause.WITHDRAWN, False),
        ("d", Cause.ENDED, True),
        ("e", Cause.UNSERVED, False),
    ):
        steps.append(step(0, Cause.ESCALATED, who, "anger"))
        if end in (Cause.HANDED_BACK, Cause.ENDED):
            steps.append(step(10, Cause.CLAIMED, who))
        steps.append(step(50, end, who))
        if replied:
            replies.append((who, 20.0))
    steps.append(step(0, Cause.ESCALATED, "f", "loop"))
    found = figures(*steps, replies=replies)
    assert found["precision_by_reason"] == {"anger": 0.5, "loop": None}


def test_the_mean_rating_is_of_all_scores() -> None:
    assert figures(scores=[10, 7, 8])["rating_mean"] == 8.33
