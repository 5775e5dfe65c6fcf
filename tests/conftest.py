"""What holds for all tests."""

from __future__ import annotations

import gc

import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: looking through it for garbage would take a quarter of the
    time of each desk that a test starts."""
    gc.collect()
    gc.freeze()
