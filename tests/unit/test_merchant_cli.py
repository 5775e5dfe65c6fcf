"""``nightdesk merchant check``: what a merchant sees, and the exit code that a script sees."""

from __future__ import annotations

import shutil
from pathlib import Path

from typer.testing import CliRunner

from nightdesk.merchant.cli import app
from nightdesk.settings import ROOT

SHOP = ROOT / "tests" / "unit" / "shop"
runner = CliRunner()


def test_a_right_folder_passes_and_is_counted() -> None:
    result = runner.invoke(app, ["check", str(SHOP)])
    assert result.exit_code == 0
    assert "清和茶铺" in result.output


def test_mistakes_are_shown_in_both_languages_and_fail_the_command(tmp_path: Path) -> None:
    shop = Path(shutil.copytree(SHOP, tmp_path / "shop"))
    text = (shop / "products.csv").read_text("utf-8").replace(",68,", ",[red]dear,")
    (shop / "products.csv").write_text(text, "utf-8")
    result = runner.invoke(app, ["check", str(shop)])
    assert result.exit_code == 1
    for said in ("products.csv", "price", "[red]dear", "not a number", "不是数字", "1 mistake;"):
        assert said in result.output
