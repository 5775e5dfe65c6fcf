"""Conversation tests talk to the real processes: ``shop.customer().say("…")``."""

from tests.harness.fixtures import running_shops, shop

__all__ = ["running_shops", "shop"]
