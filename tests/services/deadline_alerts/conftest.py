"""Fixtures for tests of periodic jobs."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.studios import Giver, begin


@pytest.fixture
async def giver(pool: Pool, clock: FrozenClock) -> Giver:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await begin(pool, clock)
