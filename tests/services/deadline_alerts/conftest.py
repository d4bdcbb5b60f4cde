"""Fixtures for tests of periodic jobs."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await open_customer(pool, clock)
