"""Spreads: a job for every account, in batches, whatever interrupts them."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.services.job_queue import spreading
from app.services.job_queue.adding import add_job
from app.services.job_queue.spreading import spread_batch
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from db.connections import Pool
from db.failures import ServerError
from db.pools import open_pool
from db.queries.job_queue import DueSpread, due_spreads
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, MINUTE, add, queued, spread
from tests.support.workers import new_account, runs


@pytest.fixture
async def accounts(pool: Pool, clock: FrozenClock) -> list[UUID]:
    return sorted([await new_account(pool, clock.now()) for _ in range(5)])


@pytest.fixture(autouse=True)
def pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have batches of two accounts."""
    monkeypatch.setattr(spreading, "BATCH", 2)


async def begun(pool: Pool, clock: FrozenClock) -> tuple[DueSpread, Claim]:
    """Claim the run of the spread that is due."""
    [due] = await due_spreads(PoolReader(pool), [KIND], clock.now())
    async with unit_of_work(pool) as writer:
        run = RunKey(KIND, None, None, None, due.due_at)
        claim = await job_runs.claim(writer, run, "a", clock.now(), MINUTE, again=True)
        await writer.commit()
    assert claim is not None
    return due, claim


async def batch(pool: Pool, clock: FrozenClock, due: DueSpread, claim: Claim) -> int:
    return await spread_batch(pool, due, claim, clock.now() + MINUTE)


async def test_a_spread_adds_its_job_for_each_account_batch_by_batch(
    pool: Pool, clock: FrozenClock, accounts: list[UUID]
) -> None:
    await spread(pool, clock.now(), payload={"a": 1})
    due, claim = await begun(pool, clock)
    reached: list[int] = []
    for count in (2, 2, 1, 0):
        assert await batch(pool, clock, due, claim) == count
        reached.append(len(await queued(pool, "key")))
    assert reached == [2, 4, 5, 5]
    assert await queued(pool, "account_id", "kind", "key", "payload", "due_at") == [
        (account, KIND, "s", {"a": 1}, clock.now()) for account in accounts
    ]
    assert await due_spreads(PoolReader(pool), [KIND], clock.now()) == []
    assert await runs(pool, "job", "account_id", "state", "accounts") == [(KIND, None, "RUNNING", 5)]


async def test_a_spread_is_due_from_its_instant_on(pool: Pool, clock: FrozenClock, accounts: list[UUID]) -> None:
    await spread(pool, clock.now() + MINUTE)
    assert len(accounts) == 5
    assert await due_spreads(PoolReader(pool), [KIND], clock.now()) == []
    assert await due_spreads(PoolReader(pool), ["another"], clock.now() + MINUTE) == []
    assert len(await due_spreads(PoolReader(pool), [KIND], clock.now() + MINUTE)) == 1


async def test_a_batch_that_fails_adds_nothing_and_is_done_again_as_a_whole(
    database: str, pool: Pool, clock: FrozenClock, accounts: list[UUID]
) -> None:
    await spread(pool, clock.now())
    due, claim = await begun(pool, clock)
    await batch(pool, clock, due, claim)
    impatient = await open_pool(database, settings={"lock_timeout": "50ms"})
    async with unit_of_work(pool) as writer:
        await add_job(writer, accounts[3], KIND, clock.now(), "other")
        with pytest.raises(ServerError, match="lock timeout"):
            await batch(impatient, clock, due, claim)
    await impatient.close()
    assert [row[0] for row in await queued(pool, "account_id")] == accounts[:2]
    while await batch(pool, clock, due, claim):
        pass
    assert [row[0] for row in await queued(pool, "account_id")] == accounts


async def test_an_account_that_has_the_job_already_has_it_once(
    pool: Pool, clock: FrozenClock, accounts: list[UUID]
) -> None:
    await add(pool, accounts[1], clock.now() - MINUTE, "s")
    await spread(pool, clock.now())
    due, claim = await begun(pool, clock)
    while await batch(pool, clock, due, claim):
        pass
    assert await queued(pool, "account_id", "due_at") == [
        (account, clock.now() - (MINUTE if account == accounts[1] else timedelta())) for account in accounts
    ]


async def test_a_spread_added_again_on_its_way_begins_again(
    pool: Pool, clock: FrozenClock, accounts: list[UUID]
) -> None:
    await spread(pool, clock.now(), payload={"turn": 1})
    due, claim = await begun(pool, clock)
    for _ in range(2):
        await batch(pool, clock, due, claim)
    await spread(pool, clock.now(), payload={"turn": 2})
    while await batch(pool, clock, due, claim):
        pass
    assert await queued(pool, "account_id", "payload") == [(account, {"turn": 2}) for account in accounts]


async def test_an_account_opened_before_the_end_gets_its_job_unless_the_spread_has_passed_its_id(
    pool: Pool, clock: FrozenClock, accounts: list[UUID]
) -> None:
    await spread(pool, clock.now())
    due, claim = await begun(pool, clock)
    await batch(pool, clock, due, claim)
    clock.advance(MINUTE)
    later = await new_account(pool, clock.now())
    earlier = await new_account(pool, clock.now() - timedelta(days=1))  # as an import opens it
    while await batch(pool, clock, due, claim):
        pass
    assert earlier < accounts[0] < later
    assert [row[0] for row in await queued(pool, "account_id")] == [*accounts, later]
