"""Imports at the same time: each line is imported once, and the second import fails with a sentence."""

import asyncio
from collections.abc import Iterable, Sequence
from random import Random

import pytest

from app.services.imports import AccountMoved, destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool, Record, Statement
from db.pools import open_pool
from db.queries.imports import ORDERS_BY_REF
from db.readers import PoolReader
from db.writer import Writer
from tests.support.database import empty_database
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, Line, change, everything, order, rows, run_import
from tests.support.random_files import random_file

pytestmark = pytest.mark.races

LATER = "2026-03-03T11:00:00Z"
WRONG_COUNTERS = """
    SELECT h.account_id FROM account_heads h JOIN events e ON e.account_id = h.account_id
     GROUP BY h.account_id, h.next_event_sequence HAVING h.next_event_sequence <> max(e.sequence) + 1"""
BETA: list[Line] = [ACCOUNT | {"ref": "beta", "name": "Beta"}, SPECIFICATION | {"account": "beta"}]


def specifications(*refs: str) -> list[Line]:
    return [SPECIFICATION | {"ref": ref, "name": ref} for ref in refs]


def orders(*refs: str) -> list[Line]:
    return [order(ref, 2, LATER) for ref in refs]


async def persistently(url: str, lines: list[Line], pause: float, chunk_lines: int) -> None:
    """Import lines by connections of their own, repeated until there is no conflict."""
    pool = await open_pool(url, max_size=2)
    try:
        await asyncio.sleep(pause)
        for _ in range(1000):
            try:
                outcome = await run_import(pool, lines, chunk_lines=chunk_lines)
            except AccountMoved:
                continue
            assert outcome.problems == []
            return
    finally:
        await pool.close()
    raise AssertionError


async def raced(server: str, before: Iterable[Line], files: Sequence[list[Line]], seed: int) -> dict[str, list[str]]:
    """Import files at the same time into a database with earlier lines; return all rows."""
    random = Random(seed)  # noqa: S311 - drawn for tests
    async with empty_database(server) as url:
        await persistently(url, [*before], 0, 1000)
        pauses = [random.random() * 0.05 for _ in files]
        sizes = [random.choice([3, 10, 1000]) for _ in files]
        await asyncio.gather(*map(persistently, [url] * len(files), files, pauses, sizes))
        pool = await open_pool(url)
        found = await everything(pool)
        assert await rows(pool, WRONG_COUNTERS) == []
        await pool.close()
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_one_file_imported_three_times_at_once_is_stored_once(server: str, seed: int) -> None:
    lines = [*START, *BETA, *orders(*(f"o-{number}" for number in range(40))), *specifications("a", "b", "c")]
    assert await raced(server, [], [lines] * 3, seed) == await raced(server, [], [lines], seed)


@pytest.mark.parametrize("seed", range(2))
async def test_specifications_of_two_files_at_once_are_all_stored(server: str, seed: int) -> None:
    files = [specifications(*(f"{file}{number}" for number in range(30))) for file in "ab"]
    begun = [[*START, *orders("o-1")], [*START]][seed]
    assert await raced(server, begun, files, seed) == await raced(server, begun, [[*files[0], *files[1]]], seed)


@pytest.mark.parametrize("seed", range(2))
async def test_specifications_and_orders_at_once_are_all_stored(server: str, seed: int) -> None:
    files = [specifications(*(f"a{number}" for number in range(30))), orders(*(f"o-{number}" for number in range(30)))]
    begun = [*START, order("o", at=LATER)]
    assert await raced(server, begun, files, seed) == await raced(server, begun, [[*files[0], *files[1]]], seed)


@pytest.mark.parametrize("seed", range(2))
async def test_a_file_of_every_kind_of_line_twice_at_once_has_no_bad_line(server: str, seed: int) -> None:
    lines = random_file(seed)
    assert await raced(server, [], [lines] * 2, seed) == await raced(server, [], [lines], seed)


async def first_of_two(pool: Pool, monkeypatch: pytest.MonkeyPatch, *files: list[Line]) -> list[str]:
    """Import two files that are both read before either is written; return their problems or the text of an error."""
    both_are_read = asyncio.Barrier(len(files))

    async def meeting(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        await both_are_read.wait()
        await write(writer, prepared, run)

    monkeypatch.setattr(destination, "write", meeting)
    outcomes = await asyncio.gather(*(run_import(pool, lines) for lines in files), return_exceptions=True)
    monkeypatch.undo()
    return sorted(str(outcome) if isinstance(outcome, BaseException) else "done" for outcome in outcomes)


@pytest.mark.parametrize(
    ("before", "files"),
    [
        ([], [[*START], [*START]]),
        (START, [specifications("a"), specifications("a")]),
        (START, [specifications("a"), specifications("b")]),
        (START, [specifications("a"), [order("o-1")]]),
        ([*START, order("o-1")], [specifications("a"), [order("o-2")]]),
        ([*START, order("o-1")], [specifications("a"), [change("cancellation", LATER, order="o-1")]]),
    ],
)
async def test_of_two_imports_that_read_the_same_state_the_second_fails_with_a_sentence(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, before: list[Line], files: list[list[Line]]
) -> None:
    await run_import(pool, before)
    said = await first_of_two(pool, monkeypatch, *files)
    assert said == ["The account 'acme' was changed by someone else meanwhile; run the import again.", "done"]
    for lines in files:
        assert (await run_import(pool, lines)).problems == []


async def test_new_accounts_are_added_in_one_order_so_that_imports_do_not_deadlock(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"account-{number}" for number in range(40)]
    files = [[ACCOUNT | {"ref": name} for name in order] for order in (names, names[::-1])]
    said = await first_of_two(pool, monkeypatch, *files)
    assert said == ["The account 'account-0' was changed by someone else meanwhile; run the import again.", "done"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_transaction_that_the_server_ends_because_of_another_fails_with_a_sentence(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    async def ended(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        await write(writer, prepared, run)
        await pool.fetch(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$")

    monkeypatch.setattr(destination, "write", ended)
    with pytest.raises(AccountMoved, match=r"^An account of the file was changed by someone else meanwhile; run "):
        await run_import(pool, START)


async def test_a_line_is_not_shown_as_bad_because_of_a_concurrent_change(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_import(pool, [*START, order("o-1")])
    cancellation = change("cancellation", LATER, order="o-1")

    class Overtaken(PoolReader):
        """Cancels the order just before it is read."""

        async def fetch(self, statement: Statement, *args: object) -> list[Record]:
            if statement is ORDERS_BY_REF:
                monkeypatch.undo()
                await run_import(pool, [cancellation])
            return await super().fetch(statement, *args)

    monkeypatch.setattr(destination, "PoolReader", Overtaken)
    with pytest.raises(AccountMoved):
        await run_import(pool, [cancellation])
    assert (await run_import(pool, [cancellation])).report.known == 1
