"""Which model fits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nightdesk.running import model


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "config.yml": "language: zh",
        "domain.yml": "intents: []",
        "data/nlu/orders/en.yml": "nlu: []",
        "src/nightdesk/nlu/classifier.py": "x = 1",
        "src/nightdesk/language/words.csv": "机油",
        "src/nightdesk/desk/app.py": "y = 1",
        "merchants/qiming/products.csv": "sku",
        "README.md": "NightDesk",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "data/nlu/orders/en.yml",
        "data/rules/new.yml",
        "src/nightdesk/nlu/classifier.py",
        "src/nightdesk/language/words.csv",
        "src/nightdesk/meaning/sentences.py",
    ],
)
def test_a_change_in_what_a_model_is_made_from_needs_another_model(
    project: Path, name: str
) -> None:
    before = model.fingerprint(project)
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    assert model.fingerprint(project) != before


@pytest.mark.parametrize(
    "name",
    [
        "merchants/qiming/products.csv",
        "src/nightdesk/desk/app.py",
        "README.md",
        "src/nightdesk/nlu/__pycache__/classifier.pyc",
    ],
)
def test_a_change_elsewhere_needs_none(project: Path, name: str) -> None:
    before = model.fingerprint(project)
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    assert model.fingerprint(project) == before


def test_a_file_that_moves_is_a_change(project: Path) -> None:
    before = model.fingerprint(project)
    (project / "data/nlu/orders/en.yml").rename(project / "data/nlu/orders/en2.yml")
    assert model.fingerprint(project) != before


def test_only_models_that_were_made_here_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODELS", tmp_path)
    of_rasa = tmp_path / "20261123-030000-calm-night.tar.gz"
    made = [tmp_path / f"{number:016x}.tar.gz" for number in range(6)]
    for age, path in enumerate([of_rasa, *made]):
        path.touch()
        os.utime(path, (age, age))
    model._prune()
    assert set(tmp_path.iterdir()) == {of_rasa, *made[-model.KEPT_MODELS :]}


def test_the_knowledge_bases_bank_is_no_part_of_the_model(project: Path) -> None:
    before = model.fingerprint(project)
    (project / "data/knowledge/bank").mkdir(parents=True)
    (project / "data/knowledge/bank/returns.yml").write_text("returns: {}", encoding="utf-8")
    assert model.fingerprint(project) == before
