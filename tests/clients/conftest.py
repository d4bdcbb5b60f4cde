"""The fixtures of the served API."""

from collections.abc import AsyncGenerator

import pytest

from tests.support.clock import FrozenClock
from tests.support.listening import api_for
from tests.support.serving import app, client_of, counting, http, staff

__all__ = ["app", "client_of", "counting", "http", "staff"]


@pytest.fixture
async def api(database: str, clock: FrozenClock) -> AsyncGenerator[str]:
    """URL of the API, served at a port."""
    async with api_for(database, clock) as url:
        yield url
