"""How the jobs stand, for whoever runs the service."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.queries.job_status import (
    FailedRun,
    JobLedger,
    PutOff,
    ZoneCursors,
    ZoneRun,
    accounts_put_off,
    failed_runs,
    job_ledgers,
    last_zone_runs,
    zone_cursors,
)
from db.readers import Reader
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

    `runs` are those in the ledger. `failures` are accounts that it fails for and, of a job by nothing, its runs that
    failed since the last success. `lag` is how long what it does next has been due, or if that is longer, how long ago
    the instant is from which on an account that it fails for is still to be done; None for one that never succeeded.
    `errors` say why it fails, by zone and by account.
    """

    job: str
    runs: int
    failures: int
    lag: timedelta | None
    last_run: datetime | None
    next: datetime | None
    zones: tuple[ZoneStatus, ...] = ()
    errors: tuple[FailedRun, ...] = ()


async def job_statuses(reader: Reader, jobs: Registry, now: datetime) -> list[JobStatus]:
    """Tell how all jobs stand at an instant (UTC), in the order in which they registered."""
    ledgers = await job_ledgers(reader, [*jobs.midnight, *jobs.periodic], now)
    runs = await last_zone_runs(reader, list(jobs.midnight))
    cursors = await zone_cursors(reader, list(jobs.midnight))
    zones = [(each.job, _zone_status(each, runs.get((each.job, each.time_zone)), now)) for each in cursors]
    put_off = await accounts_put_off(reader, list(jobs.periodic))
    midnight = [
        _midnight_status(ledgers[name], tuple(zone for of, zone in zones if of == name)) for name in jobs.midnight
    ]
    periodic = [
        _periodic_status(ledgers[name], put_off.get(name), job.period, now) for name, job in jobs.periodic.items()
    ]
    failed = await failed_runs(reader, [*jobs.midnight, *jobs.periodic], now)
    return [
        replace(status, errors=tuple(each for each in failed if each.job == status.job))
        for status in midnight + periodic
    ]


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


def _periodic_status(ledger: JobLedger, put_off: PutOff | None, period: timedelta, now: datetime) -> JobStatus:
    following = ledger.last_success + period if ledger.last_success else None
    due = [] if following is None else [following, put_off.since] if put_off else [following]
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=ledger.failed_since + (put_off.accounts if put_off else 0),
        lag=max(now - min(due), _NO_TIME) if due else None,
        last_run=ledger.last_run,
        next=following,
    )
