"""HTTP clients of the four backend contracts."""
