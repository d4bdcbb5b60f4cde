"""Snapshots that a release before wrote by another calendar are corrected, of any age, even as it still writes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from app.domain.local_time import TIME_ZONES, midnight, time_zone
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import PulseFigures
from app.domain.pulse.snapshots import figures_to_json, streak_to_json
from app.domain.pulse.streak import WEEK, Streak
from app.services.ids import new_id
from app.services.midnight import corrections as corrections_module
from app.services.midnight.corrections import Corrected, correct_snapshots
from app.services.midnight.snapshots import snapshot_pulse
from db.connections import Pool
from db.pools import open_pool
from db.queries.accounts import AccountHistory, account_histories
from db.queries.pulse import pulse_figures
from db.queries.snapshots import SnapshotRow
from db.queries.streak import streaks
from db.readers import PoolReader, Reader
from tests.services.midnight.test_snapshots import somebody_waits
from tests.support.clock import FrozenClock
from tests.support.import_files import START, change, order, run_import
from tests.support.midnight_jobs import assert_equal_to_reference, run_jobs, snapshots
from tests.support.studio import Studio, open_account

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MIGRATIONS = [
    import_module(f"db.migrations.versions.2026_11_28_{name}") for name in ("0011_calendar", "0012_boundaries")
]
"""The migrations that mark snapshots for correction."""

ADD_AS_BEFORE = """
    INSERT INTO pulse_snapshots (account_id, id, date, as_of, recorded_at, figures, streak)
    VALUES ($1, $2, $3, $4, $5, $6, $7)"""
"""How the release before adds a snapshot."""


async def migrate_again(pool: Pool) -> None:
    """Migrate the table of snapshots, as it was before, once more."""
    await pool.fetch("ALTER TABLE pulse_snapshots DROP COLUMN by_last_instant")
    for migration in MIGRATIONS:
        for statement in migration.STATEMENTS:
            await pool.fetch(statement)


async def the_history(pool: Pool) -> AccountHistory:
    """The history of the only account."""
    ((account_id,),) = await pool.fetch("SELECT id FROM accounts")
    return (await account_histories(PoolReader(pool), [account_id]))[account_id]


async def keep(pool: Pool, history: AccountHistory, day: date, *, as_before: bool) -> UUID:
    """Store the snapshot of a day in Copenhagen that ends a month or a week, right or as of the release before.

    By that one, the month and the week at such a midnight are those that begin, without any upload yet.
    """
    as_of = midnight(day + DAY, time_zone("Europe/Copenhagen"))
    [figures] = await pulse_figures(PoolReader(pool), [AsOf.of(history.account_id, history.zones, as_of)])
    [streak] = await streaks(PoolReader(pool), [AsOf.of(history.account_id, history.zones, as_of)])
    if as_before:
        figures = replace(figures, uploaded_this_month=0)
        current = streak.current if streak.uploaded_this_week else None
        streak = Streak(current, streak.longest, uploaded_this_week=False, keep_by=as_of + WEEK)
    recorded_at = as_of + timedelta(seconds=1)
    id_ = new_id(recorded_at)
    values = (id_, day, as_of, recorded_at, figures_to_json(figures), streak_to_json(streak))
    await pool.fetch(ADD_AS_BEFORE, history.account_id, *values)
    return id_


async def to_correct(pool: Pool) -> list[date]:
    rows = await pool.fetch("SELECT date FROM pulse_snapshots WHERE NOT by_last_instant ORDER BY date")
    return [row["date"] for row in rows]


@pytest.fixture
async def own_pool(new_database: str) -> Any:  # noqa: ANN401 - a pool, as a generator
    """A pool of a database of which a test may change the tables."""
    pool = await open_pool(new_database)
    yield pool
    await pool.close()


async def test_snapshots_of_any_age_are_corrected_in_place(own_pool: Pool) -> None:
    """The first three are older than the 400 days that the snapshot job goes back."""
    pool = own_pool
    uploads = ["2024-08-29", "2025-02-26", "2025-08-20", "2026-05-20", "2026-05-30"]
    lines = [order(f"o-{day}", 2, at=f"{day}T10:00:00Z") for day in uploads]
    assert (await run_import(pool, [*START, *lines], now=NOW)).problems == []
    history = await the_history(pool)
    wrong = [date(2024, 8, 31), date(2025, 3, 2), date(2025, 3, 9), date(2025, 8, 31), date(2026, 5, 31)]
    wrong_ids = [await keep(pool, history, day, as_before=True) for day in wrong]
    right = [date(2025, 3, 12), date(2025, 9, 7), date(2026, 5, 22)]
    right_ids = [await keep(pool, history, day, as_before=False) for day in right]
    before = {row.id: row for row in await snapshots(pool)}
    await migrate_again(pool)
    assert await to_correct(pool) == sorted([*wrong, date(2025, 9, 7)])  # the last one ends a week, and is right
    assert await correct_snapshots(pool, FrozenClock(NOW)) == Corrected(snapshots=6)
    after = {row.id: row for row in await snapshots(pool)}
    assert set(after) == {*wrong_ids, *right_ids}
    assert {id_: after[id_] for id_ in right_ids} == {id_: before[id_] for id_ in right_ids}
    assert {after[id_].recorded_at for id_ in wrong_ids} == {NOW}
    assert [shown(after[id_]) for id_ in wrong_ids] == [
        (2, 1, None),
        (0, 1, None),
        (0, 1, datetime(2025, 3, 9, 23, tzinfo=UTC)),
        (2, 1, datetime(2025, 8, 31, 22, tzinfo=UTC)),
        (4, 2, None),
    ]
    await assert_equal_to_reference(pool)
    assert await to_correct(pool) == []
    assert await correct_snapshots(pool, FrozenClock(NOW)) == Corrected()


def shown(row: SnapshotRow) -> tuple[int, int, datetime | None]:
    """Return the images of the month, the weeks in a row, and the deadline of the next upload."""
    weeks = 0 if row.streak.current is None else row.streak.current.weeks
    return row.figures.uploaded_this_month, weeks, row.streak.keep_by


async def test_snapshots_of_the_release_before_after_the_migration_are_corrected(pool: Pool) -> None:
    lines = [order("o-1", 2, at="2026-05-13T10:00:00Z"), order("o-2", 1, at="2026-05-20T10:00:00Z")]
    await run_import(pool, [*START, *lines], now=NOW)
    await run_jobs(pool, FrozenClock(NOW))
    assert await to_correct(pool) == []
    await pool.fetch("DELETE FROM pulse_snapshots WHERE date = '2026-05-31'")
    await keep(pool, await the_history(pool), date(2026, 5, 31), as_before=True)
    assert await to_correct(pool) == [date(2026, 5, 31)]
    assert await correct_snapshots(pool, FrozenClock(NOW)) == Corrected(snapshots=1)
    await assert_equal_to_reference(pool)


async def test_a_snapshot_that_ends_with_a_zone_is_corrected(own_pool: Pool) -> None:
    pool, now = own_pool, datetime(2026, 4, 18, 12, tzinfo=UTC)
    lines = [
        order("o-1", 3, at="2026-03-31T22:30:00Z"),  # April in Copenhagen, March in New York
        change("timeZone", "2026-04-15T22:00:00Z", timeZone="America/New_York"),
    ]
    assert (await run_import(pool, [*START, *lines], now=now)).problems == []
    await run_jobs(pool, FrozenClock(now))
    await pool.fetch(
        """
        UPDATE pulse_snapshots SET figures = jsonb_set(figures, '{uploadedThisMonth}', '0')
        WHERE as_of = '2026-04-15T22:00:00Z'"""
    )
    await migrate_again(pool)
    assert date(2026, 4, 15) in await to_correct(pool)
    await correct_snapshots(pool, FrozenClock(now))
    [row] = [row for row in await snapshots(pool) if row.date == date(2026, 4, 15)]
    assert row.figures.uploaded_this_month == 3
    await assert_equal_to_reference(pool)


async def test_every_midnight_that_ends_a_week_or_a_month_is_found_in_every_zone(own_pool: Pool) -> None:
    """Midnights in the middle of both a week and a month are not found."""
    account_id = (await open_account(own_pool, Studio())).id
    zones = [*sorted(TIME_ZONES)[::7], "Pacific/Kiritimati", "Etc/GMT+12", "Africa/Cairo", "Asia/Kathmandu"]
    mondays = [date(2026, 3, 2) + weeks * WEEK for weeks in range(6)]
    days = [*mondays, *(date(2026, month, 1) for month in range(1, 13)), date(2026, 3, 12), date(2026, 7, 16)]
    ends = {midnight(day, time_zone(zone)): day for zone in zones for day in days}
    rows = [(account_id, UUID(int=number), date.fromordinal(number), at) for number, at in enumerate(ends, 1)]
    await own_pool.fetch(
        """
        INSERT INTO pulse_snapshots (account_id, id, date, as_of, recorded_at, figures, streak)
        SELECT account_id, id, date, as_of, as_of, '{}', '{}'
        FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::timestamptz[]) AS s (account_id, id, date, as_of)""",
        *zip(*rows, strict=True),
    )
    await migrate_again(own_pool)
    found = await own_pool.fetch("SELECT as_of FROM pulse_snapshots WHERE NOT by_last_instant")
    midweek = {at for at, day in ends.items() if day in (date(2026, 3, 12), date(2026, 7, 16))}
    assert {row["as_of"] for row in found} == ends.keys() - midweek


async def test_an_account_that_fails_stops_no_other(pool: Pool, clock: FrozenClock) -> None:
    accounts = [(await open_account(pool, Studio(created_at=NOW - 9 * DAY))).id for _ in range(3)]
    clock.advance(NOW - clock.now())
    await run_jobs(pool, clock)
    await pool.fetch("UPDATE pulse_snapshots SET by_last_instant = false")
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Europe/Atlantis' WHERE account_id = $1", accounts[1])
    assert await correct_snapshots(pool, clock) == Corrected(snapshots=2 * 9, failed=1)
    assert len(await to_correct(pool)) == 9


async def test_an_import_waits_for_a_correction_and_undoes_its_snapshots(
    pool: Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_import(pool, [*START, order("o-1", at="2026-05-13T10:00:00Z")], now=NOW)
    await run_jobs(pool, FrozenClock(NOW))
    await pool.fetch("UPDATE pulse_snapshots SET by_last_instant = false")
    others = await open_pool(database)
    imports: list[asyncio.Task[object]] = []

    async def reading(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
        found = await pulse_figures(reader, requests)
        if not imports:
            lines = [order("o-2", 5, at="2026-05-20T10:00:00Z")]
            imports.append(asyncio.create_task(run_import(others, lines, now=NOW)))
            await somebody_waits(pool)
        return found

    monkeypatch.setattr(corrections_module, "pulse_figures", reading)
    await correct_snapshots(pool, FrozenClock(NOW))
    await imports[0]
    await others.close()
    last = datetime.combine(date(2026, 5, 20), time(0), UTC)
    assert max(row.as_of for row in await snapshots(pool)) < last + DAY
    await run_jobs(pool, FrozenClock(NOW))
    await assert_equal_to_reference(pool)


async def test_a_new_snapshot_is_right_as_it_is_written(pool: Pool) -> None:
    studio = await open_account(pool, Studio(created_at=NOW - 3 * DAY))
    closes_at = midnight(NOW.date() - 2 * DAY, time_zone(studio.zone))
    assert await snapshot_pulse(pool, FrozenClock(NOW), closes_at, [studio.id]) == 1
    assert await to_correct(pool) == []
