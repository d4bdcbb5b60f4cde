"""The command line: the real command in a process of its own, or within this one if it only refuses."""

import asyncio
import json
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from api.ids import read_global_id
from app.cli.commands import cli
from app.services.api_keys.keys import secret_hash
from db.connections import Record, Statement, connect
from db.readers import PoolReader
from tests.db.test_embedded import fresh_folder
from tests.support.commands import LOUPE, environment

ACME = ("account", "create", "--name", "ACME", "--plan", "ENTERPRISE", "--time-zone", "Europe/Copenhagen")
EITHER = "A key is for an account or for staff: give either --account or --staff."
CLOCK = datetime(2026, 3, 28, 22, 59, 30, tzinfo=UTC)
ACCOUNTS = Statement("accounts", "SELECT * FROM accounts")
TERMS = Statement("terms", "SELECT images_per_day, expedites_per_day FROM sla_versions")
KEYS = Statement("keys", "SELECT account_id, hash FROM api_keys ORDER BY id")


def loupe(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [LOUPE, *arguments], env=environment(settings), capture_output=True, text=True, check=False, timeout=60
    )


def answer(*arguments: str, **settings: str) -> dict[str, str]:
    done = loupe(*arguments, "--json", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    read: dict[str, str] = json.loads(done.stdout)
    return read


async def rows_in(url: str, *tables: str) -> list[Record]:
    connection = await connect(url)
    try:
        return [row for table in tables for row in await connection.fetch(f"SELECT * FROM {table}")]  # noqa: S608
    finally:
        await connection.close()


def address_in(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found is not None
    return found.group()


@contextmanager
def serving(**settings: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run `loupe serve` on a free port, by the option, in place of a wrong setting; yields it and its URL."""
    with subprocess.Popen(  # noqa: S603
        [LOUPE, "serve", "--port", "0"],
        env=environment(settings | {"LOUPE_PORT": "http"}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, address_in(process.stdout.readline())
        finally:
            process.kill()


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    """A data folder whose embedded database is made once."""
    with fresh_folder() as made:
        yield made


async def test_an_account_gets_its_plans_terms_and_a_token(database: str, reader: PoolReader) -> None:
    created = answer(*ACME, "--ref", "acme", "--expedites-per-day", "7", LOUPE_DATABASE_URL=database)
    account_id = read_global_id(created["id"]).account_id
    assert [row["id"] for row in await reader.fetch(ACCOUNTS)] == [account_id]
    assert [tuple(row) for row in await reader.fetch(TERMS)] == [(200, 7)]
    again = answer("token", "create", "--account", "acme", LOUPE_DATABASE_URL=database)
    assert again["id"] == created["id"]
    assert [tuple(row) for row in await reader.fetch(KEYS)] == [(account_id, secret_hash(again["token"]))]


@pytest.mark.usefixtures("unset")
def test_an_account_begins_at_the_set_clock_and_is_named_by_either_of_its_ids(database: str) -> None:
    runner = CliRunner(env={"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2026-03-28T22:59:30Z"})
    created: str = json.loads(runner.invoke(cli, [*ACME, "--json"]).output)["id"]
    account_id = read_global_id(created).account_id
    for name in (created, str(account_id)):
        assert json.loads(runner.invoke(cli, ["token", "create", "--account", name, "--json"]).output)["id"] == created
    (account,) = asyncio.run(rows_in(database, "accounts"))
    assert CLOCK <= account["created_at"] < CLOCK + timedelta(minutes=1)
    keys = asyncio.run(rows_in(database, "api_keys"))
    assert [key["account_id"] for key in keys] == [account["id"], account["id"]] == [account_id, account_id]


@pytest.mark.usefixtures("unset")
def test_a_name_that_a_command_prints_moves_no_other_word(database: str) -> None:
    name = "a\u202egpj.exe"
    runner = CliRunner(env={"LOUPE_DATABASE_URL": database})
    created = runner.invoke(cli, [*ACME[:3], name, *ACME[4:], "--ref", name]).output
    assert created.startswith(f"Account \u2068{name}\u2069: ")
    assert f"  \u2068{name}\u2069  \u2068{name}\u2069  ENTERPRISE" in runner.invoke(cli, ["account", "list"]).output
    shown = json.loads(runner.invoke(cli, ["account", "show", name, "--json"]).output)
    assert (shown["ref"], shown["name"]) == (name, name)


def test_several_commands_share_the_embedded_server_and_the_last_one_stops_it(folder: Path) -> None:
    with serving(LOUPE_DATA_DIR=str(folder)) as (process, url):
        assert answer("token", "create", "--staff", LOUPE_DATA_DIR=str(folder))["token"].startswith("loupe_")
        with urlopen(f"{url}/healthz") as response:  # noqa: S310
            assert response.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert not list(folder.glob("**/postmaster.pid"))


def test_a_terminated_server_ends_in_order(folder: Path) -> None:
    with serving(LOUPE_DATA_DIR=str(folder)) as (process, _):
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM
        assert not list(folder.glob("**/postmaster.pid"))


def test_a_taken_port_is_one_sentence_before_anything_else_is_done(refused: Callable[..., str], tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        error = refused("serve", LOUPE_PORT=str(port), LOUPE_DATA_DIR=str(tmp_path / "data"))
    advice = "end the program that uses it, or choose another by --port or LOUPE_PORT"
    assert error == f"Port {port} of 127.0.0.1 is taken: {advice}."
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*ACME[:-1], "Mars/Olympus"), "'Mars/Olympus' is not an IANA time zone."),
        (
            (*ACME[:5], "GOLD", *ACME[6:]),
            ("--plan is wrong: 'GOLD' is not one of 'SOLO', 'PROFESSIONAL_TRIAL', 'PROFESSIONAL', 'ENTERPRISE'."),
        ),
        (("token", "create", "--account", "nobody"), "There is no account 'nobody'."),
        ((*ACME[:3], " ", *ACME[4:]), "The name must not be blank."),
        ((*ACME[:3], "a" * 256, *ACME[4:]), "The name is longer than 255 characters."),
        ((*ACME, "--ref", "acme \udcff"), "The ref is not written in UTF-8."),
        (("token", "create", "--account", "\udcff"), "--account is not written in UTF-8."),
        (("token", "create"), EITHER),
        (("token", "create", "--account", "acme", "--staff"), EITHER),
        (("unknown",), "No such command 'unknown'."),
    ],
)
def test_a_refused_command_prints_one_sentence_and_changes_nothing(
    database: str, refused: Callable[..., str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert refused(*arguments, LOUPE_DATABASE_URL=database) == sentence
    assert asyncio.run(rows_in(database, "accounts", "tokens", "api_keys")) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"LOUPE_PORT": "http"}, "LOUPE_PORT is wrong: "),
        (
            {"LOUPE_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/loupe"},
            "The database at postgresql://127.0.0.1:1/loupe cannot be reached: ",
        ),
        (
            {"LOUPE_DATABASE_URL": "postgresql://127.0.0.1:1/loupe?user=me&password=secret"},
            "The database at postgresql://127.0.0.1:1/loupe cannot be reached: ",
        ),
        ({"LOUPE_DATABASE_URL": ""}, "LOUPE_DATABASE_URL is empty: "),
        ({"LOUPE_DATABSE_URL": "postgresql://db/loupe"}, "LOUPE_DATABSE_URL is no setting: write LOUPE_DATABASE_URL "),
        (
            {"LOUPE_DATA_DIR": "/dev/null/data"},
            "The data folder /dev/null/data/postgres cannot be used (Not a directory: /dev/null): ",
        ),
    ],
)
def test_a_wrong_setting_is_reported_in_one_sentence(
    refused: Callable[..., str], settings: dict[str, str], sentence: str
) -> None:
    error = refused("migrate", **settings)
    assert error.startswith(sentence)
    assert "\n" not in error
    assert "secret" not in error


def test_a_schema_is_exported_and_passes_its_check(tmp_path: Path) -> None:
    runner = CliRunner()
    file = str(tmp_path / "schema.graphql")
    assert runner.invoke(cli, ["schema", "export", file]).exit_code == 0
    assert runner.invoke(cli, ["schema", "check", file]).output == f"{file} equals the schema of the code.\n"
    assert runner.invoke(cli, ["schema", "export", "-"]).output == Path(file).read_text()


def test_a_stale_schema_fails_the_check_with_its_breaking_changes(refused: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text("type Query { viewer: String!, gone: Int }")
    assert refused("schema", "check", str(file)).splitlines() == [
        f"{file} differs from the schema of the code; `loupe schema export` writes it.",
        "Field Query.gone was removed.",
        "Field Query.viewer changed type from String! to Viewer!.",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{{", "Syntax Error: Expected Name, found '{'."), ("type Query { a: Gone }", "Unknown type 'Gone'.")],
)
def test_a_file_that_is_no_schema_is_reported_in_one_sentence(
    refused: Callable[..., str], tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(text)
    assert refused("schema", "check", str(file)) == f"{file} is no GraphQL schema: {reason}"
