"""The comparison on public sets: read as published, each contender asked the same sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.public_sets import Sentences, main, ours, tfidf

TRAIN = """text,intent
where is my parcel,track
has my parcel been sent,track
track the parcel,Track
"cancel it, please",cancel
please cancel my order,cancel
i want to cancel,cancel
"""
TEST = 'text,intent\ntrack my parcel,track\n"cancel, please",cancel\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "banking77").mkdir()
    for name, rows in {"train": TRAIN, "train_10shot": TRAIN, "test": TEST}.items():
        (tmp_path / "banking77" / f"{name}.csv").write_text(rows, encoding="utf-8")
    return tmp_path


def test_labels_that_differ_in_case_are_one(folder: Path) -> None:
    train = Sentences.of(folder / "banking77" / "train.csv")
    assert sorted(set(train.intents)) == ["cancel", "track"]
    assert train.texts[3] == "cancel it, please"


@pytest.mark.parametrize("learn", [ours, tfidf])
def test_a_contender_understands_what_it_was_taught(learn, folder: Path) -> None:  # type: ignore[no-untyped-def]
    predict = learn(Sentences.of(folder / "banking77" / "train.csv"))
    assert predict("where is that parcel") == "track"
    assert predict("cancel my order please") == "cancel"


def test_the_table_has_a_row_for_ten_shots_and_one_for_all(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--sets", "banking77", "--epochs", "0"]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    assert len(rows) == 2
    assert all(row.startswith("| banking77 | 6 | 100.0% (") for row in rows)
    assert all(row.endswith("| not run |") for row in rows)
