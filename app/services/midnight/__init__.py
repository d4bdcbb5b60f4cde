"""Midnight jobs, for every account as its ledger day closes: the snapshot of its Pulse, the reset of its guarantee."""
