"""Random histories: a watch after an outage emits the alerts of one without it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.services.deadline_alerts.watch import watch_deadlines
from db.connections import Pool
from db.readers import PoolReader
from tests.services.orders.test_against_the_model import EMPTY, OPENINGS, a_world
from tests.support.alerts import MINUTE, Alert, by_instant, delete_alerts, emitted_alerts
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.database import execute
from tests.support.model.client_commands import Confirm, ConfirmPortions, Expedite, Place
from tests.support.model.production_commands import Claim, Deliver, Reject
from tests.support.model.random_commands import DAY, HOUR, ZONES, Wait, WaitUntil, commands
from tests.support.model.world import Command, World

DUE = """
    SELECT due_at FROM orders WHERE due_at IS NOT NULL
    UNION SELECT due_at FROM rejections UNION SELECT due_at FROM reviews
    UNION SELECT review_by FROM images WHERE review_by IS NOT NULL
"""
OVERDUE = """
    SELECT image_id::text, due_at FROM reviews WHERE late_at < $1
    UNION ALL SELECT id::text, review_by FROM images WHERE review_by < $1
    ORDER BY 1, 2
"""
LATE = """
    SELECT order_id, late_at, 'DELIVERY' FROM images WHERE late_at < $1
    UNION
    SELECT i.order_id, r.late_at, 'REDO' FROM rejections r JOIN images i ON i.id = r.image_id WHERE r.late_at < $1
"""
PLANNED = [  # half an hour before they are due, images are split off at the plan level, then get an earlier deadline
    Place(0, 9, expedite=False),
    Wait(19 * HOUR + 30 * MINUTE),
    Place(0, 7, expedite=True),
    Expedite(0, 0, any_order=False, chosen=(1, 2, 3)),
    Wait(MINUTE),
    Confirm(0, 0, any_order=False, ahead=10 * MINUTE),
    Wait(DAY),
]
PORTIONED = [
    *PLANNED[:5],
    ConfirmPortions(0, 0, any_order=False, ahead=10 * MINUTE, counts=(1,), spacing=MINUTE, extra=0),
    Wait(DAY),
]
SENT_BACK = [
    Place(0, 3, expedite=False),
    Deliver("ann", Claim("ann", 3, DAY), (0, 1), None),
    Reject((0,), None, (None,)),
    Wait(4 * MICROSECOND),  # until the instant of this rejection, the fourth command
    Wait(2 * HOUR),
    Reject((1,), None, (None,)),
    Wait(2 * HOUR + 2 * MICROSECOND),  # that image was reported at risk a microsecond ago
    Deliver("ann", Claim("ann", 3, DAY), (0,), None),
    WaitUntil(0, "deadline", 0, 0),
    Deliver("ann", Claim("ann", 3, DAY), None, None),
    Wait(3 * DAY),
]


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opened_at=st.sampled_from(OPENINGS),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    walk=st.lists(commands(), min_size=15, max_size=40),
    lead=st.sampled_from([HOUR, 4 * HOUR, 30 * HOUR]),
)
@example(opened_at=OPENINGS[0], zones=ZONES[:2], walk=PLANNED, lead=HOUR)
@example(opened_at=OPENINGS[0], zones=ZONES[:2], walk=PORTIONED, lead=HOUR)
@example(opened_at=OPENINGS[0], zones=ZONES[:2], walk=SENT_BACK, lead=HOUR)
async def test_a_watch_that_was_down_tells_what_one_tells_that_never_was(
    database: str, pool: Pool, opened_at: datetime, zones: Sequence[str], walk: Sequence[Command], lead: timedelta
) -> None:
    await execute(database, *EMPTY)
    world = await a_world(pool, opened_at, zones)
    await go(world, walk, lead)
    for customer in world.customers:
        await assert_consistent(PoolReader(pool), customer)
    in_time = await emitted_alerts(pool)
    await delete_alerts(database)
    watched = await watch_deadlines(pool, world.clock, opened_at, lead)
    at_once = await emitted_alerts(pool)
    assert by_instant(at_once) == by_instant(in_time)
    assert watched.emitted == len(at_once)
    assert at_once == sorted(at_once, key=lambda each: (each.account_id, each.at))
    missed = {(each.order_id, datetime.fromisoformat(each.data["after"]["dueAt"])) for each in missed_of(at_once)}
    assert missed == {(row[0], row[1]) for row in await pool.fetch(LATE, world.clock.now())}
    assert overdue_of(at_once) == [(row[0], row[1].isoformat()) for row in await pool.fetch(OVERDUE, world.clock.now())]


async def go(world: World, walk: Sequence[Command], lead: timedelta) -> None:
    """Give all commands, and watch at each instant with a possible alert."""
    pool, seen = world.customers[0].pool, world.clock.now()
    for command in walk:
        await command.give(world)
        for at in await instants(world, seen, lead):
            seen = (await watch_deadlines(pool, FrozenClock(at), seen, lead)).until
    await watch_deadlines(pool, world.clock, seen, lead)


async def instants(world: World, since: datetime, lead: timedelta) -> list[datetime]:
    """Return the instants with possible alerts before now, so that the next command can be of now."""
    last = world.clock.now() - MICROSECOND
    due = [row["due_at"] for row in await world.customers[0].pool.fetch(DUE)]
    known = {at + MICROSECOND for deadline in due for at in (deadline - lead, deadline)}
    return [*sorted(at for at in known if since < at < last), last]


def missed_of(events: Sequence[Alert]) -> list[Alert]:
    return [each for each in events if each.type == "DEADLINE_MISSED"]


def overdue_of(events: Sequence[Alert]) -> list[tuple[str, str]]:
    """Return each image of an overdue review, and when that was due."""
    overdue = [each for each in events if each.type == "REVIEW_OVERDUE"]
    return sorted((image, each.data["after"]["dueAt"]) for each in overdue for image in each.data["images"])
