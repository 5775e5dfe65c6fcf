"""The merchant's products, brought into the backend's tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.backends.orders.model import Catalogue, Product
from nightdesk.merchant import records

_ONLY_ROW = 1


@dataclass(frozen=True)
class Changes:
    """How many products a load has added, changed and withdrawn."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn)


def replace_products(session: Session, products: Sequence[records.Product]) -> Changes:
    """Make ``products`` the whole catalogue, within ``session``'s transaction.

    A product that is not among them is withdrawn. The live stock is set only where the file's
    number is another than at the last load: loading one file twice gives back nothing that was
    sold in between.
    """
    catalogue = _lock(session)
    present = {
        row.sku: row
        for row in session.execute(
            select(Product).order_by(Product.sku).with_for_update()
        ).scalars()
    }
    added = changed = withdrawn = 0
    for position, record in enumerate(products):
        row = present.pop(record.sku, None)
        if row is None:
            session.add(_new(record, position))
            added += 1
        else:
            changed += _update(row, record, position)
    for row in present.values():
        withdrawn += row.active
        row.active = False
    changes = Changes(added, changed, withdrawn)
    if changes:
        catalogue.version += 1
    session.flush()
    return changes


def version(session: Session) -> int:
    """How often the catalogue has changed; 0 before the first load."""
    found = session.execute(select(Catalogue.version).where(Catalogue.id == _ONLY_ROW)).scalar()
    return int(found or 0)


def _lock(session: Session) -> Any:
    """The catalogue's row, locked: loads happen one after another."""
    statement = select(Catalogue).where(Catalogue.id == _ONLY_ROW).with_for_update()
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        row = Catalogue(id=_ONLY_ROW, version=0)
        session.add(row)
        session.flush()
    return row


def _described(record: records.Product, position: int) -> dict[str, Any]:
    """The columns that the file alone decides."""
    return {
        "position": position,
        "active": True,
        "name_zh": record.name_zh,
        "name_en": record.name_en,
        "category": record.category,
        "unit_zh": record.unit_zh,
        "unit_en": record.unit_en,
        "price": record.price,
        "fits": list(record.fits),
        "aliases": list(record.aliases),
        "description_zh": record.description_zh,
        "description_en": record.description_en,
    }


def _new(record: records.Product, position: int) -> Any:
    return Product(
        sku=record.sku,
        stock=record.stock,
        loaded_stock=record.stock,
        **_described(record, position),
    )


def _update(row: Any, record: records.Product, position: int) -> bool:
    values = _described(record, position)
    if record.stock != row.loaded_stock:
        values |= {"stock": record.stock, "loaded_stock": record.stock}
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
