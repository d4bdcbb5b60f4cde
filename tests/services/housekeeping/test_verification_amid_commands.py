"""The Pulse and the rows are compared in one snapshot, whatever commands are under way."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.services.accounts.counters import advance_quiet, lock_counters
from app.services.commands import with_retries
from app.services.housekeeping import verification as verifying
from app.services.housekeeping.verification import Verified, verify_accounts
from app.services.orders.changing import cancel_order
from app.services.orders.outcome import Outcome
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import reject_images
from db.connections import Pool
from db.pools import open_pool
from db.queries.pulse_reference import reference_figures
from db.readers import Reader
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver, open_customer
from tests.support.order_states import uploads
from tests.support.transactions import in_transaction
from tests.support.verification import OWNER, a_few_weeks

pytestmark = pytest.mark.usefixtures("logs")

DAY = timedelta(days=1)


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """A studio with orders of four weeks, delivered in part, now and then late, rejected and cancelled."""
    made = await open_customer(pool, clock)
    await a_few_weeks(made, clock)
    return made


async def test_an_account_locked_by_others_is_compared(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [customer.account_id])
        assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)


@pytest.mark.parametrize("read", ["pulse_figures", "streaks", "reference_figures", "reference_streaks"])
async def test_commands_between_the_reads_are_seen_by_neither_side(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    """Orders are placed, which would be open, and a week gets its first upload."""
    clock.advance(7 * DAY)
    reading: Callable[..., Awaitable[object]] = getattr(verifying, read)
    placed: list[Outcome] = []

    async def after_commands(*asked: object) -> object:
        placed.append(await customer.place(3))
        await cancel(customer, await customer.place(2))
        await customer.place(1, expedite=True)
        return await reading(*asked)

    monkeypatch.setattr(verifying, read, after_commands)
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert len(placed) == 2  # once as of the settled instant, once as of the past one
    assert placed[0].at == clock.now()  # which is the settled instant: events at it count later


async def test_a_command_under_way_is_seen_by_neither_side(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[PulseFigures] = []

    async def noting(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        found.extend(await reference_figures(reader, requests))
        return found[-1:]

    monkeypatch.setattr(verifying, "reference_figures", noting)
    new = NewOrder(customer.account_id, "Hats", customer.specification_id, uploads("a.jpg", "b.jpg"), expedite=False)
    await advance_quiet(pool, FrozenClock(clock.now() + MICROSECOND), [customer.account_id])
    async with unit_of_work(pool) as writer:
        await place_order(writer, clock, new)
        verified = await verify_accounts(pool, clock, OWNER, [customer.account_id])
        await writer.commit()
    assert verified == Verified(accounts=1)
    assert found[0].current.uploaded == 20


async def cancel(customer: Customer, placed: Outcome) -> None:
    await in_transaction(customer.pool, partial(cancel_order, clock=customer.clock, key=placed.orders[0]))


@pytest.fixture
async def others(database: str) -> AsyncGenerator[Pool]:
    """A pool for writers."""
    pool = await open_pool(database)
    yield pool
    await pool.close()


async def test_concurrent_writers_cause_no_difference(
    pool: Pool, others: Pool, clock: FrozenClock, customer: Customer
) -> None:
    """Four clients and workers place, cancel, expedite, claim, deliver and reject as fast as they can."""
    ended = asyncio.Event()
    busy = Customer(others, clock, customer.account_id, customer.specification_id)

    turns: list[int] = []

    async def write(seed: int) -> None:
        drawn = random.Random(seed)  # noqa: S311 - drawn for tests
        while not ended.is_set():
            clock.advance(timedelta(milliseconds=7))
            await with_retries(partial(give_something, busy, drawn))
            turns.append(seed)

    writers = [asyncio.create_task(write(seed)) for seed in range(4)]
    proofs = 0
    while proofs < 25 or len(turns) < 25:
        assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
        proofs += 1
    ended.set()
    await asyncio.gather(*writers)
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)


async def give_something(customer: Customer, drawn: random.Random) -> None:
    placed = await customer.place(drawn.randint(1, 6))
    if drawn.random() < 0.2:
        await cancel(customer, placed)
    worker = f"w{drawn.randint(0, 99)}"
    claimed = await claim(customer.pool, customer.clock, worker, drawn.randint(1, 6))
    if claimed.images:
        await deliver(customer.pool, customer.clock, worker, claimed.images)
        reject = partial(reject_images, clock=customer.clock, reasons=dict.fromkeys(claimed.images[:1], HALO))
        await in_transaction(customer.pool, reject)
