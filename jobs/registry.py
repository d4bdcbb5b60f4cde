"""What jobs there are: each registers itself under a name of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

MidnightWork: TypeAlias = Callable[[Pool, Clock, datetime, Sequence[UUID]], Awaitable[int]]
"""Does the ledger day that closes at an instant (UTC) for accounts, each at most once; returns how many it did.

It raises when it cannot do one of them, and may be called again at any time, with the same accounts or some of them.
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run by nothing: how many accounts it failed for, and what it did, for the log.

    `horizon` is the instant (UTC) up to which it looked, of a job that looks ahead. `accounts` are those it was done
    for, of a job that counts them. `error` says what failed, where the number is not enough; a run with it stays as it
    is, and is not tried again in its period.
    """

    failures: int = 0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    horizon: datetime | None = None
    accounts: int = 0
    error: str | None = None


PeriodicWork: TypeAlias = Callable[[Pool, Clock, Settings, Success | None], Awaitable[Done]]
"""Does what there is to do now, since its last successful run; None at first."""


class DuplicateJob(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """Two jobs of one name: they would take each other's runs for their own."""


@dataclass(frozen=True, slots=True)
class MidnightJob:
    """A job done for each account and ledger day, as the day closes."""

    name: str
    work: MidnightWork


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job done once every minute or UTC day, for all accounts."""

    name: str
    period: timedelta
    work: PeriodicWork


class Registry:
    """Jobs by name, in the order in which they registered; a name that is taken raises DuplicateJob."""

    def __init__(self) -> None:
        self.midnight: dict[str, MidnightJob] = {}
        self.periodic: dict[str, PeriodicJob] = {}

    def at_midnight(self, name: str) -> Callable[[MidnightWork], MidnightWork]:
        """Register work to be done at each midnight, user time."""

        def register(work: MidnightWork) -> MidnightWork:
            self._require_new(name)
            self.midnight[name] = MidnightJob(name, work)
            return work

        return register

    def every(self, period: timedelta, name: str) -> Callable[[PeriodicWork], PeriodicWork]:
        """Register work to be done once a minute or a UTC day."""

        def register(work: PeriodicWork) -> PeriodicWork:
            self._require_new(name)
            self.periodic[name] = PeriodicJob(name, period, work)
            return work

        return register

    def _require_new(self, name: str) -> None:
        if name in self.midnight or name in self.periodic:
            raise DuplicateJob(f"There is a job {name!r} already.")
