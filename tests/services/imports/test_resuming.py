"""The rows are the same for chunks of any size and after any interruption."""

from collections import Counter

import pytest

from app.services.imports import AccountMoved, destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool
from db.pools import open_pool
from db.writer import Writer
from tests.support.database import empty_database
from tests.support.import_files import (
    ACCOUNT,
    SPECIFICATION,
    START,
    UPLOADED,
    Line,
    Listener,
    change,
    everything,
    order,
    run_import,
)
from tests.support.random_files import random_file

NOON = "2026-03-03T12:00:00Z"
EXPEDITES_UNSAID: Line = {"expeditesPerDay": None}


async def _rows_of(server: str, *imports: tuple[list[Line], int]) -> dict[str, list[str]]:
    """Import files one after the other into a database of their own, each in chunks of so many lines."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        for lines, chunk_lines in imports:
            assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
        found = await everything(pool)
        await pool.close()
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_chunks_of_any_size_and_any_interruption_give_the_same_rows(server: str, seed: int) -> None:
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


async def test_a_retry_shows_up_to_which_line_all_were_imported_before(pool: Pool) -> None:
    beta: list[Line] = [ACCOUNT | {"ref": "beta"}, SPECIFICATION | {"account": "beta"}]
    lines = [*START, *beta, *(order(f"o-{number}") for number in range(7)), order("b-1") | {"account": "beta"}]
    bad = [*lines[:8], order("o-4", specification="unknown"), *lines[9:]]
    assert (await run_import(pool, bad, chunk_lines=3)).resumptions == []
    assert (await run_import(pool, bad, chunk_lines=3)).resumptions == [8]
    again = await run_import(pool, lines, chunk_lines=3)
    assert (again.resumptions, again.report.known, again.report.imported.total()) == ([8], 9, 3)
    assert (await run_import(pool, lines)).resumptions == []  # none is new
    assert (await run_import(pool, [order("o-9"), *lines])).resumptions == []


async def test_what_is_committed_is_counted_when_an_import_ends_early(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[PreparedBatch] = []

    async def fail_at_the_third(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        written.append(prepared)
        if len(written) == 3:
            raise OSError("the disk is full")
        await write(writer, prepared, run)

    listener, lines = Listener(), [*START, *(order(f"o-{number}") for number in range(8))]
    monkeypatch.setattr(destination, "write", fail_at_the_third)
    with pytest.raises(OSError, match="the disk is full"):
        await run_import(pool, lines, chunk_lines=3, listener=listener)
    assert listener.in_database.imported == {"account": 1, "specification": 1, "order": 4}
    assert await pool.fetchrow("SELECT count(*) FROM import_lines") == (6,)


async def test_a_second_import_of_a_file_knows_every_line_and_changes_nothing(pool: Pool) -> None:
    lines = random_file(0)
    await run_import(pool, lines)
    before = await everything(pool)
    again = await run_import(pool, lines)
    assert (again.problems, again.report.imported.total(), again.report.known) == ([], 0, len(lines))
    assert await everything(pool) == before


async def test_a_line_written_otherwise_is_known_by_its_content(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")])
    images = '[{"filename": "o-1-1.jpg", "rejections": [], "deliveredAt": null}]'
    line = f'{{"images":{images},"placedAt":"2026-03-03T11:00:00.0+01:00","expedite":false,"specification":"ghost",'
    line += '"name":"Order o-1","ref":"o-1","account":"acme","type":"order"}'
    again = await run_import(pool, [line])
    assert (again.problems, again.report.known) == ([], 1)


SAME_SPECIFICATIONS: list[list[Line]] = [
    [{"pricePerImage": price} for price in ("1.45", "1.450", 1.45, "1.4500000", "0.145e1")],
    [{"pricePerImage": price} for price in ("1000", 1000, 1000.0, "1000.00", "1e3")],
    [{"pricePerImage": price} for price in ("0", 0, 0.0, "-0", "0.000")],
    [{"steps": [{"step": "S", "seconds": seconds}]} for seconds in (95.5, "95.5", "95.50", "95.500", "9.55E1")],
    [{"steps": [{"step": "S", "seconds": seconds}]} for seconds in (180, "180", 180.0, "180.000", 1.8e2)],
]
SAME_LINES: list[list[Line]] = [
    [ACCOUNT, ACCOUNT | {"imagesPerDay": None}, ACCOUNT | {"expeditesPerDay": None, "imagesPerDay": None}],
    [order("o-1", at=at) for at in (UPLOADED, "2026-03-03T10:00:00+00:00", "2026-03-03T10:00:00.000000Z")],
    [order("o-1", at=at) for at in (UPLOADED, "2026-03-03T11:30:00+01:30", "2026-03-02T22:00:00-12:00")],
    [order("o-1"), order("o-1", expedite=False), order("o-1", [{"filename": "o-1-1.jpg", "deadline": None}])],
    [change("cancellation", at, order="o-1") for at in (NOON, "2026-03-03T13:00:00+01:00")],
    [change("expedite", NOON, order="o-1"), change("expedite", NOON, order="o-1", filenames=None)],
    [change("terms", NOON, imagesPerDay=5, effectiveDate="2026-04-01", **more) for more in ({}, EXPEDITES_UNSAID)],
]
OTHER_LINES: list[tuple[Line, Line]] = [
    (SPECIFICATION, SPECIFICATION | {"pricePerImage": "1.4501"}),
    (SPECIFICATION, SPECIFICATION | {"steps": SPECIFICATION["steps"][::-1]}),
    (ACCOUNT, ACCOUNT | {"imagesPerDay": 200}),
    (order("o-1"), order("o-1", at="2026-03-03T10:00:00.000001Z")),
    (order("o-1"), order("o-1", expedite=True)),
]


@pytest.mark.parametrize("parts", SAME_SPECIFICATIONS)
async def test_equal_numbers_are_the_same_however_they_are_written(pool: Pool, parts: list[Line]) -> None:
    first, *others = (SPECIFICATION | part for part in parts)
    await run_import(pool, [ACCOUNT, first, order("o-1")])
    again = await run_import(pool, others)
    assert (again.problems, again.report.known) == ([], len(others))


@pytest.mark.parametrize("lines", SAME_LINES)
async def test_defaults_left_out_or_written_otherwise_are_the_same_content(pool: Pool, lines: list[Line]) -> None:
    await run_import(pool, [*START, *([] if lines[0].get("ref") == "o-1" else [order("o-1")]), lines[0]])
    again = await run_import(pool, lines[1:])
    assert (again.problems, again.report.known) == ([], len(lines) - 1)


@pytest.mark.parametrize(("line", "other"), OTHER_LINES)
async def test_other_values_are_other_content(pool: Pool, line: Line, other: Line) -> None:
    await run_import(pool, [*START, order("o-1")])
    assert (await run_import(pool, [line])).report.known == 1
    (problem,) = (await run_import(pool, [other])).problems
    assert problem.endswith("was imported before with other content")


async def test_a_price_keeps_its_decimals(pool: Pool) -> None:
    prices = ("1.450", "1.4500000", "1e3", "-0.00", 2.5)
    lines = [SPECIFICATION | {"ref": str(index), "pricePerImage": price} for index, price in enumerate(prices)]
    assert (await run_import(pool, [ACCOUNT, *lines])).problems == []
    found = await pool.fetch("SELECT price_per_image::text FROM specification_versions")
    assert sorted(row[0] for row in found) == ["0.00", "1.45", "1.450", "1000", "2.5"]
    stored = await pool.fetch("SELECT data->'after'->>'pricePerImage' FROM events WHERE type = 'SPECIFICATION_CHANGED'")
    assert sorted(row[0] for row in stored) == ["0.00", "1.45", "1.450", "1000", "2.5"]


async def test_new_lines_continue_an_account(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")])
    outcome = await run_import(pool, [order("o-2", at="2026-03-03T11:00:00Z")])
    assert outcome.problems == []
    found = await pool.fetch("SELECT number, first_position FROM orders ORDER BY number")
    assert [tuple(row) for row in found] == [(1, 1), (2, 2)]


async def test_an_import_that_dies_between_two_batches_is_continued_from_there(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = random_file(1)
    await run_import(pool, lines, chunk_lines=10)
    whole = await everything(pool)
    await pool.fetch(f"TRUNCATE {', '.join(whole)} CASCADE")
    batches = 0

    async def dying(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        nonlocal batches
        batches += 1
        await write(writer, prepared, run)
        if batches == 5:
            raise ConnectionResetError

    monkeypatch.setattr(destination, "write", dying)
    with pytest.raises(ConnectionResetError):
        await run_import(pool, lines, chunk_lines=10)
    monkeypatch.undo()
    count = await pool.fetchrow("SELECT count(*) FROM import_lines")
    assert count is not None
    assert 0 < count[0] < len(lines)
    await run_import(pool, lines, chunk_lines=10)
    assert await everything(pool) == whole


async def test_an_account_with_a_concurrent_change_is_not_written(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await run_import(pool, [*START, order("o-1")])

    async def beaten(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        await pool.fetch("UPDATE account_heads SET next_event_sequence = next_event_sequence + 1")
        await write(writer, prepared, run)

    before = await everything(pool)
    monkeypatch.setattr(destination, "write", beaten)
    with pytest.raises(AccountMoved, match=r"'acme' was changed by someone else meanwhile; run the import again\."):
        await run_import(pool, [order("o-2")])
    after = await everything(pool)
    assert after | {"account_heads": []} == before | {"account_heads": []}


async def test_a_batch_may_amend_orders_that_are_still_being_written(pool: Pool) -> None:
    lines = [*START, order("o-1", 2), change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["o-1-2.jpg"])]
    lines.append(change("cancellation", "2026-03-03T12:00:00Z", order="o-1"))
    assert (await run_import(pool, lines, chunk_lines=1)).problems == []
    found = await pool.fetch("SELECT status FROM orders")
    assert [row["status"] for row in found] == ["CANCELLED", "CANCELLED"]
