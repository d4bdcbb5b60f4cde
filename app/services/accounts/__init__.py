"""Accounts: opening them, their counters, zones and terms."""
