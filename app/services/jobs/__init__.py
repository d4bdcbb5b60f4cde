"""Shared by all jobs: the ledger of runs, cursors, and the isolation of failures."""
