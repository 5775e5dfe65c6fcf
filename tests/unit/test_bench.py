"""The benchmark's own arithmetic and its sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.contenders import stock_config
from bench.load import Waits
from bench.report import Figures, markdown, median_of
from bench.sentences import sentences
from bench.server import Training


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


def test_ours_is_compared_with_stock_so_that_more_than_one_is_better() -> None:
    text = markdown([figures("stock", 6), figures("NightDesk", 1)], 3, 100, 100)
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    ratios = [row[-1].strip() for row in rows[2:]]
    assert ratios == ["6.0 ×"] * 17


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
