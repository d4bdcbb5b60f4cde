"""Housekeeping: expired leases, pruning, and the nightly verification of the Pulse."""
