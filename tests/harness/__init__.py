"""The real processes, and customers who talk to them, for tests."""
