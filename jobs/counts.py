"""What a worker did, counted."""

from dataclasses import dataclass


@dataclass(slots=True)
class Work:
    """How many runs were taken, accounts done, and accounts or runs that failed."""

    runs: int = 0
    accounts: int = 0
    failures: int = 0
