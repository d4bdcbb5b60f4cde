"""The states of job runs (domain rules, section 7)."""

from enum import StrEnum


class JobRunState(StrEnum):
    """The state of a job run."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
