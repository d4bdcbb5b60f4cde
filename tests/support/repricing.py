"""Changes of the catalogue, the jobs that follow them, and checks of the versions they make."""

from decimal import Decimal
from functools import partial
from typing import Any

from app.domain.catalogue import Price, StepChange
from app.domain.specifications import SpecificationChange
from app.services.catalogue import set_retouching_step
from app.services.repricing import REPRICE, reprice
from db.connections import Pool
from jobs.kinds.queued import QUEUED
from jobs.registry import Registry
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS
from tests.support.transactions import in_transaction

BOTH = SpecificationChange("Ghost", ("CLIPPING", "SHADOW"), by_client=True)
DEARER = StepChange("SHADOW", price=Price(Decimal("0.60"), "USD"))
SLOWER = StepChange("SHADOW", milliseconds=100_000)
CURRENT = """
    SELECT v.price_per_image, v.currency, v.price_negotiated, v.steps
    FROM specifications s JOIN specification_versions v
      ON v.account_id = s.account_id AND v.specification_id = s.id AND v.version = s.current_version
    WHERE s.archived_at IS NULL
"""
REPRICING = Registry()
REPRICING.register(QUEUED, REPRICE)(reprice)
WAITING = "SELECT 1 FROM queued_jobs UNION ALL SELECT 1 FROM spreads"


async def set_step(pool: Pool, clock: FrozenClock, change: StepChange) -> None:
    await in_transaction(pool, partial(set_retouching_step, clock=clock, change=change, currency="USD"))


async def run_jobs(pool: Pool, clock: FrozenClock) -> None:
    works = await Worker(pool, clock, SETTINGS, "repricing", REPRICING).run_due()
    assert not any(work.failures for work in works.values())


async def current(pool: Pool) -> list[tuple[Any, ...]]:
    return sorted(
        (row["price_per_image"], *(each["milliseconds"] for each in row["steps"])) for row in await pool.fetch(CURRENT)
    )


async def assert_as_in_the_catalogue(pool: Pool) -> None:
    """Assert that each current version has the catalogue's values where it follows it."""
    steps = {row["step"]: row for row in await pool.fetch("SELECT * FROM retouching_steps")}
    for row in await pool.fetch(CURRENT):
        for each in row["steps"]:
            assert each.get("negotiated", True) or each["milliseconds"] == steps[each["step"]]["milliseconds"]
        if not row["price_negotiated"]:
            assert row["price_per_image"] == sum(steps[each["step"]]["price"] for each in row["steps"])
            assert row["currency"] == "USD"


async def assert_each_version_has_one_event(pool: Pool) -> None:
    """Assert that versions count from 1, each with the event that made it."""
    versions = await pool.fetch("SELECT specification_id::text, version FROM specification_versions ORDER BY 1, 2")
    events = await pool.fetch(
        """
        SELECT data->'after'->>'id', (data->'after'->>'version')::int FROM events
        WHERE type = 'SPECIFICATION_CHANGED' ORDER BY 1, 2
        """
    )
    assert [tuple(row) for row in events] == [tuple(row) for row in versions]
    latest = await pool.fetch("SELECT id::text, current_version FROM specifications")
    assert dict(map(tuple, latest)) == dict(map(tuple, versions))
