"""The ledger of known failures says what is new, what is repaired, and no sentence's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightdesk.nlu import ledger
from nightdesk.nlu.annotated import Example
from nightdesk.nlu.evaluation import Answer


def answered(text: str, intent: str, understood: str) -> Answer:
    return Answer(Example(text, (), intent, "en"), ((understood, 0.9),), acted=True)


RIGHT = answered("hello", "greet", "greet")
WRONG = answered("off i go", "goodbye", "greet")
OTHER = answered("nope", "deny", "stop")


def test_an_unknown_failure_is_new_and_a_listed_one_is_known() -> None:
    found = ledger.compare([ledger.Failure.of(WRONG)], [RIGHT, WRONG, OTHER])
    assert [failure.wanted for failure in found.known] == ["goodbye"]
    assert [failure.wanted for failure in found.new] == ["deny"]
    assert found.repaired == ()


def test_a_listed_failure_that_now_passes_is_to_be_struck_out() -> None:
    mended = answered("off i go", "goodbye", "goodbye")
    found = ledger.compare([ledger.Failure.of(WRONG)], [mended])
    assert [failure.wanted for failure in found.repaired] == ["goodbye"]
    assert any("strike it out" in line for line in found.lines())


def test_failures_of_another_set_are_neither_repaired_nor_lost() -> None:
    known = [ledger.Failure.of(OTHER)]
    assert ledger.compare(known, [RIGHT, WRONG]).repaired == ()
    assert set(ledger.recorded(known, [RIGHT, WRONG])) == {
        ledger.Failure.of(OTHER),
        ledger.Failure.of(WRONG),
    }


def test_recording_strikes_out_what_passes() -> None:
    mended = answered("off i go", "goodbye", "goodbye")
    assert ledger.recorded([ledger.Failure.of(WRONG)], [mended]) == []


def test_what_is_written_is_read_again_and_holds_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "known_failures.tsv"
    failures = [ledger.Failure.of(WRONG), ledger.Failure.of(OTHER)]
    ledger.write(path, failures)
    assert set(ledger.read(path)) == set(failures)
    assert WRONG.example.text not in path.read_text(encoding="utf-8")


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "known_failures.tsv"
    path.write_text("abc\tdef\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"known_failures\.tsv:1"):
        ledger.read(path)


def test_no_ledger_knows_nothing(tmp_path: Path) -> None:
    assert ledger.read(tmp_path / "none.tsv") == []
