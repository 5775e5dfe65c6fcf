"""Finds products in the catalogue of the database, through an index that follows it."""

from __future__ import annotations

import threading
import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import logs
from nightdesk.backends.orders import catalogue
from nightdesk.backends.orders.index import Listing, ProductIndex
from nightdesk.backends.orders.model import Product
from nightdesk.database import Database

log = logs.get(__name__)


class ProductSearch:
    """Searches the live catalogue. Safe to share between threads.

    The index is built when it is first needed, and again by the first search that sees a newer
    catalogue; searches that come meanwhile use the index there is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._building = threading.Lock()
        self._built: tuple[int, ProductIndex] | None = None

    def find(self, query: str, limit: int) -> list[tuple[Any, float]]:
        """``(row, score)`` of the products that ``query`` may mean, best first.

        A blank query finds the catalogue in the merchant's order, each product with a score of 1.
        """
        with self._database.read() as session:
            if not query.strip():
                rows = session.scalars(_sold().limit(limit))
                return [(row, 1.0) for row in rows]
            matches = self._index(session).search(query, limit)
            found = session.scalars(_sold().where(Product.sku.in_([m.sku for m in matches])))
            rows_by_sku = {row.sku: row for row in found}
        return [(rows_by_sku[m.sku], m.score) for m in matches if m.sku in rows_by_sku]

    def _index(self, session: Session) -> ProductIndex:
        version = catalogue.version(session)
        built = self._built
        if built is not None and built[0] >= version:
            return built[1]
        if not self._building.acquire(blocking=built is None):
            assert built is not None
            return built[1]
        try:
            built = self._built
            if built is None or built[0] < version:
                built = self._built = (version, _build(session))
            return built[1]
        finally:
            self._building.release()


def _sold() -> Any:
    return select(Product).where(Product.active).order_by(Product.position, Product.sku)


def _build(session: Session) -> ProductIndex:
    started = time.perf_counter()
    columns = (Product.sku, Product.name_zh, Product.name_en, Product.aliases, Product.fits)
    rows = session.execute(
        select(*columns).where(Product.active).order_by(Product.position, Product.sku)
    )
    index = ProductIndex(
        Listing(sku, tuple(filter(None, (name_zh, name_en, *aliases))), tuple(fits))
        for sku, name_zh, name_en, aliases, fits in rows
    )
    log.info("search_index_built", products=len(index), seconds=time.perf_counter() - started)
    return index
