"""Adding jobs: unique by account, kind and key, in the transaction of the command that causes them."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from app.services.job_queue import claims
from app.services.job_queue.adding import add_job, add_spread
from app.services.job_queue.claims import ATTEMPTS, ClaimedJob, ending
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, MINUTE, OTHER, add, queued, spread, turns
from tests.support.workers import new_account, runs


@pytest.fixture
async def account(pool: Pool, clock: FrozenClock) -> UUID:
    return await new_account(pool, clock.now())


async def claimed(pool: Pool, clock: FrozenClock, owner: str = "a") -> ClaimedJob:
    job = await claims.claim_next(pool, clock, owner, [KIND], None)
    assert job is not None
    return job


async def test_a_job_is_added_in_the_transaction_of_its_cause(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    async with unit_of_work(pool) as writer:
        await add_job(writer, account, KIND, clock.now())
        await add_spread(writer, KIND, clock.now())
    assert await queued(pool, "key") == []
    assert await turns(pool) == []
    assert await pool.fetch("SELECT FROM spreads") == []
    async with unit_of_work(pool) as writer:
        await add_job(writer, account, KIND, clock.now())
        await writer.commit()
    assert await queued(pool, "account_id", "kind", "key", "payload", "due_at", "attempts") == [
        (account, KIND, "", {}, clock.now(), 0)
    ]
    assert await turns(pool) == [(account, clock.now())]


async def test_jobs_of_another_account_kind_or_key_are_others(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    other = await new_account(pool, clock.now())
    await add(pool, account, clock.now(), "k", "l")
    await add(pool, account, clock.now(), "k", kind=OTHER)
    await add(pool, other, clock.now(), "k")
    assert {*await queued(pool, "account_id", "kind", "key")} == {
        (account, KIND, "k"),
        (account, KIND, "l"),
        (account, OTHER, "k"),
        (other, KIND, "k"),
    }


@pytest.mark.parametrize("minutes", [*permutations((1, 2, 3))])
async def test_a_waiting_job_added_again_is_the_same_one_due_earliest_with_the_last_payload(
    pool: Pool, clock: FrozenClock, account: UUID, minutes: tuple[int, ...]
) -> None:
    for minute in minutes:
        await add(pool, account, clock.now() + minute * MINUTE, payload={"minute": minute})
    due_at = clock.now() + MINUTE
    assert await queued(pool, "key", "due_at", "payload") == [("k", due_at, {"minute": minutes[-1]})]
    assert await turns(pool) == [(account, due_at)]


async def test_a_failed_job_added_again_keeps_its_attempts_and_its_pause(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    await claims.fail(pool, clock, await claimed(pool, clock), ValueError("x"))
    await add(pool, account, clock.now() - MINUTE, payload={"again": True})
    assert await queued(pool, "attempts", "retry_at", "error", "payload") == [
        (1, clock.now() + MINUTE, "ValueError: x", {"again": True})
    ]
    assert await claims.claim_next(pool, clock, "a", [KIND], None) is None


async def test_a_job_added_while_a_worker_does_it_is_done_once_more(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now(), payload={"turn": 1})
    first = await claimed(pool, clock)
    await add(pool, account, clock.now(), payload={"turn": 2})
    assert await claims.claim_next(pool, clock, "b", [KIND], None) is None
    async with ending(pool, clock, first):
        pass
    second = await claimed(pool, clock)
    assert (first.payload, second.payload, second.attempts) == ({"turn": 1}, {"turn": 2}, 1)
    async with ending(pool, clock, second):
        pass
    assert (await queued(pool, "key"), await turns(pool)) == ([], [])


async def test_a_job_added_again_while_it_succeeds_after_a_failure_is_no_longer_failing(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    await claims.fail(pool, clock, await claimed(pool, clock), ValueError("x"))
    clock.advance(MINUTE)
    second = await claimed(pool, clock)
    assert second.error == "ValueError: x"
    await add(pool, account, clock.now())
    async with ending(pool, clock, second):
        pass
    assert await queued(pool, "attempts", "retry_at", "error") == [(0, None, None)]
    assert await runs(pool, "state") == [("SUCCEEDED",)]


async def test_work_that_adds_its_own_job_for_later_continues_then(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    job = await claimed(pool, clock)
    later = clock.now() + 10 * MINUTE
    async with ending(pool, clock, job) as writer:
        await add_job(writer, account, KIND, later, job.key, {"from": 500})
    assert await turns(pool) == [(account, later)]
    assert await claims.claim_next(pool, clock, "a", [KIND], None) is None
    clock.advance_to(later)
    assert (await claimed(pool, clock)).payload == {"from": 500}


async def test_a_job_added_for_later_while_an_attempt_fails_is_tried_again_after_its_pause(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    job = await claimed(pool, clock)
    await add(pool, account, clock.now() + timedelta(days=1))
    await claims.fail(pool, clock, job, ValueError("x"))
    assert await queued(pool, "due_at", "retry_at") == [(job.due_at, clock.now() + MINUTE)]


async def test_a_given_up_job_restarts_when_it_is_added_again(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now())
    for _ in range(ATTEMPTS):
        await claims.fail(pool, clock, await claimed(pool, clock), ValueError("x"))
        clock.advance(60 * MINUTE)
    assert await turns(pool) == []
    await add(pool, account, clock.now())
    assert await queued(pool, "attempts", "retry_at", "given_up_at", "due_at") == [(0, None, None, clock.now())]
    assert (await claimed(pool, clock)).attempts == 1


async def test_a_spread_is_unique_by_kind_and_key_and_begins_again_when_it_is_added_again(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await spread(pool, clock.now() + MINUTE, payload={"turn": 1})
    await pool.fetch("UPDATE spreads SET last_account_id = $1", account)
    await spread(pool, clock.now() + 2 * MINUTE, payload={"turn": 2})
    await spread(pool, clock.now(), "other")
    rows = await pool.fetch("SELECT key, payload, due_at, last_account_id FROM spreads ORDER BY key DESC")
    assert [tuple(row) for row in rows] == [
        ("s", {"turn": 2}, clock.now() + MINUTE, None),
        ("other", {}, clock.now(), None),
    ]
