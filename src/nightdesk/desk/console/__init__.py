"""The console of the people on duty: accounts, the queue, conversations, and what they may change.

Everything here is served under ``/console/api``; docs/console-api.md is its contract.
"""
