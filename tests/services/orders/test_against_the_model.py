"""Random commands at random times: the services have the result of a model of the domain rules in memory."""

from collections.abc import Sequence
from datetime import datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.services.jobs.cursors import ACTIVITY
from db.connections import Pool
from db.readers import PoolReader
from db.tables.base import Table
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import open_customer
from tests.support.database import execute
from tests.support.midnight_jobs import run_jobs
from tests.support.model.client_commands import Confirm, Expedite, Place
from tests.support.model.comparison import assert_rows_match_model
from tests.support.model.orders import Account
from tests.support.model.production_commands import Claim, Deliver
from tests.support.model.random_commands import DAY, DGI, EXPEDITES, HOUR, ZONES, ChangeZone, Wait, WaitUntil, commands
from tests.support.model.world import Command, World

OPENINGS = [
    datetime.fromisoformat("2026-03-10T12:00:00Z"),
    datetime.fromisoformat("2026-03-27T22:30:00Z"),  # a Friday; the clock in Copenhagen changes on Sunday
    datetime.fromisoformat("2026-04-23T20:59:59.999999Z"),  # a Thursday; Cairo's has no Friday 00:00
    datetime.fromisoformat("2026-09-04T18:00:00Z"),  # a Friday; Santiago's clock jumps over Sunday's 00:00
]
CHECK_EVERY = 10
"""Commands after which all rows are compared."""

EMPTY = [f"DELETE FROM {table.name}" for table in reversed(Table.metadata.sorted_tables)]  # noqa: S608 - our own names

ON_TIME_TO_GAIN = [
    Place(0, EXPEDITES, expedite=False),
    WaitUntil(0, "gain", pick=1, after=-1),
    Expedite(0, 0, any_order=False, chosen=(0,)),
    Wait(MICROSECOND),
    Expedite(0, 0, any_order=False, chosen=None),
]

KEPT_DEADLINES = [
    Place(0, 2 * DGI, expedite=True),
    Claim("ann", EXPEDITES + 1, HOUR),
    Deliver("ann", None, None, None),
    Confirm(0, 0, any_order=False, ahead=2 * DAY),  # beyond the guarantee
    Confirm(0, 0, any_order=False, ahead=HOUR),
    Place(0, EXPEDITES, expedite=False),
    Place(0, DGI, expedite=True),
    WaitUntil(0, "deadline", pick=0, after=1),
    Confirm(0, 0, any_order=False, ahead=HOUR),  # void
]
MOVED_AFTER_A_CLAIM = [
    Place(0, 3, expedite=False),
    Claim("ann", 3, HOUR),
    Wait(2 * HOUR),
    Expedite(0, 0, any_order=False, chosen=(0, 1)),  # the expired claim has no event yet
    Claim("bob", 3, HOUR),
]
BACK_AT_MIDNIGHT = [
    Place(0, 3, expedite=False),
    ChangeZone(0, "Africa/Cairo", late=True),
    ChangeZone(0, "Europe/Copenhagen", late=False),
    Place(0, 2, expedite=False),
]
A_SHORT_NIGHT = datetime.fromisoformat("1994-10-31T23:00:00Z")
"""A Monday; in Vostok 09:00 comes in three hours."""


@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    opened_at=st.sampled_from(OPENINGS),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    walk=st.lists(commands(), min_size=15, max_size=60),
)
@example(opened_at=OPENINGS[0], zones=("Europe/Copenhagen", "Africa/Cairo"), walk=ON_TIME_TO_GAIN)
@example(opened_at=OPENINGS[0], zones=("Europe/Copenhagen", "Africa/Cairo"), walk=KEPT_DEADLINES)
@example(opened_at=OPENINGS[0], zones=("Europe/Copenhagen", "Africa/Cairo"), walk=MOVED_AFTER_A_CLAIM)
@example(opened_at=OPENINGS[0], zones=("Europe/Copenhagen", "Europe/Copenhagen"), walk=BACK_AT_MIDNIGHT)
@example(opened_at=A_SHORT_NIGHT, zones=("Antarctica/Vostok", "UTC"), walk=[Place(0, 1, expedite=True)])
async def test_every_walk_through_the_commands_ends_where_the_model_does(
    database: str, pool: Pool, opened_at: datetime, zones: Sequence[str], walk: Sequence[Command]
) -> None:
    await execute(database, *EMPTY)
    await go(await a_world(pool, opened_at, zones), walk)


async def test_moving_at_every_last_moment_never_yields_a_second_allowance(pool: Pool) -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    moves = [ChangeZone(0, zone, late=True) for zone in zones * 4]
    world = await a_world(pool, OPENINGS[0], zones)
    await go(world, [Place(0, DGI, expedite=False), *moves, Place(0, 1, expedite=False)])
    [first, second] = world.accounts[0].orders
    assert second.level == "ADDITIONAL"
    assert second.placed_at - first.placed_at > 4 * DAY


async def go(world: World, walk: Sequence[Command]) -> None:
    """Give all commands, and compare all rows from time to time; then count the days that closed before now."""
    for number, command in enumerate(walk, start=1):
        await command.give(world)
        if number % CHECK_EVERY == 0:
            await assert_rows_match_model(world)
        await run_jobs(world.customers[0].pool, FrozenClock(world.clock.now() - MICROSECOND), [ACTIVITY])
    await assert_rows_match_model(world)
    for customer in world.customers:
        await assert_consistent(PoolReader(customer.pool), customer)


async def a_world(pool: Pool, opened_at: datetime, zones: Sequence[str]) -> World:
    """Begin an account in each zone."""
    clock = FrozenClock(opened_at)
    customers = [await open_customer(pool, clock, zone=zone, images=DGI, expedites=EXPEDITES) for zone in zones]
    return World(clock, customers, [Account(opened_at, zone, DGI, EXPEDITES) for zone in zones])
