"""Fixtures for tests of the jobs."""

from collections.abc import Generator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def logs() -> Generator[list[MutableMapping[str, Any]]]:
    """The captured log events of jobs."""
    with capture_logs() as captured:
        yield captured
