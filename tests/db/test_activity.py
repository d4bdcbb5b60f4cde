"""The activity that is served equals plain SQL over the rows, for any history, zone and progress of the roll-up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.activity.buckets import bucket_date, buckets
from app.domain.activity.enums import Grain
from app.domain.activity.figures import ActivityFigures
from app.domain.ledger.days import ZonePeriod, closed_ledger_days, ledger_day_at
from app.domain.local_time import midnight, time_zone
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.segments import WINDOW
from app.services.accounts.counters import lock_counters, save_counters
from app.services.activity import roll_up
from db.connections import Pool
from db.queries.activity import ActivitySource, read_activity
from db.queries.activity_reference import reference_activity
from db.queries.pulse import pulse_figures
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.histories import CREATED_AT, DAY, MICROSECOND, History, write_history
from tests.support.past_images import PastImage, PastRejection
from tests.support.random_histories import histories

ZONES: Final = [
    time_zone(name)
    for name in (
        *("Africa/Cairo", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Chatham"),
        *("Australia/Lord_Howe", "America/St_Johns", "America/Havana", "Pacific/Kiritimati"),
    )
]
HOUR = timedelta(hours=1)


async def written(pool: Pool, history: History, at: datetime, *, until: datetime | None = None) -> ActivitySource:
    """Write a history and count its ledger days that closed by an instant; return it as of the present `at`."""
    await write_history(pool, history)
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [history.account_id]))[history.account_id]
        while until is not None and await roll_up(writer, counters, history.periods, min(until, at)):
            pass
        await save_counters(writer, [counters])
        await writer.commit()
    return ActivitySource(history.account_id, history.periods, counters.activity_until, at)


async def by_grain(pool: Pool, of: ActivitySource, grain: Grain) -> dict[date, ActivityFigures]:
    """Read the activity of all time; buckets without any are left out."""
    found = await read_activity(PoolReader(pool), of, buckets(date.min, date.max, grain, of.at, of.periods), grain)
    return {day: figures for day, figures in found.items() if figures != ActivityFigures()}


@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=histories(),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    later=st.timedeltas(timedelta(0), timedelta(days=3)),
    lacking=st.none() | st.timedeltas(timedelta(0), timedelta(days=60)),
)
async def test_activity_equals_the_reference(
    pool: Pool,
    drawn: tuple[History, datetime],
    zones: tuple[ZoneInfo, ZoneInfo],
    later: timedelta,
    lacking: timedelta | None,
) -> None:
    history = replace(drawn[0], minutes_since=CREATED_AT, first_zone=zones[0], zone=zones[1])
    at = max([drawn[1], history.moved_at, *(image.known_by for image in history.images)]) + MICROSECOND + later
    of = await written(pool, history, at, until=None if lacking is None else at - lacking)
    days = await by_grain(pool, of, Grain.DAY)
    assert days == await reference_activity(PoolReader(pool), of)
    for grain in (Grain.WEEK, Grain.MONTH):
        sums: dict[date, ActivityFigures] = {}
        for day, figures in days.items():
            bucket = bucket_date(day, grain)
            sums[bucket] = sums.get(bucket, ActivityFigures()) + figures
        assert await by_grain(pool, of, grain) == sums


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=histories(), zone=st.sampled_from(["Asia/Kathmandu", "Asia/Kolkata", "UTC", "Africa/Johannesburg"]))
async def test_the_last_thirty_days_equal_the_pulse_at_that_midnight(
    pool: Pool, drawn: tuple[History, datetime], zone: str
) -> None:
    fixed = time_zone(zone)
    images = tuple(replace(image, cancelled_at=None) for image in drawn[0].images)
    history = replace(
        drawn[0], images=images, minutes_since=CREATED_AT, first_zone=fixed, zone=fixed, moved_at=CREATED_AT
    )
    now = max([drawn[1], *(image.known_by for image in images)]) + 2 * DAY
    of = await written(pool, history, midnight(now.astimezone(fixed).date(), fixed), until=now)
    [pulse] = await pulse_figures(PoolReader(pool), [AsOf(of.account_id, of.at, fixed)])
    last = [bucket for bucket in buckets(date.min, date.max, Grain.DAY, of.at, of.periods) if bucket.is_complete][-30:]
    assert (last[0].start, last[-1].end) == (of.at - WINDOW, of.at)
    found = sum((await read_activity(PoolReader(pool), of, last, Grain.DAY)).values(), ActivityFigures())
    assert found.uploaded == pulse.current.uploaded
    assert (found.delivered, found.lead_microseconds) == (pulse.current.delivered, pulse.current.lead_microseconds)
    assert (found.on_time, found.late) == (pulse.current.met.images, pulse.current.late.images)
    assert found.saved_milliseconds == sum(step.milliseconds for step in pulse.current.steps)


async def test_a_running_day_of_a_zone_off_the_minute_is_read_from_the_rows(pool: Pool) -> None:
    monrovia = time_zone("Africa/Monrovia")  # 44 minutes and 30 seconds behind, until 1972
    opens_at = datetime(1971, 3, 10, 0, 44, 30, tzinfo=UTC)
    history = History((PastImage(opens_at), PastImage(opens_at - MICROSECOND)), monrovia, monrovia)
    await write_history(pool, history)
    created = [ZonePeriod(opens_at - 3 * DAY, "Africa/Monrovia")]
    of = ActivitySource(history.account_id, created, None, opens_at + HOUR)
    found = await read_activity(PoolReader(pool), of, buckets(date.min, date.max, Grain.DAY, of.at, created), Grain.DAY)
    assert {day: figures.uploaded for day, figures in found.items()} == {date(1971, 3, 9): 1, date(1971, 3, 10): 1}


async def test_a_day_that_zone_changes_prolong_for_months_is_read_from_the_rows(pool: Pool) -> None:
    """Rollups of a minute are kept for 61 days, so those of its first, partial hour are gone."""
    kathmandu = time_zone("Asia/Kathmandu")
    opens_at = midnight(date(2026, 2, 1), kathmandu)
    periods, names = [ZonePeriod(opens_at, kathmandu.key)], cycle(("Pacific/Kiritimati", "Etc/GMT+12"))
    while (day := ledger_day_at(opens_at, periods)).closes_at < opens_at + 70 * DAY:
        periods.append(ZonePeriod(day.closes_at - MICROSECOND, next(names)))
    at = opens_at + 69 * DAY
    history = History((PastImage(opens_at),), kathmandu, kathmandu, minutes_since=at - 61 * DAY)
    await write_history(pool, history)
    of = ActivitySource(history.account_id, periods, None, at)
    assert {day: figures.uploaded for day, figures in (await by_grain(pool, of, Grain.DAY)).items()} == {day.date: 1}


async def test_a_redo_counts_neither_as_late_nor_as_on_time(pool: Pool) -> None:
    kathmandu = time_zone("Asia/Kathmandu")
    delivered_at = CREATED_AT + HOUR
    redo = PastRejection(delivered_at + HOUR, delivered_at + 2 * HOUR)
    history = History((PastImage(CREATED_AT, None, delivered_at, (redo,)),), kathmandu, kathmandu)
    of = await written(pool, history, CREATED_AT + 3 * DAY, until=CREATED_AT + 3 * DAY)
    [figures] = (await by_grain(pool, of, Grain.DAY)).values()
    assert (figures.delivered, figures.on_time, figures.late, figures.rejected) == (1, 0, 0, 1)


async def test_activity_rows_that_are_not_marked_complete_are_not_read(pool: Pool) -> None:
    kathmandu = time_zone("Asia/Kathmandu")
    history = History((PastImage(CREATED_AT),), kathmandu, kathmandu)
    of = await written(pool, history, CREATED_AT + 5 * DAY, until=CREATED_AT + 3 * DAY)
    await pool.fetch("UPDATE activity_days SET uploaded = 7")
    await pool.fetch(
        "INSERT INTO activity_days SELECT account_id, date + 4, currency, 9, 0, 0, 0, 0, 0, 0, 0, 0 FROM activity_days"
    )
    assert [each.uploaded for each in (await by_grain(pool, of, Grain.DAY)).values()] == [7]
    unknown = of._replace(until=None)
    assert [each.uploaded for each in (await by_grain(pool, unknown, Grain.DAY)).values()] == [1]


async def test_days_are_counted_in_parts_and_again_where_rows_are_from_a_former_zone(pool: Pool) -> None:
    kathmandu = time_zone("Asia/Kathmandu")
    history = History(tuple(PastImage(CREATED_AT + number * DAY) for number in range(25)), kathmandu, kathmandu)
    now = CREATED_AT + 25 * DAY
    of = await written(pool, history, now)
    closed = [day.closes_at for day in closed_ledger_days(None, now, of.periods)]
    reached: list[datetime | None] = []
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [history.account_id]))[history.account_id]
        more = True
        while more:
            more = await roll_up(writer, counters, of.periods, now)
            reached.append(counters.activity_until)
        await save_counters(writer, [counters])
        await writer.commit()
    assert reached == [closed[9], closed[19], closed[-1]]
    assert len(await pool.fetch("SELECT FROM activity_days")) == 25
