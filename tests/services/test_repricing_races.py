"""New versions amid kills and concurrency: as the catalogue is in the end, each with one event."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle
from uuid import UUID

import pytest

from app.domain.catalogue import Price
from app.domain.specifications import SpecificationChange
from app.services.specifications import update_specification
from db.connections import Pool
from tests.support.catalogue import SHADOW, write_catalogue
from tests.support.clock import FrozenClock
from tests.support.customers import add_specification
from tests.support.pools import FailingPool, Killed
from tests.support.repricing import (
    BOTH,
    DEARER,
    SLOWER,
    WAITING,
    assert_as_in_the_catalogue,
    assert_each_version_has_one_event,
    run_jobs,
    set_step,
)
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)


@pytest.fixture
async def account(pool: Pool) -> UUID:
    await write_catalogue(pool)
    return (await open_account(pool, Studio())).id


@pytest.mark.races
async def test_workers_killed_at_any_statement_leave_all_accounts_to_the_next_ones(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    accounts = [account, *[(await open_account(pool, Studio(name=str(number)))).id for number in range(2)]]
    for each in accounts:
        await add_specification(pool, clock, each, BOTH)
    changes = cycle([DEARER, SLOWER, replace(DEARER, price=SHADOW.price), replace(SLOWER, milliseconds=1)])
    statements, faltered = 0, True
    while faltered:
        statements += 1
        clock.advance(HOUR)
        await set_step(pool, clock, next(changes))
        failing = FailingPool(pool, statements)
        with suppress(Killed):
            await run_jobs(failing, clock)
        faltered = failing.faltered
    assert statements > 50
    clock.advance(HOUR)
    await run_jobs(pool, clock)
    await assert_as_in_the_catalogue(pool)
    await assert_each_version_has_one_event(pool)
    assert await pool.fetch(WAITING) == []


@pytest.mark.races
async def test_specifications_created_during_changes_of_the_catalogue_end_with_its_last_values(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    """Clients specify, staff set prices and workers reprice at once; then the workers have nothing left to do."""
    other = (await open_account(pool, Studio(name="Other"))).id

    async def specify(account_id: UUID) -> None:
        for number in range(8):
            key = (account_id, await add_specification(pool, clock, account_id, BOTH))
            steps = ("SHADOW",) if number % 2 else ("CLIPPING",)
            change = SpecificationChange(steps=steps, by_client=True)
            await in_transaction(pool, partial(update_specification, clock=clock, key=key, change=change))

    async def change() -> None:
        for milliseconds in range(10):
            await set_step(
                pool, clock, replace(SLOWER, milliseconds=milliseconds, price=Price(Decimal(milliseconds), "USD"))
            )
            await asyncio.sleep(0.01)

    async def work() -> None:
        for _ in range(15):
            await run_jobs(pool, clock)

    async with asyncio.TaskGroup() as group:
        for task in (specify(account), specify(other), change(), work(), work()):
            group.create_task(task)
    clock.advance(HOUR)
    await run_jobs(pool, clock)
    await assert_as_in_the_catalogue(pool)
    await assert_each_version_has_one_event(pool)
