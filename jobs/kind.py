"""The interface of a kind of jobs: midnights, periods and the queue, each in a module of `jobs/kinds`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from app.services.jobs.runs import Claim
from db.queries.job_queue import QueueOfKind
from db.queries.job_status import FailedRun, failed_runs
from db.readers import Reader
from jobs.context import WorkerContext
from jobs.counts import Counts

WorkT = TypeVar("WorkT")
"""The function that does a job of the kind."""


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """The status of a midnight job in a zone; instants in UTC.

    `next` is when the oldest day not done closes or closed; `lag` is the time since then. `failures` are the accounts
    for which the job fails.
    """

    time_zone: str
    accounts: int
    last_run: datetime | None
    state: str | None
    next: datetime
    lag: timedelta
    failures: int


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The status of a job; instants in UTC.

    `runs` is the number of runs in the ledger. `failures` are accounts for which the job fails and, of a global job,
    its runs that failed since the last success. `lag` is the time since the next run was due or, if that is longer,
    since the instant from which an account that fails is still to be done; None for a job that never succeeded.
    `errors` are the failures by zone and by account. `queue` are the numbers of a queued job, if there are any. A
    paused job has been so since `paused_since` (UTC); its lag is that of any other.
    """

    job: str
    runs: int
    failures: int
    lag: timedelta | None
    last_run: datetime | None
    next: datetime | None
    zones: tuple[ZoneStatus, ...] = ()
    errors: tuple[FailedRun, ...] = ()
    queue: QueueOfKind | None = None
    paused_since: datetime | None = None


class Kind(ABC, Generic[WorkT]):
    """A kind of jobs: how they run, are described, and end when the worker that ran them died.

    A kind is hashable and has no state of its own: the jobs in each call are those of one registry, by name. The
    scheduler runs each kind in a loop of its own, at the start, every minute and at each midnight.
    """

    @property
    def order(self) -> int:
        """The position among kinds as a worker runs them one after the other; those that may take long are last."""
        return 0

    @property
    def channel(self) -> str | None:
        """The channel of PostgreSQL whose notifications make the scheduler run the kind at once."""
        return None

    @property
    def at_once(self) -> int:
        """The number of loops in which a scheduler runs the kind at the same time."""
        return 1

    @abstractmethod
    async def run(self, context: WorkerContext, jobs: Mapping[str, WorkT], at: datetime | None) -> dict[str, Counts]:
        """Run all work due at an instant (UTC), or by now, until none of it can be claimed; return counts by job."""

    @abstractmethod
    async def end_orphaned(self, context: WorkerContext, claim: Claim) -> None:
        """End a run whose lease is over, unless a later call of `run` takes it over."""

    @abstractmethod
    async def describe(self, reader: Reader, jobs: Mapping[str, WorkT], now: datetime) -> list[JobStatus]:
        """Return the status of each job at an instant (UTC), without its errors and its pause."""

    async def failures(self, reader: Reader, jobs: Mapping[str, WorkT], now: datetime) -> list[FailedRun]:
        """Return the failures of jobs by an instant (UTC) without a later success, with their errors."""
        return await failed_runs(reader, [*jobs], now)
