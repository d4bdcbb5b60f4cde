"""Fixtures for tests of the command line."""

import logging
import os
from collections.abc import Callable, Generator

import pytest
import structlog

from app.cli import main


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Remove the settings of the environment of the tests."""
    for name in [name for name in os.environ if name.startswith("LOUPE_") and not name.startswith("LOUPE_TEST_")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def own_log() -> Generator[None]:
    """Keep the log that a command sets up within the test."""
    root, jobs = logging.getLogger(), logging.getLogger("loupe.jobs")
    handlers, levels = root.handlers[:], (root.level, jobs.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    jobs.setLevel(levels[1])
    structlog.reset_defaults()


@pytest.fixture
def refused(unset: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in this process, which saves a second each; it fails with the sentence that is returned."""
    unset.setattr("signal.signal", lambda *_: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]

    def run(*arguments: str, **settings: str) -> str:
        for name, value in settings.items():
            unset.setenv(name, value)
        unset.setattr("sys.argv", ["loupe", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert (ended.value.code, printed.out) == (1, "")
        assert printed.err.startswith("loupe: ")
        return printed.err.removeprefix("loupe: ").rstrip("\n")

    return run
