"""The conversation's actions, one module a capability; ``clerk/`` is what they share."""
