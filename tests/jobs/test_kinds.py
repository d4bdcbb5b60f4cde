"""A kind of jobs that no module of the house knows: it runs, is woken, is described and recovers like the others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.clock import clock_from
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from app.settings import Settings
from db.connections import Pool, Statement
from db.readers import PoolReader, Reader
from db.writer import unit_of_work
from jobs.context import LEASE, WorkerContext
from jobs.counts import Counts
from jobs.kind import JobStatus, Kind
from jobs.kinds.periodic import DAILY, EVERY_MINUTE
from jobs.registry import Registry
from jobs.scheduler import jobs_alongside
from jobs.status import job_statuses
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.database import until
from tests.support.workers import runs

NOTIFY = Statement("notify_queue", "SELECT pg_notify('letters', '')")
PATIENCE = 30
Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, eq=False)
class Letters(Kind[Send]):
    """A queue of letters."""

    waiting: list[str] = field(default_factory=list[str])
    ended: list[UUID] = field(default_factory=list[UUID])

    @property
    def channel(self) -> str:
        return "letters"

    async def run(self, context: WorkerContext, jobs: Mapping[str, Send], at: datetime | None) -> dict[str, Counts]:
        counts = {name: Counts() for name in jobs}
        for name, send in jobs.items():
            while self.waiting:
                run = RunKey(name, None, None, None, at or context.clock.now())
                async with context.claimed(run, again=True) as claim:
                    assert claim is not None
                    await send(self.waiting.pop())
                    counts[name].runs += 1
                    async with unit_of_work(context.pool) as writer:
                        await job_runs.succeed(writer, claim, context.clock.now())
                        await writer.commit()
        return counts

    async def end_orphaned(self, context: WorkerContext, claim: Claim) -> None:
        self.ended.append(claim.id)
        async with unit_of_work(context.pool) as writer:
            await job_runs.succeed(writer, claim, context.clock.now())
            await writer.commit()

    async def describe(self, reader: Reader, jobs: Mapping[str, Send], now: datetime) -> list[JobStatus]:  # noqa: ARG002
        return [JobStatus(name, len(self.waiting), 0, None, last_run=None, next=now) for name in jobs]


class Office:
    """Sends letters of a kind of its own."""

    def __init__(self, *waiting: str) -> None:
        self.letters = Letters(list(waiting))
        self.sent: list[str] = []
        self.is_sent = asyncio.Event()
        self.jobs = Registry()
        self.jobs.register(self.letters, "send")(self.send)

    async def send(self, letter: str) -> None:
        self.sent.append(letter)
        self.is_sent.set()


async def test_a_new_kind_is_run_and_described_through_the_interface(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    office = Office("first", "second")
    assert await job_statuses(reader, office.jobs, clock.now()) == [
        JobStatus("send", 2, 0, None, last_run=None, next=clock.now())
    ]
    done = await Worker(pool, clock, Settings(), "a", office.jobs).run_due()
    assert (done, office.sent) == ({"send": Counts(runs=2)}, ["second", "first"])
    assert await runs(pool, "job", "state") == [("send", "SUCCEEDED")]


async def test_a_kind_ends_its_own_orphaned_runs_and_no_others(pool: Pool, clock: FrozenClock) -> None:
    office = Office()
    claims: list[Claim] = []
    async with unit_of_work(pool) as writer:
        for name in ("send", "another"):
            run = RunKey(name, None, None, None, clock.now())
            claim = await job_runs.claim(writer, run, "dead", clock.now(), LEASE, again=False)
            assert claim is not None
            claims.append(claim)
        await writer.commit()
    worker = Worker(pool, clock, Settings(), "a", office.jobs)
    await worker.run_due()
    assert office.letters.ended == []
    clock.advance(LEASE)
    await worker.run_due()
    assert office.letters.ended == [claims[0].id]
    assert sorted(await runs(pool, "job", "state")) == [("another", "RUNNING"), ("send", "SUCCEEDED")]


async def test_notifications_of_its_channel_wake_a_kind(database: str, pool: Pool) -> None:
    office = Office()
    async with jobs_alongside(database, Settings(), clock_from(None), office.jobs), asyncio.timeout(PATIENCE):
        await until(pool, "SELECT FROM pg_stat_activity WHERE query = 'LISTEN \"letters\"'")
        office.letters.waiting.append("urgent")
        async with unit_of_work(pool) as writer:
            await writer.fetch(NOTIFY)
            await writer.commit()
        await office.is_sent.wait()
    assert office.sent == ["urgent"]


def test_kinds_run_in_their_order_however_they_were_registered(pool: Pool, clock: FrozenClock) -> None:
    jobs = Registry()
    for kind in (DAILY, EVERY_MINUTE):
        jobs.register(kind, str(kind.period))
    jobs.register(DAILY, "daily")(None)  # type: ignore[arg-type] # it is never run
    jobs.register(EVERY_MINUTE, "minutely")(None)  # type: ignore[arg-type] # the same
    assert Worker(pool, clock, Settings(), "a", jobs).kinds == [EVERY_MINUTE, DAILY]
    assert DAILY.period == timedelta(days=1)
