"""``nightdesk knowledge``: coverage, gaps, import and export on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nightdesk.backends.knowledge import asked, bank, catalogue
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.cli import app
from nightdesk.backends.knowledge.ranker import Ranking, Scored
from nightdesk.database import Database, connect, migrate
from nightdesk.merchant.reader import read
from nightdesk.running.ports import free
from nightdesk.settings import ROOT

PARKING = Topic(
    "parking", "停车 · parking", {"standard": ("有停车位吗", "门口能停车吗", "停车要钱吗")}
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = f"sqlite:///{tmp_path / 'shop.sqlite'}"
    monkeypatch.setenv("NIGHTDESK_DATABASE_URL", url)
    monkeypatch.setenv("NIGHTDESK_DATA", str(tmp_path))
    for name in ("ORDERS_URL", "SCHEDULING_URL"):  # the shop is not running
        monkeypatch.setenv(name, f"http://127.0.0.1:{free(1)[0]}")
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: (PARKING,))
    engine = connect(url)
    migrate(engine)
    database = Database(engine)
    with database.write() as session:
        catalogue.replace_faqs(session, read(ROOT / "tests" / "unit" / "shop").faqs)
    fee = (Scored("shipping_fee", 0.9),)
    for conversation in ("a", "b", "c"):
        asked.record(database, "包邮吗", "zh", conversation, Ranking(fee, answerable=True))
    far = (Scored("shipping_fee", 0.01),)
    asked.record(database, "有停车位吗", "zh", "d", Ranking(far, answerable=False))
    return database


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})


def test_coverage_is_told_by_category(shop: Database) -> None:
    said = run("coverage")
    assert said.exit_code == 0, said.output
    rows = [line.split() for line in said.output.replace("│", " ").splitlines()]
    assert ["all", "4", "3", "75.0%"] in rows
    assert ["-", "1", "0", "0.0%"] in rows


def test_gaps_are_told_with_what_they_are_about(shop: Database) -> None:
    said = run("gaps")
    assert said.exit_code == 0, said.output
    assert "有停车位吗" in said.output
    assert "parking" in said.output
    assert "包邮吗" not in said.output


def test_without_the_running_shop_it_is_not_known_what_was_lost(shop: Database) -> None:
    ranking = Ranking((), answerable=False)
    asked.record(shop, "能刻字吗", "zh", "c-order", ranking, "order")
    assert "? of 1" in run("gaps").output


def test_a_placeholder_cannot_be_checked_without_the_running_shop(
    shop: Database, tmp_path: Path
) -> None:
    file = tmp_path / "live.csv"
    file.write_text("问题,答案\n多少钱,一罐 {price:TEA-1}\n", "utf-8")
    refused = run("import", str(file))
    assert refused.exit_code == 1
    assert "{price:TEA-1} cannot be checked now" in refused.output
    file.write_text("问题,答案\n电话,打 {hotline}\n", "utf-8")
    assert "1 created" in run("import", str(file)).output


def test_entries_go_to_a_file_and_back(shop: Database, tmp_path: Path) -> None:
    file = tmp_path / "faq.docx"
    assert run("export", str(file)).exit_code == 0
    assert "0 created, 0 changed" in run("import", str(file)).output
    more = tmp_path / "more.csv"
    more.write_text("问题,答案\n能停车吗,能。\n", "utf-8")
    assert "1 created" in run("import", "--check", str(more)).output
    assert "1 created" in run("import", str(more)).output
    assert "1 unchanged" in run("import", str(more)).output


def test_a_file_with_a_mistake_says_where_and_takes_nothing(shop: Database, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("问题,答案\n能停车吗,能。\n能刷卡吗,\n", "utf-8")
    said = run("import", str(file))
    assert said.exit_code == 1
    assert "bad.csv, row 3, answer_zh" in said.output
    file.write_text("问题,答案\n能停车吗,能。\n", "utf-8")
    assert "1 created" in run("import", "--check", str(file)).output


def test_an_unknown_format_is_refused(shop: Database, tmp_path: Path) -> None:
    said = run("export", str(tmp_path / "faq.xlsx"))
    assert said.exit_code == 1
