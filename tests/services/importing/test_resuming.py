"""However a file is cut into batches or its import cut off, the rows come out the same."""

import asyncio
from collections import Counter

import pytest

from app.services.importing import destination
from app.services.importing.writing import AccountMoved, PreparedBatch, write
from db.connections import Pool, Writer, open_pool
from tests.database import TEMPLATE, temporary_database
from tests.services.importing.files import START, Line, Outcome, change, everything, order, run_import
from tests.services.importing.random_files import random_file


async def _rows_of(server: str, *imports: tuple[list[Line], int]) -> dict[str, list[str]]:
    """Import files one after the other into a database of their own, each in blocks of so many lines."""
    async with temporary_database(server, TEMPLATE) as url:
        pool = await open_pool(url)
        for lines, block_lines in imports:
            assert (await run_import(pool, lines, block_lines=block_lines)).problems == []
        found = await everything(pool)
        await pool.close()
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_batches_of_any_size_and_any_interruption_give_the_same_rows(server: str, seed: int) -> None:
    lines = random_file(seed)
    whole = await _rows_of(server, (lines, 1000))
    assert await _rows_of(server, (lines, 1)) == whole
    assert await _rows_of(server, (lines, 7)) == whole
    assert await _rows_of(server, (lines[:50], 13), (lines[:90], 1000), (lines, 3)) == whole


async def test_random_files_have_every_kind_of_line_and_level(pool: Pool) -> None:
    lines = [line for seed in range(6) for line in random_file(seed)]
    kinds = Counter(line["type"] for line in lines)
    assert min(kinds[kind] for kind in ("order", "expedite", "cancellation", "terms", "timeZone")) >= 6
    await run_import(pool, random_file(0))
    levels = await pool.fetch("SELECT DISTINCT service_level FROM orders")
    assert len(levels) == 5


async def test_a_second_import_of_a_file_knows_every_line_and_changes_nothing(pool: Pool) -> None:
    lines = random_file(0)
    await run_import(pool, lines)
    before = await everything(pool)
    again = await run_import(pool, lines)
    assert (again.problems, again.report.imported.total(), again.report.known) == ([], 0, len(lines))
    assert await everything(pool) == before


async def test_a_line_written_otherwise_is_known_by_what_it_says(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")])
    images = '[{"filename": "o-1-1.jpg", "rejections": [], "deliveredAt": null}]'
    line = f'{{"images":{images},"placedAt":"2026-03-03T11:00:00.0+01:00","expedite":false,"specification":"ghost",'
    line += '"name":"Order o-1","ref":"o-1","account":"acme","type":"order"}'
    again = await run_import(pool, [line])
    assert (again.problems, again.report.known) == ([], 1)


async def test_new_lines_continue_an_account(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")])
    outcome = await run_import(pool, [order("o-2", at="2026-03-03T11:00:00Z")])
    assert outcome.problems == []
    found = await pool.fetch("SELECT number, first_position FROM orders ORDER BY number")
    assert [tuple(row) for row in found] == [(1, 1), (2, 2)]


async def test_an_import_that_dies_between_two_batches_goes_on_from_there(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = random_file(1)
    await run_import(pool, lines, block_lines=10)
    whole = await everything(pool)
    await pool.fetch(f"TRUNCATE {', '.join(whole)} CASCADE")
    batches = 0

    async def dying(writer: Writer, prepared: PreparedBatch) -> None:
        nonlocal batches
        batches += 1
        await write(writer, prepared)
        if batches == 5:
            raise ConnectionResetError

    monkeypatch.setattr(destination, "write", dying)
    with pytest.raises(ConnectionResetError):
        await run_import(pool, lines, block_lines=10)
    monkeypatch.undo()
    count = await pool.fetchrow("SELECT count(*) FROM import_lines")
    assert count is not None
    assert 0 < count[0] < len(lines)
    await run_import(pool, lines, block_lines=10)
    assert await everything(pool) == whole


async def test_an_account_that_someone_else_changes_meanwhile_is_left_alone(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_import(pool, [*START, order("o-1")])

    async def beaten(writer: Writer, prepared: PreparedBatch) -> None:
        await pool.fetch("UPDATE account_heads SET next_order_number = next_order_number + 1")
        await write(writer, prepared)

    before = await everything(pool)
    monkeypatch.setattr(destination, "write", beaten)
    with pytest.raises(AccountMoved, match=r"'acme' was changed by someone else meanwhile; run the import again\."):
        await run_import(pool, [order("o-2")])
    after = await everything(pool)
    assert after | {"account_heads": []} == before | {"account_heads": []}


async def test_two_imports_of_one_file_at_once_make_its_rows_once(pool: Pool) -> None:
    lines = [*START, *(order(f"o-{number}") for number in range(30))]
    both = (run_import(pool, lines, block_lines=5) for _ in range(2))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert all(isinstance(outcome, AccountMoved | Outcome) for outcome in outcomes)
    assert (await run_import(pool, lines)).problems == []
    found = await pool.fetch("SELECT number FROM orders ORDER BY number")
    assert [row["number"] for row in found] == list(range(1, 31))


async def test_what_a_batch_amends_may_be_still_being_written(pool: Pool) -> None:
    lines = [*START, order("o-1", 2), change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["o-1-2.jpg"])]
    lines.append(change("cancellation", "2026-03-03T12:00:00Z", order="o-1"))
    assert (await run_import(pool, lines, block_lines=1)).problems == []
    found = await pool.fetch("SELECT status FROM orders")
    assert [row["status"] for row in found] == ["CANCELLED", "CANCELLED"]
