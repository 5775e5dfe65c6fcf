"""NightDesk 夜班: the assistant that takes a merchant's orders around the clock."""
