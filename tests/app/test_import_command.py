"""`loupe import`: the real command in a process of its own."""

import asyncio
import gzip
import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.services.imports.session import CHUNK_LINES
from db.connections import connect
from tests.support.commands import LOUPE
from tests.support.commands import environment as settings_alone

ACCOUNT = {"type": "account", "ref": "acme", "name": "ACME", "plan": "SOLO", "timeZone": "UTC"}
SPECIFICATION: dict[str, Any] = {
    "type": "specification",
    "account": "acme",
    "ref": "ghost",
    "name": "Ghost",
    "pricePerImage": "1.45",
    "currency": "USD",
    "steps": [],
}


def order(ref: str, specification: str = "ghost") -> dict[str, Any]:
    line: dict[str, Any] = {"type": "order", "account": "acme", "ref": ref, "name": ref, "specification": specification}
    return line | {"placedAt": "2026-03-03T10:00:00Z", "images": [{"filename": "a.jpg"}, {"filename": "b.jpg"}]}


def text(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


GOOD = text(ACCOUNT, SPECIFICATION, order("o-1"), order("o-2"))
BAD = text(ACCOUNT, SPECIFICATION, order("o-1"), order("o-2", "shadow"), order("o-3"))
IMPORTED = "Imported 1 account, 1 specification, 2 orders; 4 images.\n"


def run_import(database: str, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run the command; return its exit code, standard output and standard error."""
    done = subprocess.run(  # noqa: S603
        [LOUPE, "import", *arguments],
        env=environment(database),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def environment(database: str) -> dict[str, str]:
    return settings_alone({"LOUPE_DATABASE_URL": database, "LOUPE_CLOCK": "2026-06-01T00:00:00Z", "TERM": "xterm"})


async def count(database: str, table: str) -> int:
    connection = await connect(database)
    try:
        (row,) = await connection.fetch(f"SELECT count(*) FROM {table}")  # noqa: S608
    finally:
        await connection.close()
    found: int = row[0]
    return found


async def test_a_good_file_is_summed_up_and_known_the_second_time(database: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD))
    assert run_import(database, str(path)) == (0, IMPORTED, "")
    known = "Imported nothing new; 0 images. Known before: 4 lines.\n"
    assert run_import(database, str(path)) == (0, known, "")
    assert await count(database, "images") == 4


async def test_bad_lines_are_printed_with_file_and_line_and_the_command_fails(database: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(BAD)
    code, out, err = run_import(database, str(path))
    assert code == 1
    assert err == f"{path}:4: specification: there is no specification 'shadow'.\n"
    assert out == (
        "Imported 1 account, 1 specification, 1 order; 2 images."
        " Bad: 1 line, skipped because of it: 1 line. Correct it and run the import again.\n"
    )


async def test_a_retry_says_in_one_line_what_is_in_already(database: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(BAD)
    run_import(database, str(path))
    path.write_bytes(text(ACCOUNT, SPECIFICATION, order("o-1"), order("o-2"), order("o-3")))
    assert run_import(database, str(path)) == (
        0,
        "Imported 2 orders; 4 images. Known before: 3 lines.\n",
        "Lines 1 to 3 were imported before; going on from there.\n",
    )


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_an_import_that_a_signal_ends_says_what_is_in(database: str, ending: signal.Signals, code: int) -> None:
    lines = [ACCOUNT, SPECIFICATION, *(order(f"o-{number}") for number in range(CHUNK_LINES - 2))]
    with subprocess.Popen(  # noqa: S603
        [LOUPE, "import", "-"], env=environment(database), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(text(*lines))
        process.stdin.flush()
        while asyncio.run(count(database, "import_lines")) < len(lines):
            time.sleep(0.05)
        time.sleep(0.2)  # until it has heard of its commit
        process.send_signal(ending)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert said.decode().splitlines()[-1] == (  # a slow machine has shown its progress before
        "Ended early. Imported so far: 1 account, 1 specification, 1,998 orders; 3,996 images."
        " Run the import again: it continues from there."
    )


async def test_a_hyphen_names_standard_input(database: str) -> None:
    code, _, err = run_import(database, "-", stdin=BAD)
    assert (code, err) == (1, "-:4: specification: there is no specification 'shadow'.\n")
    assert await count(database, "orders") == 1


def test_a_pipe_of_unknown_size_may_be_imported(database: str, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen(["sh", "-c", 'cat > "$0"', path], stdin=subprocess.PIPE) as writer:  # noqa: S603, S607
        assert writer.stdin is not None
        writer.stdin.write(gzip.compress(GOOD))
        writer.stdin.close()
        assert run_import(database, str(path)) == (0, IMPORTED, "")


def test_an_empty_file_imports_no_line_and_says_so(database: str) -> None:
    nothing = "Imported nothing: there is no line in it.\n"
    assert run_import(database, "-", stdin=b"\xef\xbb\xbf\n \r\n") == (0, nothing, "")


def test_closed_standard_input_is_reported_in_one_sentence(database: str) -> None:
    done = subprocess.run(  # noqa: S603
        ["sh", "-c", '"$0" import - <&-', LOUPE],  # noqa: S607
        env=environment(database),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"loupe: Standard input is closed.\n")


async def test_a_check_lists_and_changes_nothing(database: str, tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(BAD)
    code, out, err = run_import(database, str(path), "--check")
    assert (code, err) == (1, f"{path}:4: specification: there is no specification 'shadow'.\n")
    assert out == "Checked 5 lines. Bad: 1 line. Nothing was changed.\n"
    assert await count(database, "accounts") == 0


def test_a_missing_file_is_reported_in_one_sentence(database: str) -> None:
    assert run_import(database, "nowhere.jsonl") == (
        1,
        "",
        "loupe: nowhere.jsonl cannot be read: No such file or directory.\n",
    )


def test_a_terminal_shows_a_bar_with_the_rate_and_the_time_left_and_problems_above_it(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "[red]history-with-a-long-name.jsonl"
    path.write_bytes(BAD)
    terminal, side = pty.openpty()
    with subprocess.Popen(  # noqa: S603
        [LOUPE, "import", str(path)],
        env=environment(database) | {"COLUMNS": "80"},
        stdout=subprocess.DEVNULL,
        stderr=side,
    ) as process:
        os.close(side)
        shown = _read(terminal)
    assert process.returncode == 1
    assert f"{path}:4: specification: there is no specification 'shadow'." in shown
    assert re.search(r"\[red\]history-with-a… \S{8,} +100% 2 images, \d+ a second, \d:\d\d:\d\d left", shown)


def _read(terminal: int) -> str:
    """Read the output of a terminal until all writers have closed it."""
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:  # that is how Linux ends a terminal
        pass
    os.close(terminal)
    return re.sub(r"\x1b\[[\d;?]*\w", "", shown.decode())  # without colours
