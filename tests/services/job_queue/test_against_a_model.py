"""Random adding, claiming, ending, failing and dying against a model of the queue in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.job_queue import claims
from app.services.job_queue.claims import LEASE, ClaimedJob, ClaimLost, ending
from app.services.jobs.runs import pause_after
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.job_queue import MINUTE, add
from tests.support.workers import new_account

KEYS: Final = ("a", "b", "c")
WORKERS: Final = ("ann", "bob")
ROWS: Final = "SELECT key, due_at, attempts, retry_at, payload FROM queued_jobs WHERE account_id = $1"
TURN: Final = "SELECT due_at FROM job_turns WHERE account_id = $1"
STEPS: Final = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(KEYS), st.integers(-2, 2)),
    st.tuples(st.sampled_from(("claim", "end", "fail", "die")), st.sampled_from(WORKERS), st.just(0)),
    st.tuples(st.just("wait"), st.just(""), st.integers(0, 2)),
)


@dataclass
class Waiting:
    """A job of the model. `claimed_by` is the worker that does it, unless it was added again since."""

    due_at: datetime
    payload: int
    attempts: int = 0
    retry_at: datetime | None = None
    claimed_by: str | None = None

    @property
    def next(self) -> datetime:
        return self.retry_at or self.due_at


@dataclass
class Model:
    """The queue of one account, and the worker that holds its turn."""

    jobs: dict[str, Waiting] = field(default_factory=dict[str, Waiting])
    holder: str | None = None
    lease_until: datetime | None = None

    def add(self, key: str, due_at: datetime, payload: int) -> None:
        known = self.jobs.get(key)
        if known is None or known.claimed_by is not None:
            self.jobs[key] = Waiting(due_at, payload)
        else:
            known.due_at, known.payload = min(known.due_at, due_at), payload

    def claim(self, worker: str, now: datetime) -> str | None:
        due = sorted((job.next, key) for key, job in self.jobs.items() if job.next <= now)
        if not due or (self.holder is not None and self.lease_until is not None and now < self.lease_until):
            return None
        job = self.jobs[due[0][1]]
        job.attempts, job.claimed_by = job.attempts + 1, worker
        self.holder, self.lease_until = worker, now + LEASE
        return due[0][1]

    def end(self, claimed: ClaimedJob) -> None:
        self.holder = None
        if self.jobs[claimed.key].claimed_by is not None:
            del self.jobs[claimed.key]
        else:
            job = self.jobs[claimed.key]
            job.attempts, job.retry_at = 0, None

    def fail(self, claimed: ClaimedJob, now: datetime) -> None:
        self.holder = None
        job = self.jobs[claimed.key]
        job.due_at, job.claimed_by = min(job.due_at, claimed.due_at), None
        job.retry_at = now + pause_after(claimed.attempts)

    @property
    def rows(self) -> set[tuple[object, ...]]:
        return {(key, job.due_at, job.attempts, job.retry_at, job.payload) for key, job in self.jobs.items()}


@dataclass
class Both:
    """The queue of an account, in the database and in the model, and the claims that workers think they have."""

    pool: Pool
    clock: FrozenClock
    account: UUID
    kind: str
    model: Model = field(default_factory=Model)
    claimed: dict[str, ClaimedJob] = field(default_factory=dict[str, ClaimedJob])
    payload: int = 0

    async def do(self, what: str, who: str, minutes: int) -> None:
        """Take a step in both."""
        if what == "wait":
            self.clock.advance(minutes * MINUTE + timedelta(seconds=1))
        elif what == "add":
            self.payload += 1
            due_at = self.clock.now() + minutes * MINUTE
            await add(self.pool, self.account, due_at, who, kind=self.kind, payload={"number": self.payload})
            self.model.add(who, due_at, self.payload)
        elif what == "claim" and who not in self.claimed:
            await self.claim(who)
        elif what == "die":
            self.claimed.pop(who, None)
        elif who in self.claimed:
            await self.leave(what, self.claimed.pop(who))

    async def claim(self, worker: str) -> None:
        job = await claims.claim_next(self.pool, self.clock, worker, [self.kind], None)
        assert (job and job.key) == self.model.claim(worker, self.clock.now())
        if job is not None:
            self.claimed[worker] = job

    async def leave(self, what: str, job: ClaimedJob) -> None:
        """End or fail a job, which only who holds the turn can do."""
        try:
            if what == "end":
                async with ending(self.pool, self.clock, job):
                    pass
            else:
                await claims.fail(self.pool, self.clock, job, ValueError("x"))
        except ClaimLost:
            assert self.model.holder != job.owner
        else:
            assert self.model.holder == job.owner
            self.model.end(job) if what == "end" else self.model.fail(job, self.clock.now())

    async def compare(self) -> None:
        """Assert that both have the same jobs, and that the turn is due with the first of them unless it is held."""
        rows = await self.pool.fetch(ROWS, self.account)
        assert {(*tuple(row)[:-1], row["payload"]["number"]) for row in rows} == self.model.rows
        turn = [row["due_at"] for row in await self.pool.fetch(TURN, self.account)]
        if self.model.holder is None:
            assert turn == ([min(job.next for job in self.model.jobs.values())] if self.model.jobs else [])
        else:
            assert len(turn) == 1


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=30))
async def test_the_queue_equals_its_model_after_random_steps(
    pool: Pool, clock: FrozenClock, steps: list[tuple[str, str, int]]
) -> None:
    both = Both(pool, clock, await new_account(pool, clock.now()), uuid4().hex)
    for step in steps:
        await both.do(*step)
        await both.compare()
