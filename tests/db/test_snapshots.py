"""Snapshots are read by account and id, and in pages by day, newest first."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.pulse.figures import NONE_COUNTED, PulseFigures, TermCounts, WindowFigures
from app.domain.pulse.snapshots import figures_to_json, streak_to_json
from app.domain.pulse.streak import Streak, WeekRun
from db.connections import Pool
from db.queries.pages import Slice
from db.queries.snapshots import Days, SnapshotRow, count_snapshots, snapshots_by_id, snapshots_of_accounts
from db.readers import PoolReader
from db.tables.snapshots import PulseSnapshot
from db.writer import unit_of_work
from tests.support.studio import Studio, open_account

FIRST = date(2026, 3, 1)
FIGURES = PulseFigures(
    WindowFigures(7, 3, 1, 86_400_000_001, TermCounts(standard=2), NONE_COUNTED), WindowFigures(), 7, 12, None
)
STREAK = Streak(WeekRun(date(2026, 2, 23), date(2026, 3, 2)), 4, uploaded_this_week=True, keep_by=None)


def snapshot(account_id: UUID, number: int) -> SnapshotRow:
    day = FIRST + timedelta(days=number)
    as_of = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
    return SnapshotRow(account_id, UUID(int=number), day, as_of, as_of + timedelta(seconds=1), FIGURES, STREAK)


@pytest.fixture
async def accounts(pool: Pool) -> list[UUID]:
    """Two accounts, one with ten snapshots and one with one."""
    ids = [(await open_account(pool, Studio(name=name))).id for name in ("A", "B")]
    kept = [snapshot(ids[0], number) for number in range(10)] + [snapshot(ids[1], 0)]
    async with unit_of_work(pool) as writer:
        rows = [
            PulseSnapshot(
                account_id=row.account_id,
                id=row.id,
                date=row.date,
                as_of=row.as_of,
                recorded_at=row.recorded_at,
                figures=figures_to_json(row.figures),
                streak=streak_to_json(row.streak),
            )
            for row in kept
        ]
        await writer.insert(rows)
        await writer.commit()
    return ids


async def numbers(
    reader: PoolReader, account_id: UUID, part: Slice, days: Days | None = None
) -> tuple[list[int], bool]:
    """Return the days of a page, counted from the first, and whether there are more."""
    found = (await snapshots_of_accounts(reader, [account_id], part, days or Days()))[account_id]
    assert [key for key, _ in found.rows] == [(row.date.toordinal(),) for _, row in found.rows]
    assert [row for _, row in found.rows] == [snapshot(account_id, row.id.int) for _, row in found.rows]
    return [row.id.int for _, row in found.rows], found.more


async def test_a_snapshot_is_read_back_equal(reader: PoolReader, accounts: list[UUID]) -> None:
    first, second = accounts
    keys = [(first, UUID(int=4)), (second, UUID(int=0)), (second, UUID(int=4))]
    assert await snapshots_by_id(reader, keys) == {
        keys[0]: snapshot(first, 4),
        keys[1]: snapshot(second, 0),
    }


async def test_pages_are_newest_first_and_continue_from_a_key_both_ways(
    reader: PoolReader, accounts: list[UUID]
) -> None:
    account_id, _ = accounts
    key = (snapshot(account_id, 5).date.toordinal(),)
    assert await numbers(reader, account_id, Slice(3)) == ([9, 8, 7], True)
    assert await numbers(reader, account_id, Slice(3, after=key)) == ([4, 3, 2], True)
    assert await numbers(reader, account_id, Slice(9, after=key)) == ([4, 3, 2, 1, 0], False)
    assert await numbers(reader, account_id, Slice(3, before=key, backwards=True)) == ([8, 7, 6], True)
    assert await numbers(reader, account_id, Slice(10)) == ([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], False)


async def test_dates_that_bound_the_days_are_included(reader: PoolReader, accounts: list[UUID]) -> None:
    account_id, _ = accounts
    days = Days(date(2026, 3, 4), date(2026, 3, 6))
    assert await numbers(reader, account_id, Slice(10), days) == ([5, 4, 3], False)
    assert await numbers(reader, account_id, Slice(2), days) == ([5, 4], True)
    assert await numbers(reader, account_id, Slice(10), Days(first=date(2026, 3, 9))) == ([9, 8], False)
    assert await numbers(reader, account_id, Slice(10), Days(last=date(2026, 3, 2))) == ([1, 0], False)
    assert await numbers(reader, account_id, Slice(10), Days(days.last, days.first)) == ([], False)
    assert await numbers(reader, account_id, Slice(10), Days(date.max, date.max)) == ([], False)


async def test_each_account_has_its_own_page_and_count(reader: PoolReader, accounts: list[UUID]) -> None:
    first, second = accounts
    found = await snapshots_of_accounts(reader, [second, first, UUID(int=1)], Slice(2), Days())
    assert {account: [row.id.int for _, row in page.rows] for account, page in found.items()} == {
        first: [9, 8],
        second: [0],
        UUID(int=1): [],
    }
    assert await count_snapshots(reader, [first, second, UUID(int=1)], Days()) == {first: 10, second: 1, UUID(int=1): 0}
    assert await count_snapshots(reader, [first], Days(date(2026, 3, 4), date(2026, 3, 6))) == {first: 3}
