"""Guarantees under many concurrent commands (domain rules, sections 3 to 5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import pytest

from app.domain.errors import DomainError
from app.domain.vocabulary import ServiceLevel
from app.services.commands import in_transaction
from app.services.orders.changing import expedite_order
from app.services.orders.outcome import Outcome
from db.connections import Pool, Record
from db.readers import PoolReader
from db.writer import Writer
from tests.support.alike import assert_alike
from tests.support.at_once import Rush
from tests.support.client_commands import Place
from tests.support.clock import FrozenClock
from tests.support.model import Account
from tests.support.production_commands import Claim, Deliver
from tests.support.studios import LEASE, ZONE, Giver, assert_consistent, begin, claim, orders
from tests.support.worlds import Command, World

pytestmark = pytest.mark.races

Images = Sequence[tuple[UUID, UUID]]


@pytest.fixture
async def giver(pool: Pool, clock: FrozenClock) -> Giver:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await begin(pool, clock)


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
async def test_fifty_orders_at_once_get_exactly_the_guarantee(giver: Giver, reader: PoolReader, run: int) -> None:
    await asyncio.gather(*(giver.place(10, name=f"{run}-{number}") for number in range(50)))
    rows = await orders(reader, giver)
    assert levels(rows) == {ServiceLevel.STANDARD: 200, ServiceLevel.ADDITIONAL: 300}
    assert [row["first_position"] for row in rows] == list(range(1, 500, 10))
    await assert_consistent(reader, giver)


@pytest.mark.parametrize("run", range(5))
async def test_expedites_at_once_never_get_more_than_the_quota_at_three_hours(
    giver: Giver, reader: PoolReader, run: int
) -> None:
    placed = [await giver.place(5 + run) for _ in range(12)]

    async def expedite(outcome: Outcome) -> object:
        return await give(giver.pool, lambda writer: expedite_order(writer, giver.clock, outcome.orders[0], None))

    answers = await asyncio.gather(*map(expedite, placed))
    assert all(isinstance(answer, Outcome) for answer in answers)
    found = levels(await orders(reader, giver))
    assert found[ServiceLevel.EXPEDITED] == 20
    assert found[ServiceLevel.EXPEDITED_ADDITIONAL] <= 20
    assert sum(found.values()) == 12 * (5 + run)
    await assert_consistent(reader, giver)


async def test_workers_at_once_never_get_one_image(pool: Pool, clock: FrozenClock) -> None:
    givers = [await begin(pool, clock, name=f"Studio {number}") for number in range(4)]
    for giver in givers:
        await giver.place(20)
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
    for giver in givers:
        await assert_consistent(PoolReader(pool), giver)


async def test_the_images_of_a_dead_worker_come_back_when_the_claim_ends(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    await giver.place(3)
    first = await claim(pool, clock, "ann", 2)
    second = await claim(pool, clock, "bob", 5)
    assert second.images == [
        image
        for image in await giver.images_of(Outcome(clock.now(), [(giver.account_id, await _first_order(giver))]))
        if image not in first.images
    ]
    clock.advance(second.until - clock.now())
    assert set((await claim(pool, clock, "cay", 5)).images) == {*first.images, *(await _all_images(giver))}


async def _first_order(giver: Giver) -> UUID:
    rows = await orders(PoolReader(giver.pool), giver)
    first: UUID = rows[0]["id"]
    return first


async def _all_images(giver: Giver) -> Images:
    return await giver.images_of(Outcome(giver.clock.now(), [(giver.account_id, await _first_order(giver))]))


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
    world = World(clock, [await begin(pool, clock, expedites=2)], [Account(clock.now(), ZONE, 200, 2)])
    for command in (Place(0, 4, expedite=False), *PREPARATIONS[seed % len(PREPARATIONS)]):
        await command.give(world)
    rush = Rush(world)
    commands = [
        *(rush.cancel(), rush.expedite(), rush.expedite(4), rush.reject(1), rush.reject(1, 2)),
        *(rush.deliver("ann", 1), rush.deliver("ann", 3, 4), rush.produce("bob", 2)),
    ]
    random.Random(seed).shuffle(commands)  # noqa: S311 - a test draws, nobody guesses
    await asyncio.gather(*commands)
    rush.assert_serial()
    await assert_alike(world)
    await assert_consistent(reader, world.givers[0])
