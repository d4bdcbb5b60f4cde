"""The calendar of figures and streaks: months and weeks in the account's zone, at midnights and changes of zone."""

from datetime import UTC, date, datetime

import pytest

from app.domain.local_time import time_zone
from app.domain.pulse.streak import WEEK, WeekRun
from app.services.rollups import recount_upload_weeks
from db.connections import Pool, Statement
from db.queries.pulse_reference import reference_streaks
from db.queries.streak import streaks
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.histories import CREATED_AT, DAY, MICROSECOND, History, write_history
from tests.support.past_images import PastImage
from tests.support.pulse_reads import AT, figures_at, weeks_at


@pytest.mark.parametrize(
    ("zone", "at", "month_start"),
    [
        ("Africa/Cairo", datetime(2026, 5, 5, tzinfo=UTC), datetime(2026, 4, 30, 21, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 5, 31, 18, 14, 59, tzinfo=UTC), datetime(2026, 4, 30, 18, 15, tzinfo=UTC)),
    ],
)
async def test_a_month_starts_at_midnight_user_time(pool: Pool, zone: str, at: datetime, month_start: datetime) -> None:
    uploads = [month_start - MICROSECOND, month_start, month_start + MICROSECOND]
    images = [
        PastImage(uploaded_at, cancelled_at=cancelled_at) for uploaded_at in uploads for cancelled_at in (None, at)
    ]
    history = History(tuple(images), zone=time_zone(zone), first_zone=time_zone(zone))
    await write_history(pool, history)
    assert (await figures_at(pool, at, history)).uploaded_this_month == 4
    assert (await figures_at(pool, at + MICROSECOND, history)).uploaded_this_month == 2


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Europe/Copenhagen", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ("Europe/Copenhagen", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 6, 1, 4, tzinfo=UTC)),  # which ends a week, too
        ("Asia/Kathmandu", datetime(2026, 4, 30, 18, 15, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 4, 30, 12, tzinfo=UTC)),
    ],
)
async def test_at_the_midnight_that_ends_a_month_it_is_that_month(pool: Pool, zone: str, midnight: datetime) -> None:
    user_time = time_zone(zone)
    start = midnight - MICROSECOND - 20 * DAY
    uploads = [start, midnight - MICROSECOND, midnight]
    history = History(tuple(map(PastImage, uploads)), zone=user_time, first_zone=user_time)
    await write_history(pool, history)
    at_midnight, after = [await figures_at(pool, at, history) for at in (midnight, midnight + MICROSECOND)]
    assert (at_midnight.uploaded_this_month, at_midnight.current.uploaded) == (2, 2)
    assert (after.uploaded_this_month, after.current.uploaded) == (1, 3)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Africa/Cairo", datetime(2026, 5, 3, 21, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 9, 4, tzinfo=UTC)),  # after the change of clocks
        ("Asia/Kathmandu", datetime(2026, 5, 3, 18, 15, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 4, 5, 12, tzinfo=UTC)),  # after the change of clocks
        ("UTC", datetime(2026, 6, 1, tzinfo=UTC)),  # which ends a month, too
    ],
)
async def test_at_the_midnight_that_ends_a_week_a_streak_that_lives_until_then_counts(
    pool: Pool, zone: str, midnight: datetime
) -> None:
    user_time = time_zone(zone)
    history = History((PastImage(midnight - 9 * DAY),), zone=user_time, first_zone=user_time)
    await write_history(pool, history)
    requests = [weeks_at(history, at) for at in (midnight, midnight + MICROSECOND)]
    at_midnight, after = await streaks(PoolReader(pool), requests)
    assert at_midnight.current is not None
    assert (at_midnight.current.weeks, at_midnight.uploaded_this_week, at_midnight.keep_by) == (1, False, midnight)
    assert (after.current, after.keep_by) == (None, midnight + WEEK)
    assert [at_midnight, after] == await reference_streaks(PoolReader(pool), requests)


@pytest.mark.parametrize(
    ("moved_at", "uploads", "months", "keep_by"),
    [
        (  # midnight of a Monday in Auckland, a Sunday morning in New York
            datetime(2026, 5, 3, 12, tzinfo=UTC),
            [datetime(2026, 4, 24, 12, tzinfo=UTC)],
            (0, 0),
            (datetime(2026, 5, 3, 12, tzinfo=UTC), datetime(2026, 5, 4, 4, tzinfo=UTC)),
        ),
        (  # midnight that ends April in Auckland; an upload that is of April there and of March in New York
            datetime(2026, 4, 30, 12, tzinfo=UTC),
            [datetime(2026, 3, 31, 20, tzinfo=UTC), datetime(2026, 4, 2, 12, tzinfo=UTC)],
            (2, 1),
            (datetime(2026, 5, 3, 12, tzinfo=UTC), datetime(2026, 5, 4, 4, tzinfo=UTC)),
        ),
    ],
    ids=["week", "month"],
)
async def test_at_a_change_of_zone_the_calendar_is_still_that_of_the_zone_before(
    pool: Pool,
    moved_at: datetime,
    uploads: list[datetime],
    months: tuple[int, int],
    keep_by: tuple[datetime, datetime],
) -> None:
    zones = time_zone("Pacific/Auckland"), time_zone("America/New_York")
    history = History(tuple(map(PastImage, uploads)), first_zone=zones[0], zone=zones[1], moved_at=moved_at)
    await write_history(pool, history)
    asked_at = (moved_at, moved_at + MICROSECOND)
    figures = [await figures_at(pool, at, history) for at in asked_at]
    assert tuple(each.uploaded_this_month for each in figures) == months
    weeks = [weeks_at(history, at) for at in asked_at]
    found = await streaks(PoolReader(pool), weeks)
    assert tuple(streak.keep_by for streak in found) == keep_by
    assert found == await reference_streaks(PoolReader(pool), weeks)


async def test_weeks_follow_the_zone_in_force_at_t(pool: Pool) -> None:
    """Uploads are at 20:30 UTC on Sundays, which is Monday in Kathmandu."""
    first_sunday = datetime(2026, 4, 5, 20, 30, tzinfo=UTC)
    sundays = [first_sunday + number * WEEK for number in range(3)]
    moved_at = sundays[-1] + 4 * DAY
    history = History(
        tuple(PastImage(sunday) for sunday in (*sundays, moved_at + DAY)),
        first_zone=time_zone("America/New_York"),
        zone=time_zone("Asia/Kathmandu"),
        moved_at=moved_at,
    )
    await write_history(pool, history)
    requests = [weeks_at(history, moved_at - MICROSECOND), weeks_at(history, moved_at + 2 * DAY)]
    before, after = await streaks(PoolReader(pool), requests)
    assert (before.current, before.uploaded_this_week) == (WeekRun(date(2026, 3, 30), date(2026, 4, 13)), False)
    assert (after.current, after.uploaded_this_week) == (WeekRun(date(2026, 4, 6), date(2026, 4, 20)), True)
    assert [before, after] == await reference_streaks(PoolReader(pool), requests)


async def test_a_change_of_zone_counts_the_weeks_again(pool: Pool) -> None:
    sunday = datetime(2026, 4, 5, 20, 30, tzinfo=UTC)
    history = History((PastImage(sunday), PastImage(sunday, cancelled_at=AT), PastImage(sunday + WEEK)))
    account_id = await write_history(pool, history)
    zone = time_zone("Asia/Kathmandu")
    async with unit_of_work(pool) as writer:
        await recount_upload_weeks(writer, account_id, zone, since=CREATED_AT, until=AT)
        await writer.commit()
    weeks = Statement("weeks", "SELECT week, images FROM upload_weeks WHERE account_id = $1 ORDER BY week")
    rows = await PoolReader(pool).fetch(weeks, account_id)
    assert [tuple(row) for row in rows] == [(date(2026, 4, 6), 1), (date(2026, 4, 13), 1)]
