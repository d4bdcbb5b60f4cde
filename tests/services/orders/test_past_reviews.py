"""Random histories whose reviews are lost get them back from the other rows, as a server of 0.1.0 leaves these."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clock import Clock
from app.services.accounts.counters import lock_counters, save_counters
from app.services.activity import roll_up
from db.connections import Pool
from db.queries.accounts import zones_of_accounts
from db.writer import Writer
from tests.services.orders.test_against_the_model import EMPTY, OPENINGS, a_world
from tests.support.clock import FrozenClock
from tests.support.database import execute
from tests.support.import_files import run_import
from tests.support.model.random_commands import ZONES, commands
from tests.support.model.world import Command
from tests.support.random_files import random_file
from tests.support.transactions import in_transaction

DAY: Final = timedelta(days=1)
TABLES: Final = {"reviews": "image_id, number", "images": "id", "orders": "id", "rollups": "grain, bucket"}
PROMISES: Final = (
    "UPDATE images SET review_by = NULL WHERE review_by IS NOT NULL",
    "UPDATE orders SET review_by = NULL WHERE review_by IS NOT NULL",
)
COUNTED: Final = """
    UPDATE rollups r SET
      met_review = (
        SELECT count(*) FROM reviews w
        WHERE w.account_id = r.account_id AND w.ended_at <= w.due_at AND w.ended_at >= r.bucket
          AND w.ended_at < r.bucket + r.grain * interval '1 minute'),
      late_review = (
        SELECT count(*) FROM reviews w
        WHERE w.account_id = r.account_id AND w.late_at >= r.bucket
          AND w.late_at < r.bucket + r.grain * interval '1 minute')
"""
LOST: Final = {
    "all": ("DELETE FROM reviews", *PROMISES),
    "half of them": ("DELETE FROM reviews WHERE hashtext(image_id::text) % 2 = 0", *PROMISES),
    "every end": (
        """
        UPDATE images i SET review_by = w.due_at FROM reviews w
        WHERE w.account_id = i.account_id AND w.image_id = i.id AND w.number = 1
        """,
        "DELETE FROM reviews",
        "UPDATE orders SET review_by = NULL",
    ),
}
"""What servers of 0.1.0 leave: no reviews; none of later images; the first ones still open."""


async def written(pool: Pool, *, versions: bool = False) -> dict[str, list[str]]:
    """Return the rows of each table; with `versions` each has its own, which every write changes."""
    shown = "t::text, t.xmin::text" if versions else "t::text"
    query = "SELECT {} FROM {} t ORDER BY account_id, {}"
    return {
        table: [str(tuple(row)) for row in await pool.fetch(query.format(shown, table, key))]
        for table, key in TABLES.items()
    }


async def roll_up_all(pool: Pool, clock: Clock) -> None:
    """Roll all closed ledger days of all accounts up, from the first one on."""
    for (account_id,) in await pool.fetch("SELECT id FROM accounts"):
        await in_transaction(pool, partial(_roll_up, clock, account_id))


async def _roll_up(clock: Clock, account_id: UUID, writer: Writer) -> None:
    counters = (await lock_counters(writer, [account_id], clock))[account_id]
    counters.activity_until = None
    zones = (await zones_of_accounts(writer, [account_id]))[account_id]
    while await roll_up(writer, counters, zones, clock.now()):
        pass
    await save_counters(writer, [counters])


async def assert_found_again(database: str, pool: Pool, clock: FrozenClock, lost: str) -> None:
    """Lose reviews, and compare the rows before with those after a roll-up; a second one writes nothing."""
    await roll_up_all(pool, clock)
    before = await written(pool)
    await execute(database, *LOST[lost], COUNTED)
    await roll_up_all(pool, clock)
    assert await written(pool) == before
    versions = await written(pool, versions=True)
    await roll_up_all(pool, clock)
    assert await written(pool, versions=True) == versions


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opened_at=st.sampled_from(OPENINGS),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    walk=st.lists(commands(), min_size=15, max_size=60),
    lost=st.sampled_from(sorted(LOST)),
)
async def test_reviews_of_every_walk_through_the_commands_are_found_again(
    database: str, pool: Pool, opened_at: datetime, zones: Sequence[str], walk: Sequence[Command], lost: str
) -> None:
    await execute(database, *EMPTY)
    world = await a_world(pool, opened_at, zones)
    for command in walk:
        await command.give(world)
    world.clock.advance(2 * DAY)
    never = await written(pool, versions=True)
    await roll_up_all(pool, world.clock)
    assert (await written(pool, versions=True))["reviews"] == never["reviews"]
    await assert_found_again(database, pool, world.clock, lost)


@pytest.mark.parametrize("lost", sorted(LOST))
@pytest.mark.parametrize("seed", range(4))
async def test_reviews_of_imported_orders_are_found_again(database: str, pool: Pool, seed: int, lost: str) -> None:
    await run_import(pool, random_file(seed))
    [(last_at, reviews)] = await pool.fetch("SELECT max(last_at), (SELECT count(*) FROM reviews) FROM account_heads")
    assert reviews > 10
    await assert_found_again(database, pool, FrozenClock(last_at + 2 * DAY), lost)
