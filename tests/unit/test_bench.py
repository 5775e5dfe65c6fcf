"""The benchmark's own arithmetic and its sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.contenders import draw, stock_config
from bench.load import Waits, summary
from bench.report import Figures, Measured, Method, markdown, median_of
from bench.sentences import sentences
from bench.training import Training
from bench.understanding import Understanding
from nightdesk.nlu.annotated import Example
from nightdesk.nlu.evaluation import F1, Share


def figures(name: str, factor: float) -> Figures:
    """Figures in which everything takes ``factor`` times as long."""
    waits = Waits(10 * factor, 20 * factor, 30 * factor, 100 / factor)
    return Figures(
        name=name,
        training=Training(60 * factor, 70 * factor, 800 * factor, Path("model.tar.gz")),
        start_s=5 * factor,
        idle_mb=200 * factor,
        loaded_mb=250 * factor,
        processor_ms=4 * factor,
        parse=waits,
        chats={1: waits, 8: waits},
    )


METHOD = Method(runs=3, messages=100, epochs=7, sample=1500, load=0.5)
UNDERSTOOD = Understanding(Share(90, 100), Share(80, 100), Share(76, 80), F1(9, 1, 1))
SMALL = Training(12, 11, 300, Path("small.tar.gz"))


def measured(*contenders: Figures) -> Measured:
    """A benchmark in which two models understood the same."""
    understood = {"stock": UNDERSTOOD, "NightDesk": UNDERSTOOD}
    return Measured(contenders, understood, SMALL, Waits(11, 22, 33, 44, 0))


def report(*contenders: Figures) -> list[list[str]]:
    """The cells of all rows of a report's tables."""
    text = markdown(measured(*contenders), METHOD)
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


def test_ours_is_compared_with_each_stock_so_that_more_than_one_is_better() -> None:
    rows = report(figures("stock", 6), figures("SQLite", 9), figures("NightDesk", 1))
    ratios = [tuple(row[-2:]) for row in rows if row[-1].endswith("×")]
    assert ratios == [("6.0 ×", "9.0 ×")] * 17


def test_without_silent_messages_there_is_no_ratio_of_them() -> None:
    rows = report(figures("stock", 6), figures("NightDesk", 1))
    silent = [row for row in rows if "without an answer" in row[0]]
    assert [row[1:] for row in silent] == [["0.0", "0.0", ""]] * 2


def test_what_is_understood_stands_with_its_interval() -> None:
    rows = report(figures("stock", 6), figures("NightDesk", 1))
    intents = next(row for row in rows if row[0] == "the likeliest intent is right")
    assert intents[1:] == ["90.0%  (90/100, 82.6%–94.5%)"] * 2
    assert next(row for row in rows if row[0].startswith("entities"))[1:] == ["90.0%"] * 2


def test_whole_orders_stand_alone() -> None:
    rows = report(figures("stock", 6), figures("NightDesk", 1))
    assert rows[-5:] == [
        ["messages/s", "44.0"],
        ["median (ms)", "11.0"],
        ["p95 (ms)", "22.0"],
        ["p99 (ms)", "33.0"],
        ["orders that were not made", "0.0"],
    ]


def test_how_stock_was_held_short_is_said() -> None:
    text = markdown(measured(figures("stock", 6), figures("NightDesk", 1)), METHOD)
    said = " ".join(text.split())
    assert "learnt from 1,500 of the project's sentences, for 7 epochs in the place of its" in said
    assert "--runs 3 --messages 100 --epochs 7 --sample 1500" in said


def test_waits_become_milliseconds_and_messages_per_second() -> None:
    waits = summary([number / 1000 for number in range(101)], seconds=10.1, silent=2)
    figures = (waits.median, waits.p95, waits.p99, waits.per_second, waits.silent)
    assert figures == pytest.approx((50, 95, 99, 10, 2))


def test_a_sample_has_every_intent_by_its_share_and_is_the_same_each_time() -> None:
    examples = [Example(f"a{n}", intent="many") for n in range(900)]
    examples += [Example(f"b{n}", intent="some") for n in range(97)]
    examples += [Example(f"c{n}", intent="few") for n in range(3)]
    drawn = draw(examples, 100)
    counts = {name: sum(one.intent == name for one in drawn) for name in ("many", "some", "few")}
    assert counts == {"many": 90, "some": 10, "few": 3}
    assert len(set(drawn)) == len(drawn)
    assert draw(examples, 100) == drawn


def test_the_median_is_taken_figure_by_figure() -> None:
    several = [Waits(1, 9, 5, 100), Waits(2, 8, 6, 300), Waits(3, 7, 4, 200)]
    assert median_of(several) == Waits(2, 8, 5, 200)


def test_stock_is_rasas_own_configuration_with_its_chinese_tokenizer() -> None:
    config = yaml.safe_load(stock_config(7))
    parts = {part["name"]: part for part in (*config["pipeline"], *config["policies"])}
    assert {"JiebaTokenizer", "DIETClassifier", "TEDPolicy", "UnexpecTEDIntentPolicy"} <= set(parts)
    assert "WhitespaceTokenizer" not in parts
    assert all(part.get("epochs", 7) == 7 for part in parts.values())


def test_sentences_are_the_same_each_time_and_carry_no_annotation(tmp_path: Path) -> None:
    data = {
        "nlu": [
            {"intent": "a", "examples": '- 来[两桶](quantity)[机油]{"entity": "product"}\n- 好\n'},
            {"synonym": "x", "examples": "- never said\n"},
        ]
    }
    (tmp_path / "a.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    drawn = sentences(50, data=tmp_path)
    assert drawn == sentences(50, data=tmp_path)
    assert set(drawn) == {"来两桶机油", "好"}


def test_no_sentences_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sentence"):
        sentences(1, data=tmp_path)
