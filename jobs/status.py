"""How the jobs stand, for whoever runs the service."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.connections import Reader
from db.queries.job_status import JobLedger, ZoneCursors, ZoneRun, job_ledgers, last_zone_runs, zone_cursors
from jobs.registry import Registry

_NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """How a job at midnight stands in a zone; instants in UTC.

    `next` is when the oldest day not done closes or closed; `lag` is how long ago that is. `failures` are the accounts
    that it fails for.
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
    """How a job stands; instants in UTC.

    `runs` are those in the ledger. `failures` are accounts that it fails for, or its runs that failed since the last
    success. `lag` is how long the oldest thing it has to do has been due; None for one that has never succeeded.
    """

    job: str
    runs: int
    failures: int
    lag: timedelta | None
    last_run: datetime | None
    next: datetime | None
    zones: tuple[ZoneStatus, ...] = ()


async def job_statuses(reader: Reader, jobs: Registry, now: datetime) -> list[JobStatus]:
    """Tell how all jobs stand at an instant (UTC), in the order in which they registered."""
    ledgers = await job_ledgers(reader, [*jobs.midnight, *jobs.periodic], now)
    runs = await last_zone_runs(reader, list(jobs.midnight))
    cursors = await zone_cursors(reader, list(jobs.midnight))
    zones = [(each.job, _zone_status(each, runs.get((each.job, each.time_zone)), now)) for each in cursors]
    midnight = [
        _midnight_status(ledgers[name], tuple(zone for of, zone in zones if of == name)) for name in jobs.midnight
    ]
    return midnight + [_periodic_status(ledgers[name], job.period, now) for name, job in jobs.periodic.items()]


def _zone_status(cursors: ZoneCursors, last: ZoneRun | None, now: datetime) -> ZoneStatus:
    return ZoneStatus(
        time_zone=cursors.time_zone,
        accounts=cursors.accounts,
        last_run=last.scheduled_for if last else None,
        state=last.state if last else None,
        next=cursors.next,
        lag=max(now - cursors.next, _NO_TIME),
        failures=cursors.failures,
    )


def _midnight_status(ledger: JobLedger, zones: tuple[ZoneStatus, ...]) -> JobStatus:
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=sum(zone.failures for zone in zones),
        lag=max((zone.lag for zone in zones), default=_NO_TIME),
        last_run=ledger.last_run,
        next=min((zone.next for zone in zones), default=None),
        zones=zones,
    )


def _periodic_status(ledger: JobLedger, period: timedelta, now: datetime) -> JobStatus:
    following = ledger.last_success + period if ledger.last_success else None
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=ledger.failed_since,
        lag=max(now - following, _NO_TIME) if following else None,
        last_run=ledger.last_run,
        next=following,
    )
