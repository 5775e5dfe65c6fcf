"""A merchant's folder as plain files: UTF-8, commas, the standard columns.

What a spreadsheet exports may be GBK, or cut by semicolons. The model's components read the shop's
words from files, and follow them, without knowing of that.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from nightdesk import logs
from nightdesk.merchant.encoding import read_text
from nightdesk.merchant.problems import Findings, MerchantErrors
from nightdesk.merchant.profile_fields import FILE as PROFILE
from nightdesk.merchant.reader import read
from nightdesk.merchant.tables import BRANCHES, FAQ, FAULTS, PRODUCTS, SERVICES, Table
from nightdesk.settings import Settings

log = logs.get(__name__)


def use(here: Settings) -> None:
    """Let what this process reads from here on be a tidy copy of the merchant's folder.

    While the folder has mistakes, the last copy that had none; without one, the folder itself.
    """
    try:
        copy(here.merchant, place(here))
    except MerchantErrors as error:
        log.warning("merchant_has_mistakes", reason=str(error))
        if not (place(here) / PROFILE).is_file():
            return
    os.environ["NIGHTDESK_MERCHANT"] = str(place(here))


def place(here: Settings) -> Path:
    """Where the copy is."""
    return here.data / "merchant"


def copy(folder: Path, into: Path) -> None:
    """Write ``folder``'s files into ``into``, each at once, and only those that have changed.

    Raises:
        MerchantErrors: the folder has mistakes; then nothing is written.
    """
    merchant = read(folder)
    into.mkdir(parents=True, exist_ok=True)
    for table, rows in (
        (PRODUCTS, merchant.products),
        (SERVICES, merchant.services),
        (BRANCHES, merchant.branches),
        (FAQ, merchant.faqs),
        (FAULTS, merchant.faults),
    ):
        _put(into / table.file, _written(table, rows))
    _put(into / PROFILE, read_text(folder / PROFILE, Findings()) or "")


def _written(table: Table, rows: Iterable[object]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.names)
    for row in rows:
        writer.writerow(_cell(getattr(row, name)) for name in table.names)
    return text.getvalue()


def _cell(value: object) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _put(path: Path, text: str) -> None:
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
