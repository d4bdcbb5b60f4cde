import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.counters import Counters, lock_counters, save_counters
from app.services.accounts.finding import UnknownAccount
from app.services.accounts.opening import create_account
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock

HOUR = timedelta(hours=1)


async def an_account(pool: Pool, clock: FrozenClock) -> UUID:
    async with unit_of_work(pool) as writer:
        created = await create_account(
            writer,
            at=clock.now(),
            name="ACME",
            plan=Plan.SOLO,
            time_zone="UTC",
            terms=NegotiableTerms(50, 5),
        )
        await writer.commit()
    return created


async def test_a_new_account_counts_from_one_and_its_last_instant_is_its_creation(
    pool: Pool, clock: FrozenClock
) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, [account_id], clock)
    now = clock.now()
    assert all_counters == {
        account_id: Counters(
            account_id, 1, 2, last_at=now, watermark=now, minutes_since=now, read_at=now, rollups_complete=True
        )
    }


async def test_saved_counters_are_read_again_once_committed(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [account_id]))[account_id]
        counters.next_event_sequence += 2
        counters.last_at = counters.watermark = clock.advance(HOUR)
        await save_counters(writer, [counters])
        await writer.commit()
    async with unit_of_work(pool) as writer:
        assert await lock_counters(writer, [account_id], clock) == {account_id: replace(counters, read_at=clock.now())}


async def test_an_instant_is_after_the_last_one_of_the_account(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [account_id], clock))[account_id]
    now = clock.now()
    assert counters.instant == replace(counters, read_at=now - HOUR).instant == now + MICROSECOND
    assert replace(counters, read_at=now + HOUR).instant == now + HOUR


async def test_a_second_writer_waits_for_the_first(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)

    async def take() -> int:
        async with unit_of_work(pool) as writer:
            counters = (await lock_counters(writer, [account_id]))[account_id]
            number = counters.next_event_sequence
            counters.next_event_sequence += 1
            await save_counters(writer, [counters])
            await writer.commit()
        return number

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == list(range(2, 10))


async def test_writers_of_the_same_accounts_never_wait_for_each_other_in_a_circle(
    pool: Pool, clock: FrozenClock
) -> None:
    accounts = [await an_account(pool, clock) for _ in range(3)]

    async def lock(order: list[UUID]) -> None:
        async with unit_of_work(pool) as writer:
            assert list(await lock_counters(writer, order)) == sorted(accounts)

    await asyncio.gather(*(lock(order) for order in (accounts, accounts[::-1]) for _ in range(4)))


async def test_an_account_that_is_not_there_is_refused(pool: Pool) -> None:
    async with unit_of_work(pool) as writer:
        with pytest.raises(UnknownAccount):
            await lock_counters(writer, [UUID(int=1)])
