"""The page of GraphiQL, built, and one that nobody has built."""

from pathlib import Path

import pytest

from app.web import graphiql as served
from tools.node import ROOT
from tools.ui import BUILT, build


@pytest.fixture(scope="session")
def graphiql() -> Path:
    """The folder of the page, which the first test that needs it builds."""
    build()
    return ROOT / BUILT


@pytest.fixture
def unbuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a page that nobody has built."""
    (tmp_path / "package.json").write_text("{}")
    monkeypatch.setattr(served, "_SOURCES", tmp_path)
    return tmp_path
