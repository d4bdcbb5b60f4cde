"""New versions of specifications when the catalogue changes: every account's, once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from app.domain.catalogue import Price, StepChange
from app.services.orders.placing import NewOrder, place_order
from app.services.repricing import follow_catalogue
from app.services.specifications import archive_specification
from db.connections import Pool
from db.queries.retouching_steps import specification_counts_of_steps
from db.readers import PoolReader
from tests.support.catalogue import write_catalogue
from tests.support.clock import FrozenClock
from tests.support.customers import GHOST, add_specification, negotiated
from tests.support.order_states import uploads
from tests.support.pools import CountingPool
from tests.support.repricing import BOTH, DEARER, SLOWER, WAITING, current, run_jobs, set_step
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
VERSIONS = """
    SELECT specification_id, version, price_per_image, currency, steps, price_negotiated, created_at
    FROM specification_versions ORDER BY account_id, specification_id, version
"""
EVENTS = """
    SELECT account_id, sequence, at, data FROM events
    WHERE type = 'SPECIFICATION_CHANGED' AND data ? 'byCatalogue' ORDER BY account_id, sequence
"""


@pytest.fixture
async def account(pool: Pool) -> UUID:
    await write_catalogue(pool)
    return (await open_account(pool, Studio())).id


async def test_a_new_price_makes_new_versions_at_the_instant_of_each_account(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    other = (await open_account(pool, Studio(name="Other"))).id
    made = [await add_specification(pool, clock, each, BOTH) for each in (account, other)]
    clock.advance(HOUR)
    await set_step(pool, clock, DEARER)
    assert [row["version"] for row in await pool.fetch(VERSIONS)] == [1, 1]
    at = clock.advance(HOUR)
    await run_jobs(pool, clock)
    rows = [tuple(row) for row in await pool.fetch(VERSIONS)]
    steps = [
        {"step": "CLIPPING", "milliseconds": 180_000, "negotiated": False},
        {"step": "SHADOW", "milliseconds": 95_500, "negotiated": False},
    ]
    new = [row for row in rows if row[1] == 2]
    assert sorted(row[0] for row in new) == sorted(made)
    assert {row[2:4] for row in new} == {(Decimal("1.55"), "USD")}
    assert all(row[4:6] == (steps, False) for row in rows)
    assert all(timedelta() <= row[6] - at < timedelta(milliseconds=1) for row in new)


async def test_the_events_of_new_versions_say_that_the_catalogue_made_them(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    ids = [await add_specification(pool, clock, account, BOTH) for _ in range(2)]
    await set_step(pool, clock, DEARER)
    clock.advance(HOUR)
    await run_jobs(pool, clock)
    events = await pool.fetch(EVENTS)
    assert [row["sequence"] for row in events] == [4, 5]
    assert {row["at"] for row in events} == {(await pool.fetch(VERSIONS))[-1]["created_at"]}
    assert [row["data"] for row in events] == [
        {
            "before": {"id": str(id_), "version": 1, "pricePerImage": "1.45", "currency": "USD"},
            "after": {"id": str(id_), "version": 2, "pricePerImage": "1.55", "currency": "USD"},
            "byCatalogue": True,
            "version": 2,
        }
        for id_ in sorted(ids)
    ]


async def test_only_specifications_that_follow_the_catalogue_and_differ_from_it_get_a_version(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    price = Price(Decimal(9), "EUR")
    priced = replace(BOTH, price=price, by_client=False)
    timed = replace(BOTH, milliseconds={"SHADOW": 1}, by_client=False)
    for new in (negotiated(GHOST), priced, timed, replace(BOTH, steps=("CLIPPING",))):
        clock.advance()
        await add_specification(pool, clock, account, new)
    archived = await add_specification(pool, clock, account, BOTH)
    await in_transaction(pool, partial(archive_specification, clock=clock, key=(account, archived)))
    before = await current(pool)
    await set_step(pool, clock, DEARER)
    await run_jobs(pool, clock)
    dearer = [row if row != (Decimal("1.45"), 180_000, 1) else (Decimal("1.55"), 180_000, 1) for row in before]
    assert await current(pool) == sorted(dearer)
    await set_step(pool, clock, SLOWER)
    await run_jobs(pool, clock)
    slower = [row if row != (Decimal(9), 180_000, 95_500) else (Decimal(9), 180_000, 100_000) for row in dearer]
    assert await current(pool) == sorted(slower)
    assert len(await pool.fetch(EVENTS)) == 2


async def test_staff_see_beforehand_how_many_specifications_a_change_of_both_values_changes(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    """A change of one value leaves out the specification that has negotiated it."""
    priced = replace(BOTH, price=Price(Decimal(9), "USD"), by_client=False)
    timed = replace(BOTH, milliseconds={"SHADOW": 1}, by_client=False)
    for new in (BOTH, priced, timed, negotiated(GHOST), replace(BOTH, steps=("CLIPPING",))):
        await add_specification(pool, clock, account, new)
    counted = await specification_counts_of_steps(PoolReader(pool), ["SHADOW"])
    changed = list[int]()
    for change in (replace(SLOWER, price=Price(Decimal(2), "USD")), DEARER, replace(SLOWER, milliseconds=1)):
        before = len(await pool.fetch(EVENTS))
        clock.advance()
        await set_step(pool, clock, change)
        await run_jobs(pool, clock)
        changed.append(len(await pool.fetch(EVENTS)) - before)
    assert (counted, changed) == ({"SHADOW": 3}, [3, 2, 2])


async def test_a_step_that_is_archived_still_changes_what_follows_it(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add_specification(pool, clock, account, BOTH)
    await set_step(pool, clock, StepChange("SHADOW", archived=True))
    assert await pool.fetch(WAITING) == []
    await set_step(pool, clock, DEARER)
    await run_jobs(pool, clock)
    assert await current(pool) == [(Decimal("1.55"), 180_000, 95_500)]


@pytest.mark.usefixtures("account")
async def test_a_new_step_or_an_unchanged_one_adds_no_work(pool: Pool, clock: FrozenClock) -> None:
    await set_step(pool, clock, StepChange("DUST", 1, Price(Decimal(1), "USD")))
    await set_step(pool, clock, StepChange("SHADOW", 95_500, Price(Decimal("0.5000"), "USD")))
    assert await pool.fetch(WAITING) == []
    await set_step(pool, clock, SLOWER)
    assert len(await pool.fetch(WAITING)) == 1


async def test_following_again_changes_nothing(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add_specification(pool, clock, account, BOTH)
    await set_step(pool, clock, DEARER)
    for _ in range(3):
        clock.advance()
        await in_transaction(pool, lambda writer: follow_catalogue(writer, clock, account))
    assert [row["version"] for row in await pool.fetch(VERSIONS)] == [1, 2]
    await run_jobs(pool, clock)
    assert [row["version"] for row in await pool.fetch(VERSIONS)] == [1, 2]


async def test_thousands_of_specifications_are_changed_in_a_few_statements(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add_specification(pool, clock, account, BOTH)
    await pool.fetch(
        """
        INSERT INTO specifications SELECT account_id, gen_random_uuid(), 1, created_at, NULL
        FROM specifications, generate_series(2, 3000) RETURNING 1
        """
    )
    await pool.fetch(
        """
        INSERT INTO specification_versions
        SELECT v.account_id, s.id, 1, v.name, v.price_per_image, v.currency, v.steps, v.created_at, false, NULL
        FROM specification_versions v JOIN specifications s ON s.id <> v.specification_id RETURNING 1
        """
    )
    await set_step(pool, clock, DEARER)
    clock.advance(HOUR)
    counting = CountingPool(pool)
    await in_transaction(counting, lambda writer: follow_catalogue(writer, clock, account))
    assert len(counting.statements) <= 12
    assert await current(pool) == [(Decimal("1.55"), 180_000, 95_500)] * 3_000
    assert len(await pool.fetch(EVENTS)) == 3_000


async def test_changes_one_after_the_other_end_with_the_last(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add_specification(pool, clock, account, BOTH)
    for milliseconds in (1, 2, 3):
        await set_step(pool, clock, replace(SLOWER, milliseconds=milliseconds))
    await run_jobs(pool, clock)
    assert await current(pool) == [(Decimal("1.45"), 180_000, 3)]
    assert len(await pool.fetch(EVENTS)) == 1


async def test_existing_orders_keep_their_version_and_new_orders_have_the_new_price(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    id_ = await add_specification(pool, clock, account, BOTH)
    order = NewOrder(account, "Shoes", id_, uploads("a.jpg"), expedite=False)
    await in_transaction(pool, partial(place_order, clock=clock, new=order))
    await set_step(pool, clock, DEARER)
    clock.advance(HOUR)
    await run_jobs(pool, clock)
    await in_transaction(pool, partial(place_order, clock=clock, new=order))
    rows = await pool.fetch("SELECT specification_version, price FROM orders ORDER BY number")
    assert [tuple(row) for row in rows] == [(1, Decimal("1.45")), (2, Decimal("1.55"))]
