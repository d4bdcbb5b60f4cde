"""The settled instant of an account (domain rules, section 1), while live commands, jobs and imports are under way."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from app.clock import SystemClock
from app.services.accounts.counters import (
    RECENT,
    QuietAccounts,
    advance_quiet,
    begin_command,
    lock_counters,
    save_counters,
)
from db.connections import Pool, Statement
from db.queries.accounts import account_histories
from db.readers import PoolReader
from db.settled import settle
from db.writer import Writer, unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.statements import every_statement
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    """An account with its last instant now."""
    return await open_account(pool, Studio(created_at=clock.now()))


async def do_nothing(writer: Writer, clock: FrozenClock, account_id: UUID) -> None:
    counters = await begin_command(writer, clock, account_id)
    counters.last_at = counters.instant
    await save_counters(writer, [counters])


async def last_instant(pool: Pool, account_id: UUID) -> object:
    return await pool.fetch("SELECT last_at FROM account_heads WHERE account_id = $1", account_id)


async def test_the_clock_is_settled_while_no_command_is_under_way(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    began = clock.now()
    now = clock.advance(HOUR)
    settlement = await settle(PoolReader(pool), clock, [studio.id])
    assert (settlement.now, settlement.free) == (now, frozenset({studio.id}))
    assert settlement.instant(studio.id, began) == now


async def test_all_rows_of_the_snapshot_are_before_the_settled_instant(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    settlement = await settle(PoolReader(pool), clock, [studio.id])
    clock.advance(timedelta(milliseconds=5))
    await in_transaction(pool, lambda writer: do_nothing(writer, clock, studio.id))
    history = (await account_histories(PoolReader(pool), [studio.id]))[studio.id]
    assert history.last_at == clock.now()
    assert settlement.instant(studio.id, history.last_at) == clock.now() + MICROSECOND


async def test_while_a_command_is_under_way_the_instant_is_just_after_the_last_one(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    began = clock.now()
    clock.advance(timedelta(milliseconds=900))
    async with unit_of_work(pool) as writer:
        counters = await begin_command(writer, clock, studio.id)
        clock.advance(HOUR)
        settlement = await settle(PoolReader(pool), clock, [studio.id])
        assert settlement.free == frozenset()
        assert settlement.instant(studio.id, began) == began + MICROSECOND <= counters.instant
    assert (await settle(PoolReader(pool), clock, [studio.id])).free == {studio.id}


async def test_jobs_and_imports_that_hold_an_account_keep_no_answer_back(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [studio.id])
        assert (await settle(PoolReader(pool), clock, [studio.id])).free == {studio.id}


async def test_the_accounts_of_a_page_are_settled_by_one_clock(pool: Pool, clock: FrozenClock, studio: Studio) -> None:
    other = await open_account(pool, Studio(name="other", created_at=clock.now()))
    async with unit_of_work(pool) as writer:
        await begin_command(writer, clock, other.id)
        settlement = await settle(PoolReader(pool), clock, [studio.id, other.id, UUID(int=1)])
    assert (settlement.now, settlement.free) == (clock.now(), frozenset({studio.id}))


async def test_no_account_or_one_that_does_not_exist_is_settled_by_the_clock_alone(
    pool: Pool, clock: FrozenClock
) -> None:
    for accounts in ([], [UUID(int=1)]):
        settlement = await settle(PoolReader(pool), clock, accounts)
        assert (settlement.now, settlement.free) == (clock.now(), frozenset())


async def test_a_live_command_on_a_quiet_account_waits_until_that_is_brought_forward(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    now = clock.advance(24 * HOUR)
    async with unit_of_work(pool) as writer:
        with pytest.raises(QuietAccounts) as quiet:
            await begin_command(writer, clock, studio.id)
        assert (await settle(PoolReader(pool), clock, [studio.id])).free == {studio.id}
    assert quiet.value.accounts == {studio.id}
    await advance_quiet(pool, clock, quiet.value.accounts)
    assert (await pool.fetch("SELECT last_at FROM account_heads"))[0][0] == now - MICROSECOND


async def test_many_accounts_are_brought_forward_to_one_instant(pool: Pool) -> None:
    studios = {(await open_account(pool, Studio(name=name))).id for name in ("first", "second", "third")}
    await advance_quiet(pool, SystemClock(), studios)
    assert (await pool.fetch("SELECT count(DISTINCT last_at) FROM account_heads"))[0][0] == 1


async def test_an_account_does_not_become_quiet_while_a_command_is_under_way(pool: Pool, studio: Studio) -> None:
    just_recent = Statement("just_recent", f"UPDATE account_heads SET last_at = now() - {RECENT}")  # noqa: S608
    async with unit_of_work(pool) as writer:
        await writer.execute(just_recent)
        assert (await begin_command(writer, SystemClock(), studio.id)).account_id == studio.id


async def test_answers_read_during_the_first_command_after_a_quiet_day_are_of_just_now(
    pool: Pool, clock: FrozenClock, studio: Studio
) -> None:
    now = clock.advance(24 * HOUR)
    instants: list[object] = []

    async def command(writer: Writer) -> None:
        counters = await begin_command(writer, clock, studio.id)
        instants.append(counters.instant)
        settlement = await settle(PoolReader(pool), clock, [studio.id])
        history = (await account_histories(PoolReader(pool), [studio.id]))[studio.id]
        instants.append(settlement.instant(studio.id, history.last_at))

    await in_transaction(pool, command)
    assert instants == [now, now]


def test_postgres_clock_is_read_only_to_lock_counters_or_settle_an_instant() -> None:
    reading = {each.name for each in every_statement() if re.search(r"clock_timestamp|\bnow\(\)|current_t", each.sql)}
    locking, settling = {"lock_counters", "lock_free_counters", "forward_counters"}, {"settle_account", "settle_page"}
    assert reading == locking | settling | {"client_by_key", "holder_by_token"}  # a key settles its account's, too
