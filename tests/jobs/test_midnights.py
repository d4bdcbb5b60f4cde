"""The worker at midnight: due days are done, by one worker each."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.clock import Clock
from app.services.commands import Overtaken
from app.services.midnight.resets import reset_guarantee
from db.connections import Pool
from jobs.counts import Counts
from tests.support.clock import FrozenClock
from tests.support.workers import COPENHAGEN, Midnight, new_account, next_days, runs, worker

RESET = "reset_guarantee"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CREATED = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIRST_END = datetime(2026, 3, 10, 23, tzinfo=UTC)


async def test_every_day_that_closed_is_done_the_oldest_first(pool: Pool, clock: FrozenClock) -> None:
    await new_account(pool, clock.now())
    await new_account(pool, clock.now(), "Africa/Cairo")
    clock.advance(2 * DAY)
    work = Midnight()
    done = await worker(pool, clock, work).run_due()
    assert done == {RESET: Counts(runs=4, accounts=4)}
    cairo_end = datetime(2026, 3, 10, 22, tzinfo=UTC)
    done_at = [at for at, _ in work.batches]  # two groups are run at once
    assert [set(done_at[:2]), set(done_at[2:])] == [{cairo_end, FIRST_END}, {cairo_end + DAY, FIRST_END + DAY}]
    columns = ("time_zone", "account_id", "date", "scheduled_for", "state", "attempts", "accounts", "failures")
    assert await runs(pool, *columns) == [
        ("Africa/Cairo", None, date(2026, 3, 10), cairo_end, "SUCCEEDED", 1, 1, 0),
        (COPENHAGEN, None, date(2026, 3, 10), FIRST_END, "SUCCEEDED", 1, 1, 0),
        ("Africa/Cairo", None, date(2026, 3, 11), cairo_end + DAY, "SUCCEEDED", 1, 1, 0),
        (COPENHAGEN, None, date(2026, 3, 11), FIRST_END + DAY, "SUCCEEDED", 1, 1, 0),
    ]


async def test_a_day_is_due_from_its_last_instant_on_and_not_before(pool: Pool, clock: FrozenClock) -> None:
    await new_account(pool, clock.now())
    clock.advance(FIRST_END - clock.now() - timedelta(microseconds=1))
    assert await worker(pool, clock, Midnight()).run_due() == {RESET: Counts()}
    assert await runs(pool, "job") == []
    clock.advance()
    assert await worker(pool, clock, Midnight()).run_due() == {RESET: Counts(runs=1, accounts=1)}


async def test_an_instant_in_the_past_leaves_out_later_midnights(pool: Pool, clock: FrozenClock) -> None:
    account = await new_account(pool, clock.now())
    clock.advance(5 * DAY)
    done = await worker(pool, clock, Midnight()).run_due(FIRST_END + DAY)
    assert done == {RESET: Counts(runs=2, accounts=2)}
    assert await next_days(pool) == [(account, FIRST_END + 2 * DAY)]


async def test_more_that_becomes_due_of_a_run_is_done_in_another_attempt(pool: Pool, clock: FrozenClock) -> None:
    await new_account(pool, clock.now())
    clock.advance(DAY)
    await worker(pool, clock, Midnight()).run_due()
    await new_account(pool, CREATED)
    assert await worker(pool, clock, Midnight(), "b").run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "attempts", "owner", "accounts", "state") == [(2, "b", 2, "SUCCEEDED")]


async def test_batches_are_bounded_and_at_most_two_are_in_hand(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.kinds.midnight.BATCH", 3)
    accounts = sorted([await new_account(pool, clock.now()) for _ in range(10)])
    clock.advance(DAY)
    in_hand: list[int] = []
    batches: list[list[UUID]] = []

    async def slow(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
        batches.append(list(account_ids))
        in_hand.append(1)
        most.append(len(in_hand))
        await asyncio.sleep(0.01)
        done = await reset_guarantee(pool, clock, closes_at, account_ids)
        in_hand.pop()
        return done

    most: list[int] = []
    assert await worker(pool, clock, slow).run_due() == {RESET: Counts(runs=1, accounts=10)}
    assert [len(batch) for batch in batches] == [3, 3, 3, 1]
    assert [account for batch in batches for account in batch] == accounts
    assert max(most) == 2


async def test_an_overtaken_claim_tries_again_without_a_failure(pool: Pool, clock: FrozenClock) -> None:
    await new_account(pool, clock.now())
    clock.advance(DAY)
    overtaken = [True, True]

    async def work(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
        if overtaken:
            overtaken.pop()
            raise Overtaken
        return await reset_guarantee(pool, clock, closes_at, account_ids)

    assert await worker(pool, clock, work).run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "account_id", "state", "attempts") == [(None, "SUCCEEDED", 1)]


async def test_an_outage_is_no_failure_of_an_account_and_the_run_is_gone_on_with_at_once(
    pool: Pool, clock: FrozenClock
) -> None:
    account = await new_account(pool, clock.now())
    clock.advance(DAY)
    work = Midnight()
    work.wrong[account] = ConnectionResetError("gone")
    at_work = worker(pool, clock, work)
    with pytest.raises(ConnectionResetError):
        await at_work.run_due()
    assert await runs(pool, "account_id", "state") == [(None, "RUNNING")]
    work.wrong.clear()
    assert await at_work.run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "account_id", "state", "attempts") == [(None, "SUCCEEDED", 2)]


async def test_a_run_of_another_worker_is_left_to_it_until_its_lease_is_over(pool: Pool, clock: FrozenClock) -> None:
    account = await new_account(pool, clock.now())
    clock.advance(DAY)
    work = Midnight()
    work.wrong[account] = ConnectionResetError("gone")
    with pytest.raises(ConnectionResetError):
        await worker(pool, clock, work, "killed").run_due()
    clock.advance(MINUTE - timedelta(microseconds=1))
    assert await worker(pool, clock, Midnight(), "b").run_due() == {RESET: Counts()}
    clock.advance()
    assert await worker(pool, clock, Midnight(), "b").run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await runs(pool, "owner", "state", "attempts") == [("b", "SUCCEEDED", 2)]


async def test_two_at_once_do_every_day_once(pool: Pool, clock: FrozenClock) -> None:
    for zone in (COPENHAGEN, "Africa/Cairo", "America/Havana"):
        await new_account(pool, clock.now(), zone)
    clock.advance(7 * DAY)
    both = [worker(pool, clock, Midnight(), owner).run_due() for owner in ("a", "b")]
    done = await asyncio.gather(*both)
    assert sum(each[RESET].accounts for each in done) == 21
    assert sum(each[RESET].failures for each in done) == 0
    assert [row for row in await runs(pool, "state", "accounts") if row != ("SUCCEEDED", 1)] == []
    events = await pool.fetch("SELECT account_id, at FROM events WHERE type = 'GUARANTEE_RESET'")
    assert len(events) == len({tuple(row) for row in events}) == 21


async def test_a_drained_worker_finishes_the_batches_in_hand_and_leaves_the_rest_to_the_next_at_once(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.kinds.midnight.BATCH", 1)
    for _ in range(5):
        await new_account(pool, clock.now())
    clock.advance(3 * DAY)

    async def work(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
        drained.drain()
        return await reset_guarantee(pool, clock, closes_at, account_ids)

    drained = worker(pool, clock, work)
    done = (await drained.run_due())[RESET]
    assert (done.runs, done.failures) == (1, 0)
    assert done.accounts in {1, 2}  # the other slot may have had one, too
    assert await runs(pool, "state", "lease_until", "accounts") == [("RUNNING", clock.now(), done.accounts)]
    assert await drained.run_due() == {RESET: Counts()}
    left = (await worker(pool, clock, Midnight(), "b").run_due())[RESET]
    assert (left.accounts, left.failures) == (15 - done.accounts, 0)
    assert await runs(pool, "state", "accounts") == [("SUCCEEDED", 5)] * 3


async def test_a_search_without_progress_ends(pool: Pool, clock: FrozenClock) -> None:
    await new_account(pool, clock.now())
    clock.advance(DAY)

    async def idle(_pool: Pool, _clock: Clock, _closes_at: datetime, _account_ids: Sequence[UUID]) -> int:
        return 0

    assert await worker(pool, clock, idle).run_due() == {RESET: Counts(runs=2)}


async def test_accounts_of_a_release_without_jobs_are_begun_with(pool: Pool, clock: FrozenClock) -> None:
    account = await new_account(pool, clock.now())
    await pool.fetch("DELETE FROM job_cursors")
    clock.advance(DAY)
    assert await worker(pool, clock, Midnight()).run_due() == {RESET: Counts(runs=1, accounts=1)}
    assert await next_days(pool) == [(account, FIRST_END + DAY)]
