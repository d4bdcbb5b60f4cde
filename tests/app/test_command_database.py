"""The database of a command: what PostgreSQL refuses is one sentence with the place of the embedded one."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from app.cli.database import CommandFailed, database
from app.settings import Settings
from db.failures import MigrationFailed

FULL = 'The database could not be migrated: could not extend file "base/5/1249": No space left on device'


def failure(settings: Settings) -> str:
    with pytest.raises(CommandFailed) as failed, database(settings, "migrate"):
        raise MigrationFailed(FULL)
    return str(failed.value)


def test_a_disk_that_is_full_after_the_start_is_reported_with_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.database.embedded_server", lambda *_, **__: nullcontext("postgresql:///loupe"))  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    hebrew = tmp_path / "\u05d0"
    where = f"the embedded PostgreSQL in \u2068{hebrew}/postgres\u2069"
    assert failure(Settings(data_dir=hebrew)) == f"{FULL} ({where})."
    assert failure(Settings(database_url="postgresql:///loupe")) == f"{FULL}."
