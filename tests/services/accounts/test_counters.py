import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.vocabulary import Plan
from app.services.accounts.counters import Head, UnknownAccount, advance_heads, lock_heads
from app.services.accounts.opening import create_account
from db.connections import Pool, unit_of_work
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
            images_per_day=50,
            expedites_per_day=5,
        )
        await writer.commit()
    return created


async def test_a_new_account_counts_from_one_and_has_its_creation_behind_it(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        heads = await lock_heads(writer, [account_id], clock)
    now = clock.now()
    assert heads == {account_id: Head(account_id, 1, 2, last_at=now, frontier=now, minutes_since=now, read_at=now)}


async def test_what_was_taken_stays_taken_once_committed(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        head = (await lock_heads(writer, [account_id]))[account_id]
        assert [head.take_event_sequence(), head.take_event_sequence()] == [2, 3]
        head.last_at = head.frontier = clock.advance(HOUR)
        await advance_heads(writer, [head])
        await writer.commit()
    async with unit_of_work(pool) as writer:
        assert await lock_heads(writer, [account_id], clock) == {account_id: replace(head, read_at=clock.now())}


async def test_an_instant_is_after_what_the_account_has(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)
    async with unit_of_work(pool) as writer:
        head = (await lock_heads(writer, [account_id], clock))[account_id]
    now = clock.now()
    assert head.instant == replace(head, read_at=now - HOUR).instant == now + MICROSECOND
    assert replace(head, read_at=now + HOUR).instant == now + HOUR


async def test_a_second_writer_waits_for_the_first(pool: Pool, clock: FrozenClock) -> None:
    account_id = await an_account(pool, clock)

    async def take() -> int:
        async with unit_of_work(pool) as writer:
            head = (await lock_heads(writer, [account_id]))[account_id]
            number = head.take_event_sequence()
            await advance_heads(writer, [head])
            await writer.commit()
        return number

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == list(range(2, 10))


async def test_writers_of_the_same_accounts_never_wait_for_each_other_in_a_circle(
    pool: Pool, clock: FrozenClock
) -> None:
    accounts = [await an_account(pool, clock) for _ in range(3)]

    async def lock(order: list[UUID]) -> None:
        async with unit_of_work(pool) as writer:
            assert list(await lock_heads(writer, order)) == sorted(accounts)

    await asyncio.gather(*(lock(order) for order in (accounts, accounts[::-1]) for _ in range(4)))


async def test_an_account_that_is_not_there_is_refused(pool: Pool) -> None:
    async with unit_of_work(pool) as writer:
        with pytest.raises(UnknownAccount):
            await lock_heads(writer, [UUID(int=1)])
