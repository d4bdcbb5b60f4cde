"""Claims of jobs: one worker for an account and a kind at a time, accounts in turn, each job with effect once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.commands import with_retries
from app.services.job_queue import claims
from app.services.job_queue.claims import ATTEMPTS, LEASE, ClaimedJob, ClaimLost, ending
from app.services.jobs.runs import LONGEST_PAUSE, pause_after
from db.connections import PLANNED_ONCE, Pool, Statement
from db.pools import open_pool
from db.queries.job_queue import DUE_TURNS
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, MINUTE, OTHER, add, effects, leave_effect, queued, turns
from tests.support.workers import new_account, runs

DUE_TYPES = "text[], timestamptz, timestamptz, timestamptz"
MANY_TURNS = """
    INSERT INTO job_turns (account_id, kind, due_at) SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 5000)"""
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def account(pool: Pool, clock: FrozenClock) -> UUID:
    return await new_account(pool, clock.now())


async def claim(pool: Pool, clock: FrozenClock, owner: str = "a", *kinds: str) -> ClaimedJob | None:
    return await claims.claim_next(pool, clock, owner, kinds or [KIND], None)


async def taken(pool: Pool, clock: FrozenClock, owner: str = "a", *kinds: str) -> ClaimedJob:
    job = await claim(pool, clock, owner, *kinds)
    assert job is not None
    return job


async def do(pool: Pool, clock: FrozenClock, job: ClaimedJob) -> None:
    async def attempt() -> None:
        async with ending(pool, clock, job) as writer:
            await leave_effect(writer, clock, job)

    await with_retries(attempt)


async def fail(pool: Pool, clock: FrozenClock, job: ClaimedJob, error: str = "x") -> bool:
    return await claims.fail(pool, clock, job, ValueError(error))


async def test_a_job_is_claimed_from_its_due_instant_on(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now() + MINUTE, payload={"a": 1})
    assert await claim(pool, clock) is None
    clock.advance(MINUTE)
    job = await taken(pool, clock)
    assert (job.account_id, job.kind, job.key, job.payload) == (account, KIND, "k", {"a": 1})
    assert (job.due_at, job.attempts, job.error, job.owner) == (clock.now(), 1, None, "a")


async def test_only_jobs_due_by_the_requested_instant_are_claimed(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now(), "k")
    await add(pool, account, clock.now() - MINUTE, "earlier")
    at = clock.now() - SECOND
    job = await claims.claim_next(pool, clock, "a", [KIND], at)
    assert job is not None
    await do(pool, clock, job)
    assert job.key == "earlier"
    assert await claims.claim_next(pool, clock, "a", [KIND], at) is None
    assert (await taken(pool, clock)).key == "k"


async def test_kinds_that_a_worker_does_not_know_are_left_to_others(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now(), kind="of the next release")
    assert await claim(pool, clock) is None
    assert (await taken(pool, clock, "a", "of the next release")).attempts == 1


async def test_one_worker_at_a_time_does_jobs_of_an_account_and_a_kind(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now(), "k", "l")
    await add(pool, account, clock.now(), kind=OTHER)
    first = await taken(pool, clock, "a")
    assert await claim(pool, clock, "b") is None
    assert (await taken(pool, clock, "b", KIND, OTHER)).kind == OTHER
    await do(pool, clock, first)
    assert (await taken(pool, clock, "b")).key == "l"


async def test_a_lost_workers_job_is_taken_over_once_its_lease_is_over(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    lost = await taken(pool, clock, "a")
    clock.advance(LEASE - SECOND)
    assert await claim(pool, clock, "b") is None
    clock.advance(SECOND)
    job = await taken(pool, clock, "b")
    assert (job.key, job.attempts) == (lost.key, 2)
    with pytest.raises(ClaimLost):
        await do(pool, clock, lost)
    assert await effects(pool) == []
    with pytest.raises(ClaimLost):
        await fail(pool, clock, lost)
    with pytest.raises(ClaimLost):
        await claims.postpone(pool, clock, lost)
    await do(pool, clock, job)
    assert (await effects(pool), await queued(pool, "key")) == (["k"], [])
    with pytest.raises(ClaimLost):
        await do(pool, clock, lost)
    assert await effects(pool) == ["k"]


async def test_a_slow_worker_whose_turn_nobody_took_over_still_ends_its_job(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    job = await taken(pool, clock)
    clock.advance(10 * LEASE)
    await do(pool, clock, job)
    assert (await effects(pool), await turns(pool)) == (["k"], [])


async def test_a_lost_worker_cannot_end_a_job_that_was_done_and_added_again(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    lost = await taken(pool, clock, "a")
    clock.advance(LEASE)
    await do(pool, clock, await taken(pool, clock, "b"))
    await add(pool, account, clock.now())
    with pytest.raises(ClaimLost):
        await do(pool, clock, lost)
    assert await effects(pool) == ["k"]
    await do(pool, clock, await taken(pool, clock, "b"))
    assert await effects(pool) == ["k", "k"]


async def test_a_renewed_lease_is_longer(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now())
    job = await taken(pool, clock)
    clock.advance(LEASE - SECOND)
    await claims.renew(pool, clock, job)
    clock.advance(LEASE - SECOND)
    assert await claim(pool, clock, "b") is None
    clock.advance(SECOND)
    later = await taken(pool, clock, "b")
    await claims.renew(pool, clock, job)  # which it has lost
    clock.advance(LEASE)
    assert (await taken(pool, clock, "c")).attempts == later.attempts + 1


async def test_a_lease_set_by_a_clock_that_was_ahead_is_ignored(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now())
    await taken(pool, clock)
    await pool.fetch("UPDATE job_turns SET lease_until = $1", clock.now() + timedelta(days=365))
    assert (await taken(pool, clock, "b")).attempts == 2


async def test_accounts_take_turns_however_many_jobs_one_has(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now() - MINUTE, *(f"{number:02}" for number in range(10)))
    small = [await new_account(pool, clock.now()) for _ in range(3)]
    for other in small:
        await add(pool, other, clock.now() - SECOND)
    done: list[UUID] = []
    while job := await claim(pool, clock):
        await do(pool, clock, job)
        done.append(job.account_id)
        clock.advance(SECOND)
    assert done[0] == account
    assert {*done[1:4]} == {*small}
    assert done[4:] == [account] * 9


async def test_jobs_of_an_account_are_done_earliest_first_and_a_failing_one_does_not_stop_others(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    for key, seconds in (("c", 3), ("a", 1), ("b", 2)):
        await add(pool, account, clock.now() + seconds * SECOND, key)
    clock.advance(10 * SECOND)
    done: list[str] = []
    while job := await claim(pool, clock):
        done.append(job.key)
        if job.key == "a":
            await fail(pool, clock, job)
        else:
            await do(pool, clock, job)
    assert done == ["a", "b", "c"]
    assert await turns(pool) == [(account, clock.now() + MINUTE)]


async def test_a_failing_job_is_tried_again_after_growing_pauses_and_given_up_at_last(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    due_at = clock.now()
    for attempt in range(1, ATTEMPTS + 1):
        job = await taken(pool, clock)
        assert (job.attempts, job.due_at) == (attempt, due_at)
        is_given_up = await fail(pool, clock, job, "x" * 600)
        assert is_given_up == (attempt == ATTEMPTS)
        clock.advance(pause_after(attempt) - SECOND)
        assert await claim(pool, clock) is None
        clock.advance(SECOND)
    assert await claim(pool, clock) is None
    [(attempts, given_up_at, error)] = await queued(pool, "attempts", "given_up_at", "error")
    assert (attempts, given_up_at, error) == (ATTEMPTS, clock.now() - LONGEST_PAUSE, ("ValueError: " + "x" * 600)[:500])
    assert await turns(pool) == []
    assert await runs(pool, "job", "account_id", "scheduled_for", "state", "attempts", "error") == [
        (KIND, account, due_at, "FAILED", ATTEMPTS, f"k: {error}"[:500])
    ]


async def test_a_job_whose_workers_always_die_is_given_up(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now())
    for _ in range(ATTEMPTS):
        await taken(pool, clock)
        clock.advance(LEASE)
    assert await claim(pool, clock) is None
    assert await queued(pool, "given_up_at", "error") == [(clock.now(), "The workers that ran it died.")]
    assert await turns(pool) == []


async def test_a_failure_is_recovered_once_no_job_of_the_account_and_kind_fails(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now(), "k", "l")
    await add(pool, account, clock.now(), kind=OTHER)
    for kind in (KIND, KIND, OTHER):
        await fail(pool, clock, await taken(pool, clock, "a", kind))
    clock.advance(2 * MINUTE)
    states: list[list[tuple[object, ...]]] = []
    for _ in range(2):
        await do(pool, clock, await taken(pool, clock))
        states.append(await runs(pool, "job", "state", "finished_at"))
    failed_at = clock.now() - 2 * MINUTE
    assert states == [
        [(OTHER, "FAILED", failed_at), (KIND, "FAILED", failed_at)],
        [(OTHER, "FAILED", failed_at), (KIND, "SUCCEEDED", clock.now())],
    ]


async def test_a_job_that_was_postponed_is_no_failure(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now())
    for _ in range(3):
        job = await taken(pool, clock)
        assert (job.attempts, job.error) == (1, None)
        await claims.postpone(pool, clock, job)
        assert await claim(pool, clock) is None
        clock.advance(5 * SECOND)
    await do(pool, clock, await taken(pool, clock))
    assert await runs(pool, "state") == []


@given(st.integers(1, 10_000))
def test_pauses_never_shrink_and_are_a_minute_to_an_hour(attempts: int) -> None:
    assert MINUTE <= pause_after(attempts) <= pause_after(attempts + 1) <= LONGEST_PAUSE


async def test_no_account_waits_for_more_than_one_turn_of_each_other(pool: Pool, clock: FrozenClock) -> None:
    accounts = [await new_account(pool, clock.now()) for _ in range(5)]
    for number, account in enumerate(accounts):
        await add(pool, account, clock.now(), *(f"{key}" for key in range(1 + 3 * number)))
    left = {account: 1 + 3 * number for number, account in enumerate(accounts)}
    since = Counter[UUID]()
    clock.advance(SECOND)
    while job := await claim(pool, clock):
        await do(pool, clock, job)
        clock.advance(SECOND)
        left[job.account_id] -= 1
        since = Counter({each: since[each] + 1 for each in accounts if left[each] and each != job.account_id})
        assert all(waited < len(accounts) for waited in since.values())
    assert not any(left.values())


async def test_a_worker_finds_the_next_turns_by_walking_their_index_however_many_wait(new_database: str) -> None:
    pool = await open_pool(new_database, settings=PLANNED_ONCE)
    async with unit_of_work(pool) as writer:
        await writer.execute(Statement("unchecked", "SET LOCAL session_replication_role = replica"))
        await writer.execute(Statement("turns", MANY_TURNS), KIND, NOW - LEASE)
        await writer.execute(Statement("analyze", "ANALYZE job_turns"))
        await writer.execute(Statement("prepare", f"PREPARE due ({DUE_TYPES}) AS {DUE_TURNS.sql}"))
        rows = await writer.fetch(Statement("explain", "EXPLAIN EXECUTE due (ARRAY['stamp'], now(), now(), now())"))
    await pool.close()
    plan = "\n".join(row[0] for row in rows)
    assert "Index Scan using job_turns_next_idx on job_turns" in plan
    assert "Sort" not in plan
