"""Fixtures for tests of periodic jobs."""

from collections.abc import Generator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await open_customer(pool, clock)


@pytest.fixture
def logs() -> Generator[list[MutableMapping[str, Any]]]:
    """The captured log events."""
    with capture_logs() as captured:
        yield captured
