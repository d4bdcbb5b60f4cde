"""The lengths of time by which activity is counted."""

from enum import StrEnum


class Grain(StrEnum):
    """A ledger day, or the ledger days of an ISO week or of a calendar month, by their dates."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
