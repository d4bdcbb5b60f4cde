"""Fixtures for tests of the jobs."""

from collections.abc import Generator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def logs() -> Generator[list[MutableMapping[str, Any]]]:
    """What the jobs log, which is written nowhere."""
    with capture_logs() as captured:
        yield captured
