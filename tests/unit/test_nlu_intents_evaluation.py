"""The figures of an evaluation are what their definitions say."""

from __future__ import annotations

from typing import Any

import pytest

from nightdesk.nlu import evaluation as ev
from nightdesk.nlu.annotated import Example, Span
from nightdesk.nlu.evaluate import answer, report, run, write_errors


def made(intent: str, *ranking: tuple[str, float], variety: str = "en") -> ev.Answer:
    return ev.Answer(Example("text", (), intent, variety), ranking, acted=True)


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    low, high = ev.Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


def test_an_interval_stays_within_nought_and_one() -> None:
    assert ev.Share(5, 5).interval[1] == 1.0
    assert ev.Share(0, 5).interval[0] == 0.0
    assert ev.Share(0, 0).interval == (0.0, 1.0)


def test_accuracy_is_by_variety_with_the_worst_first() -> None:
    answers = [
        made("a", ("a", 0.9), variety="yue"),
        made("a", ("b", 0.9), variety="wu"),
        made("a", ("a", 0.9), variety="wu"),
    ]
    shares = ev.by(answers, lambda item: item.example.variety)
    assert list(shares) == ["wu", "yue"]
    assert (shares["wu"].hits, shares["wu"].of) == (1, 2)


def test_confusions_name_what_was_wanted_first() -> None:
    assert ev.confusions([made("a", ("b", 0.9)), made("a", ("a", 0.9))]) == [(("a", "b"), 1)]


def test_recall_and_precision_of_an_intent_differ() -> None:
    answers = [made("a", ("a", 1.0)), made("a", ("b", 1.0)), made("b", ("b", 1.0))]
    recall, precision = ev.recall_and_precision(answers, "a")
    assert (recall.value, precision.value) == (0.5, 1.0)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    answers = [made("a", ("a", 0.75)), made("a", ("b", 0.75))]
    assert ev.calibration_error(answers) == pytest.approx(0.25)
    assert ev.calibration_error([]) == 0.0


def test_coverage_counts_only_what_reaches_the_threshold() -> None:
    answers = [made("a", ("a", 0.9)), made("a", ("b", 0.4))]
    [(_, often, right)] = ev.coverage(answers, [0.5])
    assert (often.value, right.value) == (0.5, 1.0)


def test_the_wanted_intent_may_be_third_but_not_fourth() -> None:
    ranking = [("b", 0.4), ("c", 0.3), ("a", 0.2), ("d", 0.1)]
    assert made("a", *ranking).offered
    assert not made("d", *ranking).offered


def test_entities_count_only_exact_spans_of_the_right_type() -> None:
    wanted = (Span(0, 2, "product"), Span(3, 5, "time"))
    found = (Span(0, 2, "product"), Span(3, 6, "time"))
    answers = [ev.Answer(Example("abcdef", wanted, "a"), (), False, found)]
    scores = ev.entities(answers)
    assert scores["product"].value == 1.0
    assert scores["time"].value == 0.0
    assert scores["all"] == ev.F1(right=1, missed=1, invented=1)


PARSED: dict[str, Any] = {
    "intent": {"name": "nlu_fallback", "confidence": 0.6},
    "intent_ranking": [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "greet", "confidence": 0.4},
    ],
    "entities": [{"start": 0, "end": 2, "entity": "person"}],
}


def test_behind_a_fallback_the_likeliest_intent_still_counts() -> None:
    given = answer(Example("张伟", (Span(0, 2, "person"),), "greet"), PARSED)
    assert (given.best, given.confidence, given.acted) == ("greet", 0.4, False)
    assert given.spans == given.example.spans


def test_a_report_and_its_errors_tell_what_went_wrong(tmp_path: Any) -> None:
    examples = [Example("张伟", (), "inform", "zh-standard"), Example("嗨", (), "greet", "yue")]
    answers, median_ms = run(lambda text: PARSED, examples)
    lines = "\n".join(report(answers, median_ms))
    assert "inform → greet" in lines
    assert "50.0%  (1/2" in lines
    write_errors(answers, tmp_path / "errors.tsv")
    assert (tmp_path / "errors.tsv").read_text(
        "utf-8"
    ) == "inform\tgreet\t0.40\tzh-standard\t张伟\n"
