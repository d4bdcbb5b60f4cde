"""The streams of a command: what they lack is escaped, and nothing that was done is lost by reporting it."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pytest

from app.cli import main
from app.cli.output import json_text
from db.connections import Pool
from db.embedded.binaries import EmbeddedServerError
from tests.app.test_cli import ACME
from tests.app.test_import_command import BAD, GOOD, IMPORTED

PHOTO = ("account", "create", "--name", "\u5199\u771f", "--plan", "SOLO", "--time-zone", "Asia/Tokyo")
ESCAPED = r"\u5199\u771f"
FULL = "No space left on device"
CLOCK = "2026-03-03T12:00:00Z"

pytestmark = pytest.mark.usefixtures("own_log")

HELP = ("--help",), ("serve", "--help"), ("jobs", "--help"), ("--version",)

Run = Callable[..., int]


class Stream(TextIOWrapper):
    """A stream that keeps what is written to it."""

    def __init__(self, encoding: str = "utf-8", *, is_terminal: bool = False) -> None:
        self.kept = BytesIO()
        self.is_terminal = is_terminal
        super().__init__(self.kept, encoding=encoding)

    def isatty(self) -> bool:
        return self.is_terminal

    @property
    def text(self) -> str:
        return self.kept.getvalue().decode(self.encoding)


@pytest.fixture
def run(unset: pytest.MonkeyPatch, database: str) -> Run:
    """Run a command in this process with streams of its own; return its exit code."""
    unset.setattr("signal.signal", lambda *_: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    unset.setenv("LOUPE_DATABASE_URL", database)
    unset.setenv("LOUPE_CLOCK", CLOCK)

    def run(*arguments: str, to: TextIO | None, errors: TextIO | None = None) -> int:
        with pytest.MonkeyPatch.context() as streams:
            streams.setattr("sys.argv", ["loupe", *arguments])
            streams.setattr("sys.stdout", to)
            streams.setattr("sys.stderr", errors)
            with pytest.raises(SystemExit) as ended:
                main()
            if errors is None:
                sys.stderr.close()
        return int(ended.value.code or 0)

    return run


@pytest.fixture
def full() -> Generator[TextIO]:
    """A file on a full disk."""
    with Path("/dev/full").open("w") as file:
        yield file


@pytest.fixture
def unread() -> Generator[TextIO]:
    """A pipe whose reader is gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with suppress(BrokenPipeError), os.fdopen(writing, "w") as pipe:
        yield pipe


async def count(pool: Pool, table: str) -> int:
    return int((await pool.fetch(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
async def test_a_name_that_the_terminal_lacks_is_escaped(run: Run, encoding: str) -> None:
    made, listed, as_json = Stream(encoding), Stream(encoding), Stream(encoding)
    name = PHOTO[3] if encoding == "utf-8" else ESCAPED
    assert await asyncio.to_thread(run, *PHOTO, to=made) == 0
    found = re.match(r"Account (.*): (\S+)\nA key for it: loupe key create --account (\S+)\n$", made.text)
    assert found is not None
    assert (found[1], found[2]) == (name, found[3])
    assert await asyncio.to_thread(run, "account", "list", to=listed) == 0
    assert listed.text.splitlines()[1].split()[:3] == [found[2], "-", name]
    assert await asyncio.to_thread(run, "account", "list", "--json", to=as_json) == 0
    assert [row["name"] for row in json.loads(as_json.text)["accounts"]] == [PHOTO[3]]
    assert as_json.text.isascii() == (encoding != "utf-8")


@pytest.mark.parametrize("is_terminal", [True, False])
async def test_an_import_shows_the_name_of_its_file_on_any_terminal(
    run: Run, tmp_path: Path, unset: pytest.MonkeyPatch, *, is_terminal: bool
) -> None:
    unset.setenv("TERM", "xterm")
    file = tmp_path / f"{PHOTO[3]}.jsonl"
    file.write_bytes(BAD)
    printed, errors = Stream("latin-1"), Stream("latin-1", is_terminal=is_terminal)
    assert await asyncio.to_thread(run, "import", str(file), to=printed, errors=errors) == 1
    assert printed.text.startswith("Imported 1 account")
    assert f"{ESCAPED}.jsonl:4: " in errors.text


async def test_a_log_on_a_terminal_escapes_what_that_lacks(run: Run, unset: pytest.MonkeyPatch) -> None:
    unset.setattr("app.cli.log.shown", lambda *_: PHOTO[3])  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    for is_terminal in (True, False):
        printed, log = Stream(), Stream("ascii", is_terminal=is_terminal)
        assert await asyncio.to_thread(run, "jobs", "run-due", to=printed, errors=log) == 0
        assert ESCAPED in log.text


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(
    ("arguments", "table", "made"), [(PHOTO, "accounts", "account"), (("key", "create", "--staff"), "api_keys", "key")]
)
@pytest.mark.parametrize("fault", ["full", "unread", "closed"])
async def test_what_cannot_be_printed_is_not_created(
    run: Run,
    pool: Pool,
    request: pytest.FixtureRequest,
    fault: str,
    arguments: tuple[str, ...],
    table: str,
    made: str,
    as_json: tuple[str, ...],
) -> None:
    to: TextIO | None = None if fault == "closed" else request.getfixturevalue(fault)
    reason = {"full": FULL, "unread": "Broken pipe", "closed": "it is closed"}[fault]
    errors = Stream()
    assert await asyncio.to_thread(run, *arguments, *as_json, to=to, errors=errors) == 1
    assert errors.text == f"loupe: Standard output cannot be written ({reason}), so no {made} is created.\n"
    assert await count(pool, table) == 0


async def test_a_line_of_what_is_created_ends_once_it_is_committed(
    run: Run, unset: pytest.MonkeyPatch, pool: Pool
) -> None:
    async def commit(_writer: object) -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    unset.setattr("db.writer.Writer.commit", commit)
    printed, errors = Stream(), Stream()
    assert await asyncio.to_thread(run, *PHOTO, to=printed, errors=errors) == 1
    assert not printed.text.endswith("\n")
    assert await count(pool, "accounts") == 0


@pytest.fixture
async def commands(run: Run, tmp_path: Path) -> dict[str, tuple[tuple[str, ...], str]]:
    """Commands that change something, and how their reports begin."""
    made = Stream()
    assert await asyncio.to_thread(run, "key", "create", "--staff", "--json", to=made) == 0
    number: int = json.loads(made.text)["number"]
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    return {
        "key revoke": (("key", "revoke", str(number)), f"number     {number}\n"),
        "migrate": (("migrate",), "The database is at "),
        "import": (("import", str(tmp_path / "good.jsonl")), IMPORTED),
        "run-due": (("jobs", "run-due"), "watch_deadlines: runs 1"),
        "verify": (("jobs", "verify"), "Accounts that agree"),
        "pause": (("jobs", "pause", "prune"), "prune is paused, since "),
        "resume": (("jobs", "resume", "prune"), "prune was not paused."),
    }


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("key revoke", "full"),
        ("key revoke", "unread"),
        ("key revoke", "closed"),
        ("migrate", "full"),
        ("pause", "full"),
        ("resume", "full"),
        ("import", "full"),
        ("run-due", "full"),
        ("verify", "full"),
    ],
)
async def test_a_report_that_cannot_be_printed_goes_to_standard_error_and_the_command_has_succeeded(
    run: Run, request: pytest.FixtureRequest, commands: dict[str, Any], command: str, fault: str
) -> None:
    arguments, beginning = commands[command]
    to: TextIO | None = None if fault == "closed" else request.getfixturevalue(fault)
    errors = Stream()
    assert await asyncio.to_thread(run, *arguments, to=to, errors=errors) == 0
    sentence, _, text = errors.text.partition(", so here is its text.\n")
    assert "loupe: Standard output cannot be written (" in sentence
    assert text.startswith(beginning)


@pytest.mark.parametrize("command", ["key revoke", "migrate", "import", "run-due", "verify", "pause", "resume"])
async def test_a_command_has_reported_before_it_lets_go_of_the_database(
    run: Run, unset: pytest.MonkeyPatch, database: str, commands: dict[str, Any], command: str
) -> None:
    @contextmanager
    def lost_at_the_end(*_: object, **__: object) -> Generator[str]:
        yield database
        raise EmbeddedServerError("It is lost.")

    unset.delenv("LOUPE_DATABASE_URL")
    unset.setattr("app.cli.database.embedded_server", lost_at_the_end)
    arguments, beginning = commands[command]
    printed, errors = Stream(), Stream()
    assert await asyncio.to_thread(run, *arguments, to=printed, errors=errors) == 1
    assert printed.text.startswith(beginning)
    assert errors.text.endswith("loupe: It is lost.\n")


@pytest.mark.parametrize(
    "arguments",
    [("account", "list"), ("account", "list", "--json"), ("schema", "export", "-"), ("migrate", "--check"), *HELP],
)
def test_a_result_that_cannot_be_printed_is_an_error(run: Run, full: TextIO, arguments: tuple[str, ...]) -> None:
    errors = Stream()
    assert run(*arguments, to=full, errors=errors) == 1
    assert errors.text == f"loupe: Standard output cannot be written ({FULL}).\n"


@pytest.mark.parametrize("arguments", [("account", "list"), *HELP])
def test_a_result_for_a_closed_stream_is_an_error(run: Run, arguments: tuple[str, ...]) -> None:
    errors = Stream()
    assert run(*arguments, to=None, errors=errors) == 1
    assert errors.text == "loupe: Standard output cannot be written (it is closed).\n"


@pytest.mark.parametrize("arguments", [("account", "list"), ("schema", "export", "-"), ("--help",)])
def test_a_command_whose_reader_has_read_enough_ends_without_a_word(
    run: Run, unread: TextIO, arguments: tuple[str, ...]
) -> None:
    errors = Stream()
    assert run(*arguments, to=unread, errors=errors) == 1
    assert errors.text == ""


@pytest.mark.parametrize("fault", ["full", "unread", "closed"])
async def test_notes_that_cannot_be_printed_do_not_stop_a_command(
    run: Run, pool: Pool, request: pytest.FixtureRequest, tmp_path: Path, fault: str
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(BAD + BAD)
    errors: TextIO | None = None if fault == "closed" else request.getfixturevalue(fault)
    printed = Stream()
    assert await asyncio.to_thread(run, "import", str(file), to=printed, errors=errors) == 1
    assert printed.text.startswith("Imported 1 account")
    assert await count(pool, "orders") == 1
    assert await asyncio.to_thread(run, *ACME[:-1], "Mars/Olympus", to=Stream(), errors=errors) == 1
    assert await asyncio.to_thread(run, "jobs", "run-due", to=Stream(), errors=errors) == 0


NEXT_NUMBER = """
import os
from app.cli.output import prepare_streams

prepare_streams()
os._exit(os.open(os.devnull, os.O_RDONLY))
"""


def test_no_file_or_connection_gets_the_number_of_a_closed_stream() -> None:
    """A process of its own: in this one the streams are open."""
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', sys.executable, "-c", NEXT_NUMBER], check=False
    )
    assert done.returncode > 2


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_json_for_a_terminal_without_utf8_is_in_ascii(unset: pytest.MonkeyPatch, encoding: str) -> None:
    unset.setattr("sys.stdout", Stream(encoding))
    assert json_text({"name": "\u00e9\U0001f4f7"}) == r'{"name": "\u00e9\ud83d\udcf7"}'


def test_nothing_is_printed_past_the_streams_rules() -> None:
    """No command writes to its streams itself."""
    for file in Path("app/cli").glob("*.py"):
        if file.name != "output.py":
            assert not re.search(r"\becho\(|(?<![.\w])print\(|\bsys\.std(out|err)\b(?!\.isatty)", file.read_text()), (
                file
            )
