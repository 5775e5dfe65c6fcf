"""Conversation tests talk to the real processes: ``shop.customer().say("…")``."""

from tests.harness.fixtures import running_shop, shop

__all__ = ["running_shop", "shop"]
