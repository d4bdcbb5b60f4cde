"""The page of GraphiQL, built."""

from pathlib import Path

import pytest

from tools.node import ROOT
from tools.ui import BUILT, build


@pytest.fixture(scope="session")
def graphiql() -> Path:
    """The folder of the page, which the first test that needs it builds."""
    build()
    return ROOT / BUILT
