"""`loupe migrate`, `loupe migrate --check` and LOUPE_MIGRATE: who migrates a database, and who only looks."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from db.revisions import Found, MigrationStatus, inspect, known_revisions
from tests.support.database import TEMPLATE, migrate_as_tomorrow, temporary_database

OWN = known_revisions()[0]
AT = f"The database is at this release's revision, {OWN}.\n"
OLDER = f"The database is behind this release's revision, {OWN}: it has none. Run `loupe migrate`."
BEYOND = f"The database is beyond this release's revision, {OWN}: a newer release migrated it to of_tomorrow, and this"
NOBODY = ("token", "create", "--account", "nobody")


@pytest.fixture
async def blank(server: str) -> AsyncGenerator[str]:
    """URL of a database that nobody has migrated."""
    async with temporary_database(server) as url:
        yield url


@pytest.fixture
async def beyond(server: str, tmp_path: Path) -> AsyncGenerator[str]:
    """URL of a database that a newer release has migrated."""
    async with temporary_database(server, TEMPLATE) as url:
        await migrate_as_tomorrow(url, tmp_path)
        yield url


def printed(*arguments: str, **settings: str) -> str:
    """Run a command that succeeds; return its output."""
    done = CliRunner(env=settings).invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("unset")
def test_a_check_names_a_database_that_is_behind_and_changes_nothing_until_it_is_migrated(
    blank: str, refused: Callable[..., str]
) -> None:
    assert refused("migrate", "--check", LOUPE_DATABASE_URL=blank) == OLDER
    assert asyncio.run(inspect(blank)) == Found(None, MigrationStatus.OLDER)
    assert printed("migrate", LOUPE_DATABASE_URL=blank) == AT
    assert printed("migrate", "--check", LOUPE_DATABASE_URL=blank) == AT


@pytest.mark.usefixtures("unset")
def test_a_database_of_a_newer_release_needs_nothing_and_serves_all_commands(
    beyond: str, refused: Callable[..., str]
) -> None:
    for arguments in (("migrate",), ("migrate", "--check")):
        assert printed(*arguments, LOUPE_DATABASE_URL=beyond).startswith(BEYOND)
    for setting in ("auto", "never"):
        error = refused(*NOBODY, LOUPE_DATABASE_URL=beyond, LOUPE_MIGRATE=setting)
        assert error == "There is no account 'nobody'."


def test_commands_that_are_never_to_migrate_refuse_a_database_that_is_behind(
    blank: str, refused: Callable[..., str]
) -> None:
    for arguments in (NOBODY, ("serve",), ("jobs",), ("jobs", "run-due"), ("demo",)):
        assert refused(*arguments, LOUPE_DATABASE_URL=blank, LOUPE_MIGRATE="never", LOUPE_PORT="0") == OLDER
    assert asyncio.run(inspect(blank)) == Found(None, MigrationStatus.OLDER)


@pytest.mark.usefixtures("unset")
def test_loupe_migrate_migrates_even_if_other_commands_never_do(blank: str, refused: Callable[..., str]) -> None:
    never = {"LOUPE_DATABASE_URL": blank, "LOUPE_MIGRATE": "never"}
    assert printed("migrate", **never) == AT
    assert refused(*NOBODY, **never) == "There is no account 'nobody'."


def test_whether_to_migrate_is_auto_or_never(refused: Callable[..., str]) -> None:
    assert refused("migrate", LOUPE_MIGRATE="maybe").startswith("LOUPE_MIGRATE is wrong: ")
