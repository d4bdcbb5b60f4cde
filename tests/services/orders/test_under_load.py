"""Guarantees under many concurrent commands (domain rules, sections 3 to 5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import pytest

from app.domain.errors import DomainError
from app.domain.orders.enums import ServiceLevel
from app.services.orders.changing import expedite_order
from app.services.orders.outcome import Outcome
from db.connections import Pool, Record
from db.readers import PoolReader
from db.writer import Writer
from tests.support.clock import FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import LEASE, ZONE, Customer, claim, open_customer, orders
from tests.support.model.client_commands import Place
from tests.support.model.comparison import assert_rows_match_model
from tests.support.model.concurrent import ConcurrentCommands
from tests.support.model.orders import Account
from tests.support.model.production_commands import Claim, Deliver
from tests.support.model.world import Command, World
from tests.support.transactions import in_transaction

pytestmark = pytest.mark.races

Images = Sequence[tuple[UUID, UUID]]


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await open_customer(pool, clock)


def levels(rows: Sequence[Record]) -> dict[str, int]:
    """Count images by the level of their order."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row["service_level"]] += row["image_count"]
    return dict(found)


async def give(pool: Pool, command: Callable[[Writer], Awaitable[Outcome]]) -> Outcome | DomainError:
    """Give a command in a transaction of its own; return its refusal if it has one."""
    try:
        return await in_transaction(pool, command)
    except DomainError as refusal:
        return refusal


@pytest.mark.parametrize("run", range(5))
async def test_fifty_orders_at_once_get_exactly_the_guarantee(customer: Customer, reader: PoolReader, run: int) -> None:
    await asyncio.gather(*(customer.place(10, name=f"{run}-{number}") for number in range(50)))
    rows = await orders(reader, customer)
    assert levels(rows) == {ServiceLevel.STANDARD: 200, ServiceLevel.ADDITIONAL: 300}
    assert [row["first_position"] for row in rows] == list(range(1, 500, 10))
    await assert_consistent(reader, customer)


@pytest.mark.parametrize("run", range(5))
async def test_expedites_at_once_never_get_more_than_the_quota_at_three_hours(
    customer: Customer, reader: PoolReader, run: int
) -> None:
    placed = [await customer.place(5 + run) for _ in range(12)]

    async def expedite(outcome: Outcome) -> object:
        return await give(customer.pool, lambda writer: expedite_order(writer, customer.clock, outcome.orders[0], None))

    answers = await asyncio.gather(*map(expedite, placed))
    assert all(isinstance(answer, Outcome) for answer in answers)
    found = levels(await orders(reader, customer))
    assert found[ServiceLevel.EXPEDITED] == 20
    assert found[ServiceLevel.EXPEDITED_ADDITIONAL] <= 20
    assert sum(found.values()) == 12 * (5 + run)
    await assert_consistent(reader, customer)


async def test_workers_at_once_never_get_one_image(pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(4)]
    for customer in customers:
        await customer.place(20)
        clock.advance()

    async def work(worker: str) -> list[tuple[UUID, UUID]]:
        taken: list[tuple[UUID, UUID]] = []
        while True:
            images = (await claim(pool, clock, worker, 7)).images
            if not images:
                return taken
            taken += images

    held = await asyncio.gather(*(work(f"worker {number}") for number in range(6)))
    assert len({image for images in held for image in images}) == sum(map(len, held)) == 80
    for customer in customers:
        await assert_consistent(PoolReader(pool), customer)


async def test_the_images_of_a_dead_worker_come_back_when_the_claim_ends(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(3)
    first = await claim(pool, clock, "ann", 2)
    second = await claim(pool, clock, "bob", 5)
    assert second.images == [
        image
        for image in await customer.images_of(
            Outcome(clock.now(), [(customer.account_id, await _first_order(customer))])
        )
        if image not in first.images
    ]
    clock.advance(second.until - clock.now())
    assert set((await claim(pool, clock, "cay", 5)).images) == {*first.images, *(await _all_images(customer))}


async def _first_order(customer: Customer) -> UUID:
    rows = await orders(PoolReader(customer.pool), customer)
    first: UUID = rows[0]["id"]
    return first


async def _all_images(customer: Customer) -> Images:
    return await customer.images_of(
        Outcome(customer.clock.now(), [(customer.account_id, await _first_order(customer))])
    )


PREPARATIONS: Sequence[Sequence[Command]] = (
    (),
    (Claim("ann", 4, LEASE),),
    (Claim("ann", 2, LEASE),),
    (Claim("ann", 4, LEASE), Deliver("ann", None, (0, 1), None)),
)
"""Commands on an order of four images before the concurrent ones."""


@pytest.mark.parametrize("seed", range(12))
async def test_commands_on_the_same_images_at_once_end_as_if_one_came_after_the_other(
    pool: Pool, clock: FrozenClock, reader: PoolReader, seed: int
) -> None:
    world = World(clock, [await open_customer(pool, clock, expedites=2)], [Account(clock.now(), ZONE, 200, 2)])
    for command in (Place(0, 4, expedite=False), *PREPARATIONS[seed % len(PREPARATIONS)]):
        await command.give(world)
    rush = ConcurrentCommands(world)
    commands = [
        *(
            rush.cancel(),
            rush.cancel(3),
            rush.cancel(4),
            rush.expedite(),
            rush.expedite(4),
            rush.reject(1),
            rush.reject(1, 2),
        ),
        *(rush.deliver("ann", 1), rush.deliver("ann", 3, 4), rush.produce("bob", 2)),
    ]
    random.Random(seed).shuffle(commands)  # noqa: S311 - a test draws, nobody guesses
    await asyncio.gather(*commands)
    rush.assert_serial()
    await assert_rows_match_model(world)
    await assert_consistent(reader, world.customers[0])
