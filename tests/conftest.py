"""What holds for all tests."""

from __future__ import annotations

import gc

import pytest
from argon2 import PasswordHasher

from nightdesk.desk import passwords

LONGEST = (
    "test_processes.py",
    "test_workplaces.py",
    "test_desk_delivery.py",
    "test_ownership.py",
    "test_nlu_encoder.py",
    "test_knowledge_quality.py",
    "test_order_at_night.py",
)
"""These begin first: of two workers, neither shall be left alone with them at the end."""

# Cheap hashes: what is tested is what is done with them. Before anyone imports NOBODY.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
passwords.NOBODY = passwords.hashed("nobody")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays: looking through it for garbage would take a quarter of the
    time of each desk that a test starts."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)
