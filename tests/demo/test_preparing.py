"""The demo imports its history again where a start before it was still writing."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.database import CommandFailed
from app.cli.demo import import_demo
from app.clock import SystemClock
from app.demo.folder import DemoFolder
from app.services.imports import AccountMoved, Report, Source
from app.settings import Settings


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return DemoFolder(tmp_path).write_history(1, [{"type": "account", "ref": "demo-fifth"}])


@contextmanager
def closed_source(name: str) -> Generator[Source]:
    """Open a file that is closed after an error, too, which the import leaves to the end of the process."""
    with Path(name).open("rb") as stored:
        yield Source(name, stored, 1)


def importing(monkeypatch: pytest.MonkeyPatch, *outcomes: Report | AccountMoved) -> None:
    """Give each of the next imports its outcome."""
    left = iter(outcomes)

    async def run(*_: object) -> Report:
        outcome = next(left)
        if isinstance(outcome, AccountMoved):
            raise outcome
        return outcome

    monkeypatch.setattr("app.cli.demo.run_import", run)
    monkeypatch.setattr("app.cli.demo.open_source", closed_source)


def test_an_account_that_a_killed_start_still_changed_is_imported_again(
    history: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    importing(monkeypatch, AccountMoved("demo-fifth"), Report(known=1))
    import_demo(history, "postgresql:///loupe", SystemClock(), Settings())
    assert capsys.readouterr().out == "Imported nothing new; 0 images. Known before: 1 line.\n"


def test_a_database_with_another_demo_is_refused_with_the_remedies(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing(monkeypatch, Report(problems=1))
    with pytest.raises(CommandFailed) as refused:
        import_demo(history, "postgresql:///loupe", SystemClock(), Settings())
    assert str(refused.value) == (
        f"The database has studios of another demo than {history}:"
        " set LOUPE_DATA_DIR to its folder, or LOUPE_DATABASE_URL to another database."
    )
