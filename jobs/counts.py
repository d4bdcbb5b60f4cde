"""Counts of the work of a worker."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Runs that were claimed, accounts that were processed, and accounts or runs that failed."""

    runs: int = 0
    accounts: int = 0
    failures: int = 0
