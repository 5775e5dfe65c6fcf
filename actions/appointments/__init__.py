"""Appointments: booking a service at a branch, asking for it, moving it, calling it off."""
