"""Housekeeping: expired leases, pruning, and the daily verification of the Pulse."""
