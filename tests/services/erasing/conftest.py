"""A customer whose texts are erased."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)
