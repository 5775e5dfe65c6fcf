"""Finds products in the catalogue of the database, through an index that follows it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillBuilding
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import logs
from nightdesk.backends.orders import catalogue
from nightdesk.backends.orders.index import Listing, ProductIndex
from nightdesk.backends.orders.model import Product
from nightdesk.database import Database

# How long a search waits for the newest index (0.2 ms a product) before it uses the one before.
PATIENCE_S = 1.0

log = logs.get(__name__)


class ProductSearch:
    """Searches the live catalogue. Safe to share between threads.

    The first search that sees a newer catalogue has the index built, in a thread of its own.
    """

    def __init__(self, database: Database, patience: float = PATIENCE_S) -> None:
        self._database = database
        self._patience = patience
        self._lock = threading.Lock()
        self._builder = ThreadPoolExecutor(1, "product-index")
        self._building: tuple[int, Future[ProductIndex]] | None = None
        self._last: ProductIndex | None = None

    def find(self, query: str, limit: int, described: bool = False) -> list[tuple[Any, float]]:
        """``(row, score)`` of the products that ``query`` may mean, best first.

        ``described``: it names nothing, but says what the thing is like.
        A blank query finds the catalogue in the merchant's order, each product with a score of 1.
        """
        with self._database.read() as session:
            if not query.strip():
                return [(row, 1.0) for row in session.scalars(_sold().limit(limit))]
            index = self._index(catalogue.version(session))
            matches = (index.described if described else index.search)(query, limit)
            found = session.scalars(_sold().where(Product.sku.in_([m.sku for m in matches])))
            rows = {row.sku: row for row in found}
        return [(rows[m.sku], m.score) for m in matches if m.sku in rows]

    def warm(self) -> None:
        """Begin to build the index, so that the first customer does not wait for it."""
        self._future(-1)

    def _index(self, version: int) -> ProductIndex:
        future = self._future(version)
        try:
            return future.result(self._patience if self._last else None)
        except StillBuilding:
            assert self._last is not None
            return self._last

    def _future(self, version: int) -> Future[ProductIndex]:
        """The index of ``version`` or a newer one, built or being built."""
        with self._lock:
            if self._building is not None:
                building, future = self._building
                failed = future.done() and future.exception() is not None
                if building >= version and not failed:
                    return future
            future = self._builder.submit(self._build)
            self._building = (version, future)
            return future

    def _build(self) -> ProductIndex:
        started = time.perf_counter()
        with self._database.read() as session:
            index = ProductIndex(_listings(session))
        self._last = index
        seconds = round(time.perf_counter() - started, 3)
        log.info("product_index_built", products=len(index), seconds=seconds)
        return index


def _sold() -> Any:
    return select(Product).where(Product.active).order_by(Product.position, Product.sku)


def _listings(session: Session) -> list[Listing]:
    columns = (Product.sku, Product.name_zh, Product.name_en, Product.aliases, Product.fits)
    remarks = (Product.category, Product.description_zh, Product.description_en)
    rows = session.execute(_sold().with_only_columns(*columns, *remarks))
    return [
        Listing(
            sku,
            tuple(filter(None, (name_zh, name_en, *aliases))),
            tuple(fits),
            tuple(filter(None, said)),
        )
        for sku, name_zh, name_en, aliases, fits, *said in rows
    ]
