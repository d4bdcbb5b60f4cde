"""`loupe import`, killed again and again: its commits stay, and it continues from there."""

import asyncio
import json
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from db.connections import Pool
from db.pools import open_pool
from db.queries.import_runs import ended_imports
from db.readers import PoolReader
from tests.app.test_import_command import environment
from tests.support.commands import LOUPE
from tests.support.database import empty_database
from tests.support.import_files import Line, everything
from tests.support.random_files import random_file

pytestmark = pytest.mark.races

SEED = 1
FILES = 6
KILLS = 3
PATIENCE = 60.0
HALO = "\N{HIGH BRIGHTNESS SYMBOL}" * 1_500  # long, so that the file has many batches


def history() -> list[str]:
    """Draw some files of two studios each, of every kind of line, as one of some thousand images."""
    return [text(seed, line) for seed in range(SEED, SEED + FILES) for line in random_file(seed)]


def text(seed: int, line: Line) -> str:
    key = "ref" if line["type"] == "account" else "account"
    return json.dumps(line | {key: f"{line[key]}-{seed}"}).replace('"halo"', json.dumps(HALO))


def started(database: str, path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603
        [LOUPE, "import", str(path)], env=environment(database), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


async def lines_in(pool: Pool) -> int:
    found = await pool.fetchrow("SELECT count(*) FROM import_lines")
    assert found is not None
    lines: int = found[0]
    return lines


async def killed(database: str, path: Path, pool: Pool, lines: int, delay: float) -> None:
    """Start an import and kill it some time after it has so many lines in the database."""
    process = started(database, path)
    patience = time.monotonic() + PATIENCE
    while await lines_in(pool) < lines and process.poll() is None:
        assert time.monotonic() < patience
        await asyncio.sleep(0.002)
    await asyncio.sleep(delay)
    process.kill()
    process.communicate()
    assert process.returncode in {-signal.SIGKILL, 0}  # it may have been done before
    await assert_ended(pool)


async def assert_ended(pool: Pool) -> None:
    """Assert that committed events are final as soon as the server has noticed the end of the session."""
    patience = time.monotonic() + PATIENCE
    while True:
        named = [
            row["account_id"] for row in await pool.fetch("SELECT account_id FROM account_heads WHERE import_run > 0")
        ]
        if (await ended_imports(PoolReader(pool), named)).keys() == set(named):
            return
        assert time.monotonic() < patience
        await asyncio.sleep(0.01)


def finish(database: str, path: Path) -> None:
    """Import until it is done: a transaction of a killed import may end only after the next one has read."""
    for _ in range(10):
        process = started(database, path)
        _, said = process.communicate(timeout=PATIENCE)
        if process.returncode == 0:
            return
        assert b"was changed by someone else meanwhile" in said
    raise AssertionError


async def test_an_import_killed_at_random_has_the_rows_of_one_without_a_kill(server: str, tmp_path: Path) -> None:
    random = Random(SEED)  # noqa: S311 - drawn for tests
    lines = history()
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(lines))
    moments = sorted(random.randrange(len(lines) * 3 // 4) for _ in range(KILLS))
    async with empty_database(server) as database, empty_database(server) as other:
        pool, other_pool = await open_pool(database), await open_pool(other)
        finish(other, path)
        for moment in moments:
            await killed(database, path, pool, moment, random.random() * 0.05)
        finish(database, path)
        assert await everything(pool) == await everything(other_pool)
        await pool.close()
        await other_pool.close()
