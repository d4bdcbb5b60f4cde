"""LOUPE_READ_ONLY: commands that write refuse before they touch the database, and the others read it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Final

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from db.revisions import MigrationStatus, inspect
from tests.support.commands import commands
from tests.support.database import temporary_database

NOBODY: Final = "postgresql://nobody@127.0.0.1:1/none"
WRITING: Final[dict[str, tuple[str, ...]]] = {
    "serve --with-jobs": (),
    "migrate": (),
    "import": (__file__,),
    "import --check": (__file__,),
    "demo": (),
    "erase": ("--account", "acme", "--before", "2026-03-01"),
    "account create": ("--name", "ACME", "--plan", "SOLO", "--time-zone", "UTC"),
    "key create": ("--staff",),
    "key revoke": ("1",),
    "jobs": (),
    "jobs run-due": (),
    "jobs verify": (),
    "jobs pause": ("prune",),
    "jobs resume": ("prune",),
    "jobs retry": ("reprice_specifications",),
    "jobs drop": ("reprice_specifications",),
}
READING: Final[dict[str, tuple[str, ...]]] = {
    "migrate --check": (),
    "account list": (),
    "erase --dry-run": ("--account", "acme", "--before", "2026-01-01"),
    "account show": ("acme",),
    "key list": (),
    "key show": ("NUMBER",),
    "jobs status": (),
}
WITHOUT_A_DATABASE: Final = {"schema export", "schema check"}


def test_every_command_is_known_to_write_or_not() -> None:
    known = {name.partition(" --")[0] for name in (*WRITING, *READING)} | WITHOUT_A_DATABASE
    assert known - {"jobs"} == {name for name, _ in commands()}


@pytest.mark.parametrize("command", [*WRITING])
def test_a_command_that_writes_is_refused(refused: Callable[..., str], unset: pytest.MonkeyPatch, command: str) -> None:
    unset.setenv("LOUPE_PORT", "0")
    settings = {"LOUPE_READ_ONLY": "true", "LOUPE_DATABASE_URL": NOBODY}
    sentence = refused(*command.split(), *WRITING[command], **settings)
    assert sentence == f"LOUPE_READ_ONLY is true, and `loupe {command}` writes to the database: unset it for that."


@pytest.mark.usefixtures("unset")
def test_a_command_that_reads_does_so(database: str) -> None:
    writing = CliRunner(env={"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2025-12-01T00:00:00Z"})
    assert writing.invoke(cli, ["account", "create", "--ref", "acme", *WRITING["account create"]]).exit_code == 0
    number = str(json.loads(writing.invoke(cli, ["key", "create", "--staff", "--json"]).output)["number"])
    settings = {"LOUPE_CLOCK": "2026-03-01T00:00:00Z", "LOUPE_READ_ONLY": "true"}
    runner = CliRunner(env={"LOUPE_DATABASE_URL": database, **settings})
    for command, arguments in READING.items():
        done = runner.invoke(cli, [*command.split(), *(number if each == "NUMBER" else each for each in arguments)])
        assert (done.exit_code, done.stderr) == (0, ""), command


@pytest.fixture
async def blank(server: str) -> AsyncGenerator[str]:
    """URL of a database that nobody has migrated."""
    async with temporary_database(server) as url:
        yield url


def test_a_read_only_server_migrates_nothing(
    blank: str, refused: Callable[..., str], unset: pytest.MonkeyPatch
) -> None:
    unset.setenv("LOUPE_PORT", "0")
    for command in (("serve",), ("jobs", "status")):
        sentence = refused(*command, LOUPE_READ_ONLY="true", LOUPE_DATABASE_URL=blank)
        assert sentence.endswith("it has none. Run `loupe migrate`.")
    assert asyncio.run(inspect(blank)).status is MigrationStatus.OLDER
