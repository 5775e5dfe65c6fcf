"""The fixtures ``running_shops`` (started when first asked for, one a merchant and session) and
``shop`` (the demo merchant's, clean for each test)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from nightdesk.settings import ROOT
from tests.harness.shop import Shop

DEMO = "qiming"
FOLDERS = (ROOT / "merchants", ROOT / "tests" / "data" / "merchants")
"""Where a merchant's folder is looked for: those that we ship, and those of tests."""


@pytest.fixture(scope="session")
def running_shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Shop]]:
    """The real processes of the merchant whose folder has this name, started once."""
    opened: dict[str, Shop] = {}

    def of(merchant: str) -> Shop:
        if merchant not in opened:
            folder = next(one / merchant for one in FOLDERS if (one / merchant).is_dir())
            environment = {"NIGHTDESK_MERCHANT": str(folder)}
            opened[merchant] = Shop(tmp_path_factory.mktemp("shop"), environment)
            opened[merchant].open()
        return opened[merchant]

    try:
        yield of
    finally:
        for shop in opened.values():
            shop.close()


@pytest.fixture
def shop(running_shops: Callable[[str], Shop]) -> Shop:
    """The running shop with a clean database: no order, no ticket, the merchant's own stock."""
    shop = running_shops(DEMO)
    shop.reset()
    return shop
