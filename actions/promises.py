"""Whether somebody of the shop is there, and by when a customer hears from them."""

from __future__ import annotations

from actions.clerk.conversation import Conversation
from nightdesk import clock


def staffed(conversation: Conversation) -> bool:
    """Whether somebody is there: as the desk says, else by the shop's hours."""
    profile = conversation.services.profile
    known = conversation.turn.staffed
    return profile.on_duty(clock.now(profile.zone)) if known is None else known


def promise(conversation: Conversation) -> str:
    """When someone will be there, in words."""
    profile = conversation.services.profile
    now = clock.now(profile.zone)
    if staffed(conversation):
        return conversation.wording("handoff_soon")
    opening = profile.next_opening(now)
    if opening is None:  # nobody ever is, or somebody should be by the hours
        return conversation.wording("handoff_as_soon_as_possible")
    day = (opening.date() - now.date()).days
    name = {0: "today", 1: "tomorrow"}.get(day, "later")
    return conversation.wording(f"handoff_{name}", time=f"{opening:%H:%M}", date=f"{opening:%m-%d}")
