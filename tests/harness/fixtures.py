"""The fixtures ``running_shop`` (one for the whole session) and ``shop`` (clean for each test)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.shop import Shop


@pytest.fixture(scope="session")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The real processes, started once."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    try:
        shop.open()
        yield shop
    finally:
        shop.close()


@pytest.fixture
def shop(running_shop: Shop) -> Shop:
    """The running shop with a clean database: no order, no ticket, the merchant's own stock."""
    running_shop.reset()
    return running_shop
