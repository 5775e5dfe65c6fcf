"""The tidy copy of a merchant's folder says what the folder says, whatever it was exported as."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from nightdesk import settings
from nightdesk.language.catalogue import FILES, terms
from nightdesk.merchant import tidy
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

SHOPS = [ROOT / "merchants/qiming", ROOT / "merchants/mingxi", ROOT / "tests/unit/shop"]


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: str(shop.name))
def test_a_copy_is_the_same_shop_with_the_same_words(shop: Path, tmp_path: Path) -> None:
    tidy.copy(shop, tmp_path)
    assert dataclasses.replace(read(tmp_path), warnings=()) == dataclasses.replace(
        read(shop), warnings=()
    )
    assert list(terms(tmp_path)) == list(terms(shop))


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A shop as a Chinese spreadsheet saves it: GBK, and one table cut by semicolons."""
    shop = Path(shutil.copytree(SHOPS[2], tmp_path / "exported"))
    for name in (*FILES, "profile.yml"):
        text = (shop / name).read_text("utf-8")
        (shop / name).write_text(text, encoding="gbk")
    rows = (shop / "services.csv").read_text("gbk")
    (shop / "services.csv").write_text(rows.replace(",", ";"), encoding="gbk")
    return shop


@pytest.fixture
def here(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    monkeypatch.setenv("NIGHTDESK_MERCHANT", str(exported))
    monkeypatch.setenv("NIGHTDESK_DATA", str(tmp_path / "data"))
    return settings.load()


def test_the_words_of_an_export_in_gbk_are_known(here: settings.Settings) -> None:
    tidy.use(here)
    assert list(terms(settings.load().merchant)) == list(terms(SHOPS[2]))


def test_while_the_folder_has_mistakes_the_last_good_copy_is_used(
    here: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidy.use(here)
    monkeypatch.setenv("NIGHTDESK_MERCHANT", str(here.merchant))
    (here.merchant / "products.csv").write_text("half a", "utf-8")
    tidy.use(here)
    assert os.environ["NIGHTDESK_MERCHANT"] == str(tidy.place(here))
    assert list(terms(tidy.place(here))) == list(terms(SHOPS[2]))
