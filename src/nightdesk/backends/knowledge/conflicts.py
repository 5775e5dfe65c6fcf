"""One question under two entries: they compete, or contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nightdesk.backends.knowledge.asked import bare
from nightdesk.backends.knowledge.search import entry_item


def conflicts(records: Mapping[str, Any], entry_id: str, draft: Any) -> list[dict[str, Any]]:
    """The other entries that a question of ``draft`` belongs to already, where both hold.

    Args:
        records: the entries that are found, by id.
        entry_id: the one that ``draft`` changes.
        draft: what it would be (the attributes of an ``Entry``).

    Each is ``{id, question, contradicts}``; it contradicts when its answer is another one.
    """
    own = {bare(text): text for text in entry_item(draft).phrasings}
    found = []
    for key, record in records.items():
        if key == entry_id or not _meet(record, draft):
            continue
        shared = [own[text] for text in map(bare, entry_item(record).phrasings) if text in own]
        if shared:
            found.append(
                {"id": key, "question": shared[0], "contradicts": _contradict(record, draft)}
            )
    return sorted(found, key=lambda one: not one["contradicts"])


def _meet(one: Any, other: Any) -> bool:
    """Whether there is a branch, a product and a moment for which both hold."""
    for scope in ("branches", "products"):
        here, there = set(getattr(one, scope)), set(getattr(other, scope))
        if here and there and not here & there:
            return False
    for first, second in ((one, other), (other, one)):
        begin, end = first.valid_from, second.valid_until
        if begin and end and begin >= end:
            return False
    return True


def _contradict(one: Any, other: Any) -> bool:
    """Whether they answer otherwise in a language in which both answer."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("answer_zh", "answer_en")]
    return any(here and there and bare(here) != bare(there) for here, there in pairs)
