"""The search index follows the catalogue, however many search at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from nightdesk.backends.orders import search
from nightdesk.backends.orders.catalogue import replace_products
from nightdesk.backends.orders.model import Catalogue, Product
from nightdesk.backends.orders.search import ProductSearch
from nightdesk.database import Base, Database, connect
from nightdesk.merchant import records


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = connect(f"sqlite:///{tmp_path / 'products.sqlite'}")
    yield Database(engine)
    engine.dispose()


def create(database: Database) -> None:
    tables = [Catalogue.__table__, Product.__table__]
    Base.metadata.create_all(database.engine, tables=tables)


def load(database: Database, *names: str) -> None:
    products = [
        records.Product(name, name, "", "", "个", "", Decimal(1), 1, (), (), "", "")
        for name in names
    ]
    with database.write() as session:
        replace_products(session, products)


def found(products: ProductSearch, query: str) -> list[str]:
    return [row.sku for row, _score in products.find(query, 5)]


def test_it_is_built_once_for_all_who_search_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(database)
    load(database, "雨刮", "脚垫")
    builds = []

    class Counted(search.ProductIndex):
        def __init__(self, listings: list[search.Listing]) -> None:
            builds.append(len(listings))
            super().__init__(listings)

    monkeypatch.setattr(search, "ProductIndex", Counted)
    products = ProductSearch(database)
    products.warm()
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: found(products, "雨刮"), range(64)))
    assert results == [["雨刮"]] * 64
    # Once for ``warm``, which does not know the version, and once for that version.
    assert builds in ([2], [2, 2])


def test_searches_use_the_last_index_while_a_new_one_takes_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(database)
    load(database, "雨刮")
    products = ProductSearch(database, patience=0.01)
    assert found(products, "雨刮") == ["雨刮"]
    load(database, "脚垫", "雨刮")
    go_on = threading.Event()
    listings = search._listings

    def slow(session: object) -> list[search.Listing]:
        assert go_on.wait(30)
        return listings(session)

    monkeypatch.setattr(search, "_listings", slow)
    assert found(products, "雨刮") == ["雨刮"]
    assert found(products, "脚垫") == []
    go_on.set()
    patient = products._building
    assert patient is not None
    patient[1].result(30)
    assert found(products, "脚垫") == ["脚垫"]


def test_a_withdrawn_product_is_not_found_even_by_an_old_index(database: Database) -> None:
    create(database)
    load(database, "雨刮", "脚垫")
    products = ProductSearch(database)
    assert found(products, "脚垫") == ["脚垫"]
    with database.write() as session:
        session.get(Product, "脚垫").active = False
    assert found(products, "脚垫") == []


def test_a_build_that_failed_is_tried_again(database: Database) -> None:
    products = ProductSearch(database)
    products.warm()
    with pytest.raises(OperationalError):
        found(products, "雨刮")
    create(database)
    load(database, "雨刮")
    assert found(products, "雨刮") == ["雨刮"]
