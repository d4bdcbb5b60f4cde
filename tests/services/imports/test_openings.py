"""An account is opened at its first instant, in whichever file or line it is."""

from datetime import UTC, date, datetime

import pytest

from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from db.connections import Pool
from db.pools import open_pool
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND
from tests.support.database import empty_database
from tests.support.import_files import (
    ACCOUNT,
    NOW,
    SPECIFICATION,
    START,
    UPLOADED,
    Line,
    change,
    everything,
    order,
    rows,
    run_import,
)
from tests.support.random_files import random_file

FIRST = datetime(2026, 3, 3, 10, tzinfo=UTC)
LATER = "2026-03-03T11:00:00Z"
RECENT = "2026-05-20T10:17:00Z"
SHADOW = SPECIFICATION | {"ref": "shadow"}
MOVED = change("timeZone", UPLOADED, timeZone="Pacific/Auckland")
INQUIRY = change("inquiry", UPLOADED, ref="q-1", topic="SUPPORT", text="When?")
TERMS = change("terms", UPLOADED, imagesPerDay=3, effectiveDate="2026-03-04")
OPENINGS = """
    SELECT a.created_at, p.starts_at, v.negotiated_at, h.frontier, h.last_at
      FROM accounts a
      JOIN time_zone_periods p ON p.account_id = a.id
      JOIN sla_versions v ON v.account_id = a.id AND v.version = 1
      JOIN account_heads h ON h.account_id = a.id"""


async def rows_after(server: str, *files: list[Line], chunk_lines: int = 1000) -> dict[str, list[str]]:
    """Import files one after the other into a database of their own; return all rows."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        for lines in files:
            assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
        found = await everything(pool)
        await pool.close()
    return found


@pytest.mark.parametrize(
    "lines",
    [
        [order("o-1"), order("o-2", at=LATER)],
        [order("o-1", at=RECENT)],
        [SHADOW, order("o-1", specification="shadow")],
        [order("o-1"), SHADOW, order("o-2", at=LATER, specification="shadow")],
        [TERMS, order("o-1")],
        [MOVED, order("o-1")],
        [MOVED, SHADOW, change("timeZone", LATER, timeZone="Africa/Cairo"), order("o-1", at=LATER)],
    ],
    ids=lambda lines: " ".join(line["type"] for line in lines),
)
async def test_accounts_of_one_file_are_opened_at_the_first_instant_of_a_later_file(
    server: str, lines: list[Line]
) -> None:
    whole = await rows_after(server, [*START, *lines])
    assert await rows_after(server, [*START], lines, chunk_lines=2) == whole
    assert await rows_after(server, [ACCOUNT], [*START, *lines]) == whole


@pytest.mark.parametrize("seed", range(2))
async def test_the_accounts_of_a_random_file_may_be_imported_before_it(server: str, seed: int) -> None:
    lines = random_file(seed)
    accounts = [line for line in lines[:4] if line["type"] == "account"]
    assert await rows_after(server, accounts, lines[:4], lines, chunk_lines=9) == await rows_after(server, lines)


async def test_all_rows_of_an_opening_move_back_with_it(pool: Pool) -> None:
    await run_import(pool, START)
    assert await rows(pool, OPENINGS) == [(NOW,) * 5]
    assert (await run_import(pool, [order("o-1")])).problems == []
    withdrawn_at = NOW + MICROSECOND
    assert await rows(pool, OPENINGS) == [(*[FIRST] * 4, withdrawn_at)]
    assert await rows(pool, "SELECT effective_date FROM sla_versions") == [(date(2026, 3, 3),)]
    for table in ("specifications", "specification_versions"):
        assert await rows(pool, f"SELECT created_at FROM {table}") == [(FIRST,)]  # noqa: S608
    assert await rows(pool, "SELECT sequence, at, type, withdrawn_by FROM events ORDER BY sequence") == [
        (1, NOW, "ACCOUNT_CREATED", 3),
        (2, NOW, "SPECIFICATION_CHANGED", 4),
        (3, withdrawn_at, "EVENT_WITHDRAWN", None),
        (4, withdrawn_at, "EVENT_WITHDRAWN", None),
        (5, FIRST, "ACCOUNT_CREATED", None),
        (6, FIRST, "SPECIFICATION_CHANGED", None),
        (7, FIRST, "ORDER_PLACED", None),
    ]


async def test_minutes_are_counted_from_the_moved_opening_on(pool: Pool) -> None:
    await run_import(pool, START)
    await run_import(pool, [order("o-1", at=RECENT)])
    since = datetime.fromisoformat(RECENT)
    assert await rows(pool, "SELECT minutes_since FROM account_heads") == [(since,)]
    query = "SELECT bucket, uploaded FROM rollups WHERE grain = 1 AND uploaded > 0"
    assert await rows(pool, query) == [(since, 1)]


async def test_a_moved_opening_keeps_the_last_instant_that_others_have_read(pool: Pool) -> None:
    await run_import(pool, START)
    await pool.fetch("UPDATE account_heads SET last_at = $1", NOW.replace(day=2))
    await run_import(pool, [order("o-1")])
    withdrawn_at = NOW.replace(day=2) + MICROSECOND
    assert await rows(pool, "SELECT frontier, last_at FROM account_heads") == [(FIRST, withdrawn_at)]


async def test_an_opening_before_the_first_instant_of_a_later_file_does_not_move(pool: Pool) -> None:
    await run_import(pool, START)
    assert (await run_import(pool, [order("o-1", at="2026-06-02T00:00:00Z")], now=NOW.replace(day=3))).problems == []
    assert await rows(pool, "SELECT created_at FROM accounts") == [(NOW,)]


async def test_a_first_line_that_is_refused_moves_nothing(pool: Pool) -> None:
    await run_import(pool, START)
    before = await everything(pool)
    outcome = await run_import(pool, [SHADOW | {"ref": "ghost"}, order("o-1", specification="unknown"), order("o-2")])
    assert len(outcome.problems) == 1
    assert (await run_import(pool, [order("o-1", specification="unknown"), order("o-2")])).report.skipped == 1
    assert await everything(pool) == before


async def test_a_check_moves_no_opening_and_finds_later_bad_lines(pool: Pool) -> None:
    await run_import(pool, START)
    before = await everything(pool)
    outcome = await run_import(pool, [order("o-1", at=LATER), order("o-2", at=UPLOADED)], check=True)
    assert outcome.problems == [
        "2: placedAt: is before 2026-03-03T11:00:00Z, the last instant of account 'acme' so far"
    ]
    assert await everything(pool) == before


@pytest.mark.parametrize(
    "first",
    [order("o-1", at=LATER), *(line | {"at": LATER} for line in (TERMS, MOVED, INQUIRY))],
    ids=lambda line: line["type"],
)
async def test_an_opening_moves_back_once(pool: Pool, first: Line) -> None:
    await run_import(pool, START)
    await run_import(pool, [first])
    for lines in ([order("o-2")], [*START, order("o-2")]):
        (problem,) = (await run_import(pool, lines)).problems
        assert "placedAt: is before 2026-03-03T11:00:00Z" in problem


@pytest.mark.parametrize("first", [order("o-1"), INQUIRY], ids=lambda line: line["type"])
async def test_no_zone_is_set_at_the_instant_of_the_line_that_opened_the_account(pool: Pool, first: Line) -> None:
    await run_import(pool, [*START, first])
    before = await everything(pool)
    (problem,) = (await run_import(pool, [MOVED])).problems
    assert problem == "1: at: is the instant at which the account's time zone was set before"
    assert await everything(pool) == before


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_an_inquiry_opens_its_account_however_the_file_is_cut(pool: Pool, chunk_lines: int) -> None:
    others = [line | {"ref": "other"} if line is ACCOUNT else line | {"account": "other"} for line in START]
    between = [line | {"account": "other"} for line in (order("o-1"), order("o-2"))]
    lines = [*START, *others, INQUIRY, *between, MOVED | {"at": "2026-03-02T10:00:00Z"}]
    (problem,) = (await run_import(pool, lines, chunk_lines=chunk_lines)).problems
    assert problem == "8: at: is before 2026-03-03T10:00:00Z, the last instant of account 'acme' so far"
    due_at = FIRST.replace(hour=15)
    query = "SELECT a.created_at, a.time_zone, q.due_at FROM accounts a JOIN inquiries q ON q.account_id = a.id"
    assert await rows(pool, query) == [(FIRST, "Europe/Copenhagen", due_at)]


async def test_the_opening_of_an_account_that_was_not_imported_never_moves(pool: Pool) -> None:
    async with unit_of_work(pool) as writer:
        names = {"name": "ACME", "plan": Plan.SOLO, "time_zone": "UTC", "ref": "acme"}
        await create_account(writer, at=NOW, terms=NegotiableTerms(1, 1), **names)  # type: ignore[arg-type]
        await writer.commit()
    for line in (order("o-1"), MOVED, TERMS):
        (problem,) = (await run_import(pool, [SPECIFICATION, line])).problems
        assert "is before 2026-06-01T00:00:00Z, the last instant" in problem
    (problem,) = (await run_import(pool, [MOVED | {"at": "2026-06-01T00:00:00Z"}])).problems
    assert problem == "1: at: is the instant at which the account's time zone was set before"
    assert await rows(pool, "SELECT created_at, time_zone FROM accounts") == [(NOW, "UTC")]


async def test_an_account_without_a_ref_cannot_be_named(pool: Pool) -> None:
    async with unit_of_work(pool) as writer:
        terms = NegotiableTerms(1, 1)
        names = {"name": "acme", "plan": Plan.SOLO, "time_zone": "UTC"}
        id_ = await create_account(writer, at=FIRST, terms=terms, **names)  # type: ignore[arg-type]
        await writer.commit()
    for name in ("acme", str(id_), ""):
        outcome = await run_import(pool, [order("o-1") | {"account": name}])
        assert len(outcome.problems) == 1
    assert await rows(pool, "SELECT 1 FROM orders") == []


@pytest.mark.parametrize("chunk_lines", [1, 1000])
@pytest.mark.parametrize("files", [[[*START, MOVED, order("o-1")]], [[*START], [MOVED, order("o-1")]]])
async def test_a_move_at_the_first_instant_is_the_first_zone(
    pool: Pool, files: list[list[Line]], chunk_lines: int
) -> None:
    for lines in files:
        assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    assert await rows(pool, "SELECT created_at, time_zone FROM accounts") == [(FIRST, "Pacific/Auckland")]
    assert await rows(pool, "SELECT starts_at, time_zone FROM time_zone_periods") == [(FIRST, "Pacific/Auckland")]
    assert await rows(pool, "SELECT version, effective_date FROM sla_versions") == [(1, date(2026, 3, 3))]
    query = "SELECT opens_at, closes_at FROM ledger_days"
    assert await rows(pool, query) == [(FIRST.replace(day=2, hour=11), FIRST.replace(hour=11))]
    query = "SELECT at, data->'before'->>'timeZone' FROM events WHERE type = 'TIME_ZONE_CHANGED'"
    assert await rows(pool, query) == [(FIRST, "Europe/Copenhagen")]


async def test_a_move_at_the_opening_of_an_account_without_dated_lines_is_its_first_zone(pool: Pool) -> None:
    await run_import(pool, START)
    outcome = await run_import(pool, [MOVED | {"at": "2026-06-01T00:00:00Z"}])
    assert outcome.problems == []
    assert await rows(pool, "SELECT starts_at, time_zone FROM time_zone_periods") == [(NOW, "Pacific/Auckland")]
    again = await run_import(pool, [MOVED | {"at": "2026-06-01T00:00:00Z", "timeZone": "Africa/Cairo"}])
    assert again.problems == ["1: at: is the instant at which the account's time zone was set before"]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_terms_at_the_first_instant_are_for_a_later_day(pool: Pool, chunk_lines: int) -> None:
    outcome = await run_import(pool, [*START, TERMS, order("o-1")], chunk_lines=chunk_lines)
    assert outcome.problems == []
    query = "SELECT version, effective_date, images_per_day, negotiated_at FROM sla_versions ORDER BY version"
    assert await rows(pool, query) == [(1, date(2026, 3, 3), 200, FIRST), (2, date(2026, 3, 4), 3, FIRST)]
    (problem,) = (await run_import(pool, [TERMS | {"at": LATER, "effectiveDate": "2026-03-03"}])).problems
    assert problem == "1: effectiveDate: 2026-03-03 is not after 2026-03-03, the account's running day."
