"""A merchant's folder becomes the backends' catalogues: all of it, or nothing; again and again."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from typer.testing import CliRunner

from nightdesk import settings, tables  # noqa: F401  (every model, on Base)
from nightdesk.backends.knowledge import store
from nightdesk.backends.knowledge.model import Change, Entry, Fault
from nightdesk.backends.orders.model import Product
from nightdesk.backends.scheduling.model import Branch, Service
from nightdesk.database import Base, Database, connect
from nightdesk.merchant import cli
from nightdesk.merchant import load as loading
from nightdesk.merchant.load import load
from nightdesk.merchant.reader import Merchant, read
from nightdesk.running.up import load_merchant
from nightdesk.settings import ROOT


@pytest.fixture(scope="module")
def merchant() -> Merchant:
    return read(ROOT / "tests" / "unit" / "shop")


def count(database: Database, model: Any) -> int:
    with database.read() as session:
        return int(session.execute(select(func.count()).select_from(model)).scalar_one())


def entry(database: Database, entry_id: str) -> Entry:
    with database.read() as session:
        found = session.get(Entry, entry_id)
        assert found is not None
        return found


def actions(database: Database, entry_id: str) -> list[tuple[int, str, str]]:
    statement = select(Change).where(Change.entry_id == entry_id).order_by(Change.version)
    with database.read() as session:
        return [(c.version, c.action, c.by) for c in session.execute(statement).scalars()]


def test_a_load_brings_every_row(database: Database, merchant: Merchant) -> None:
    rows = load(merchant, database)
    assert rows == {"products": 3, "branches": 1, "services": 2, "faq": 2, "faults": 2}
    found = [count(database, model) for model in (Product, Branch, Service, Entry, Fault)]
    assert found == [3, 1, 2, 2, 2]
    assert entry(database, "shipping_fee").alt_questions == ["包邮吗", "邮费多少"]


def test_a_failure_in_the_last_file_loads_nothing(
    database: Database, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(loading.knowledge, "replace_faults", fail)
    with pytest.raises(RuntimeError, match="disk"):
        load(merchant, database)
    found = [count(database, model) for model in (Product, Branch, Service, Entry, Change)]
    assert found == [0, 0, 0, 0, 0]


def test_a_second_load_of_the_same_folder_changes_nothing(
    database: Database, merchant: Merchant
) -> None:
    load(merchant, database)
    load(merchant, database)
    assert actions(database, "shipping_fee") == [(1, "created", "folder")]
    assert count(database, Product) == 3


def test_what_a_person_edited_outlives_a_load_of_the_same_folder(
    database: Database, merchant: Merchant
) -> None:
    load(merchant, database)
    with database.write() as session:
        found = session.get(Entry, "shipping_fee")
        assert found is not None
        store.change(session, found, "mei", answer_zh="满 60 元包邮。")
    load(merchant, database)
    assert entry(database, "shipping_fee").answer_zh == "满 60 元包邮。"


def test_a_row_that_changed_in_the_folder_wins_and_the_edit_stays_in_the_history(
    database: Database, merchant: Merchant
) -> None:
    load(merchant, database)
    with database.write() as session:
        found = session.get(Entry, "shipping_fee")
        assert found is not None
        store.change(session, found, "mei", answer_zh="满 60 元包邮。")
    faqs = (replace(merchant.faqs[0], answer_zh="满 50 元包邮。"), *merchant.faqs[1:])
    load(replace(merchant, faqs=faqs), database)
    assert entry(database, "shipping_fee").answer_zh == "满 50 元包邮。"
    assert actions(database, "shipping_fee") == [
        (1, "created", "folder"),
        (2, "edited", "mei"),
        (3, "edited", "folder"),
    ]


def test_what_the_folder_no_longer_names_is_withdrawn_and_can_come_back(
    database: Database, merchant: Merchant
) -> None:
    load(merchant, database)
    less = replace(merchant, faqs=merchant.faqs[:1], faults=merchant.faults[:1])
    load(less, database)
    assert entry(database, "storage").withdrawn_at is not None
    with database.read() as session:
        assert session.get(Fault, "pot_crack").withdrawn_at is not None
    load(merchant, database)
    assert entry(database, "storage").withdrawn_at is None
    with database.read() as session:
        assert session.get(Fault, "pot_crack").withdrawn_at is None


def test_an_entry_made_by_a_person_is_left_alone(database: Database, merchant: Merchant) -> None:
    with database.write() as session:
        store.create(session, "own", "mei", question_zh="有礼盒吗", answer_zh="有。")
    load(merchant, database)
    assert entry(database, "own").withdrawn_at is None


def test_the_tables_of_knowledge_are_what_the_models_say(database: Database) -> None:
    def ours(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return str(name).startswith("knowledge_") if kind == "table" else True

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_command_loads_a_folder_into_the_database_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'shop.sqlite'}"
    monkeypatch.setenv("NIGHTDESK_DATABASE_URL", url)
    result = CliRunner().invoke(cli.app, ["load", str(ROOT / "tests" / "unit" / "shop")])
    assert result.exit_code == 0, result.output
    assert count(Database(connect(url)), Product) == 3


def test_up_loads_its_own_shop_again_after_another_was_loaded_by_hand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(ROOT / "tests" / "unit" / "shop", tmp_path / "other"))
    products = (other / "products.csv").read_text("utf-8").splitlines()
    (other / "products.csv").write_text("\n".join(products[:2]), "utf-8")
    monkeypatch.setattr("nightdesk.logs.configure", lambda *_: None)
    for name, value in {"DATA": tmp_path / "data", "DATABASE_URL": "", "MERCHANT": other}.items():
        monkeypatch.setenv(f"NIGHTDESK_{name}", str(value))
    own, here = ROOT / "tests" / "unit" / "shop", settings.load()
    here = dataclasses.replace(here, merchant=own)
    said: list[str] = []
    for _ in range(2):
        load_merchant(here, said.append)
    assert CliRunner().invoke(cli.app, ["load", str(other)]).exit_code == 0
    load_merchant(here, said.append)
    assert said == ["loading shop", "shop is loaded", "loading shop"]
    assert "nightdesk.sqlite" not in (here.data / "merchant.stamp").read_text("utf-8")
