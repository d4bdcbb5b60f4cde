"""The scheduler: wakes a worker at each midnight of each zone in use, every minute, and at notifications.

APScheduler is the alarm clock and nothing else: the cursors and the ledger decide which work is due. So an alarm too
many, or one missed by a machine that slept, does no harm; the next minute corrects it. APScheduler reads the machine's
clock by itself, so triggers convert by the constant offset that LOUPE_CLOCK makes.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol, TypeAlias, cast
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]
from apscheduler.triggers.base import BaseTrigger  # pyright: ignore[reportMissingTypeStubs]

from app.clock import SystemClock
from app.domain.errors import DateOutOfRange, UnknownTimeZone
from app.domain.local_time import local_day, midnight, time_zone
from app.logging import CountedWarning
from app.services.jobs.cursors import ZONES_CHANNEL
from app.settings import Settings
from db.failures import is_outage
from db.notifications import Notifications, open_notifications
from db.queries.job_cursors import zones_in_use
from db.readers import PoolReader
from jobs.context import gather_all
from jobs.kinds.periodic import MINUTE, period_start
from jobs.registry import Registry
from jobs.worker import Worker, new_owner, working_pool

_ONE_DAY: Final = timedelta(days=1)
_EVERY_MINUTE: Final = "every minute"  # the id of its alarm; those of zones are their names
_PATIENCE: Final = 60.0  # seconds until all is looked at again, by a clock that nobody steps, unlike the alarms
_NEXT_TRY: Final = 1.0  # seconds until the next attempt after a first error

_Work: TypeAlias = Callable[[], Awaitable[object]]
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")
_outage: Final = CountedWarning(_log, "jobs_interrupted")


class _Alarm(Protocol):
    """The part of an APScheduler job that is used."""

    id: str
    next_run_time: datetime | None


class _Alarms(Protocol):
    """The part of APScheduler that is used; it ships no types."""

    def start(self) -> None: ...

    def shutdown(self, *, wait: bool) -> None: ...

    def add_job(
        self,
        func: Callable[[], Awaitable[None]],
        trigger: object,
        *,
        id: str,  # noqa: A002 - its name
        replace_existing: bool,
    ) -> _Alarm: ...

    def get_job(self, job_id: str) -> _Alarm | None: ...

    def remove_job(self, job_id: str) -> None: ...

    def remove_all_jobs(self) -> None: ...


class LocalMidnight(BaseTrigger):  # type: ignore[misc] # it ships no types
    """Fires at each midnight of a zone, so once per local day (domain rules, section 1).

    It is written by hand since a CronTrigger of APScheduler skips days that have no 00:00, and fires twice on others.
    """

    def __init__(self, zone: ZoneInfo, clock: SystemClock) -> None:
        self._zone = zone
        self._offset = clock.offset

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] - without types it returns None
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the first midnight strictly after both instants, in UTC of the machine's clock; None after 2200."""
        after = _latest(previous_fire_time, now) + self._offset
        try:
            return midnight(local_day(after, self._zone) + _ONE_DAY, self._zone) - self._offset
        except DateOutOfRange:
            return None


class WholeMinute(BaseTrigger):  # type: ignore[misc] # it ships no types
    """Fires as each minute begins, by the process's clock: an IntervalTrigger goes by the machine's."""

    def __init__(self, clock: SystemClock) -> None:
        self._offset = clock.offset

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] - as above
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """Return the first whole minute strictly after both instants, in UTC of the machine's clock."""
        after = _latest(previous_fire_time, now) + self._offset
        return period_start(after, MINUTE) + MINUTE - self._offset


def _latest(previous: datetime | None, now: datetime) -> datetime:
    """Return the later one in UTC: datetimes of one zone would be compared as wall clock."""
    now = now.astimezone(UTC)
    return now if previous is None else max(previous.astimezone(UTC), now)


class Scheduler:
    """Runs a worker whenever a job may be due, until it is stopped; no error ends it."""

    def __init__(self, notifications: Notifications, reader: PoolReader, worker: Worker, clock: SystemClock) -> None:
        self._notifications = notifications
        self._reader = reader
        self._worker = worker
        self._clock = clock
        self._alarms = _new_alarms()
        self._zones: set[str] = set()
        self._woken: list[asyncio.Event] = []

    def stop(self) -> None:
        """Make `run` end, once the batches under way are done or its few seconds are over."""
        self._worker.drain()
        self._wake()

    async def run(self) -> None:
        """Run due jobs, now and whenever one becomes due, until it is stopped."""
        self._alarms.start()
        # No loop waits for another: a long catch-up or a day's run must not keep the watch or a new zone waiting.
        follow = self._new_event()
        loops = [self._attend(self._follow, follow)]
        # A connection that is new may have missed zones; a zone may be of an account with days that have closed.
        self._notifications.subscribe(ZONES_CHANNEL, lambda zone: follow.set() if zone is None else self._wake())
        for kind in self._worker.kinds:
            for _ in range(kind.at_once):
                woken = self._new_event()
                if kind.channel is not None:
                    self._notifications.subscribe(kind.channel, partial(_set, woken))
                loops.append(self._attend(partial(self._worker.run, kind), woken))
        try:
            await self._worker.in_time(gather_all(*loops))
        finally:
            self._alarms.shutdown(wait=False)
            await asyncio.sleep(0)  # in which it does so

    async def _attend(self, work: _Work, woken: asyncio.Event) -> None:
        """Do work at once and each time it is woken; an error is logged, and work is tried again soon."""
        pause = _NEXT_TRY
        while not self._worker.drained.is_set():
            woken.clear()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - an error must not end all jobs
                _warn(error)
                await _wait(woken, pause)
                pause = min(2 * pause, _PATIENCE)
            else:
                await _wait(woken, _PATIENCE)
                pause = _NEXT_TRY

    def _new_event(self) -> asyncio.Event:
        """Return the event of a loop that alarms wake."""
        self._woken.append(asyncio.Event())
        return self._woken[-1]

    def _wake(self) -> None:
        for woken in self._woken:
            woken.set()

    async def _rouse(self) -> None:
        """Wake all, as a coroutine: APScheduler would call a plain function in a thread of its own."""
        self._wake()

    async def _follow(self) -> None:
        """Set an alarm every minute and at the midnights of the zones in use."""
        self._repair()
        used = set(await zones_in_use(self._reader))
        for zone in sorted(used - self._zones):
            self._add(zone)
        for zone in self._zones - used:
            if self._alarms.get_job(zone) is not None:
                self._alarms.remove_job(zone)
        self._zones = used

    def _repair(self) -> None:
        """Set all alarms again at first, and after the machine's clock was set back: they would be late by as much."""
        alarm = self._alarms.get_job(_EVERY_MINUTE)
        if alarm is None or alarm.next_run_time is None or alarm.next_run_time > datetime.now(UTC) + MINUTE:
            self._alarms.remove_all_jobs()
            self._zones = set()
            self._set(_EVERY_MINUTE, WholeMinute(self._clock))

    def _add(self, zone: str) -> None:
        try:
            trigger = LocalMidnight(time_zone(zone), self._clock)
        except UnknownTimeZone as error:
            _log.warning("zone_without_alarm", reason=str(error))
        else:
            self._set(zone, trigger)

    def _set(self, name: str, trigger: object) -> None:
        self._alarms.add_job(self._rouse, trigger, id=name, replace_existing=True)


@asynccontextmanager
async def open_scheduler(url: str, settings: Settings, clock: SystemClock, jobs: Registry) -> AsyncGenerator[Scheduler]:
    """Open a scheduler with a worker and connections of its own; raises DatabaseUnreachable."""
    async with working_pool(url, settings.job_timeout) as pool, open_notifications(url) as notifications:
        worker = Worker(pool, clock, settings, new_owner(), jobs)
        yield Scheduler(notifications, PoolReader(pool), worker, clock)


@asynccontextmanager
async def jobs_alongside(url: str, settings: Settings, clock: SystemClock, jobs: Registry) -> AsyncGenerator[None]:
    """Run a scheduler for as long as something else runs."""
    async with open_scheduler(url, settings, clock, jobs) as scheduler:
        running = asyncio.create_task(scheduler.run())
        try:
            yield
        finally:
            scheduler.stop()
            await running


def _warn(error: Exception) -> None:
    """Log an error that interrupts jobs; an outage, which interrupts all of them, without a traceback."""
    if is_outage(error):
        _outage.count(error)
    else:
        _log.warning("jobs_interrupted", exc_info=error)


def _new_alarms() -> _Alarms:
    """Return an alarm clock that skips no alarm it was late for, and logs warnings only."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    defaults: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True}
    new = cast("Callable[..., _Alarms]", AsyncIOScheduler)
    return new(timezone=UTC, job_defaults=defaults)


def _set(woken: asyncio.Event, _payload: str | None) -> None:
    woken.set()


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return
