"""Terms and time zones of a file count from their own instants, also for orders of earlier lines."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, Line, change, order, rows, run_import

pytestmark = pytest.mark.parametrize("chunk_lines", [1, 1000])

SMALL = (ACCOUNT | {"imagesPerDay": 2}, SPECIFICATION)
REDO = "SELECT at, due_at, sla_version, late_at FROM rejections ORDER BY at"


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def rejected(*instants: str) -> list[Line]:
    """An image for each instant, at which it is rejected, delivered that morning."""
    return [
        {"filename": at, "deliveredAt": "2026-03-04T06:00:00Z", "rejections": [{"at": at, "reason": "halo"}]}
        for at in instants
    ]


async def imported(pool: Pool, chunk_lines: int, *lines: Line) -> None:
    """Import good lines."""
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []


async def test_terms_left_out_are_those_of_the_plan(pool: Pool, chunk_lines: int) -> None:
    await imported(pool, chunk_lines, ACCOUNT | {"plan": "SOLO", "expeditesPerDay": 0}, SPECIFICATION, order("o-1"))
    assert await rows(pool, "SELECT version, images_per_day, expedites_per_day FROM sla_versions") == [(1, 50, 0)]


async def test_new_terms_count_from_their_ledger_day_on(pool: Pool, chunk_lines: int) -> None:
    terms = change("terms", "2026-03-03T10:30:00Z", imagesPerDay=3, effectiveDate="2026-03-04")
    lines = [*SMALL, order("o-1", 3), terms, order("o-2", 1, "2026-03-03T11:00:00Z")]
    await imported(pool, chunk_lines, *lines, order("o-3", 4, "2026-03-04T11:00:00Z"))
    query = "SELECT name, service_level, image_count, sla_version FROM orders ORDER BY number"
    assert await rows(pool, query) == [
        ("Order o-1", "STANDARD", 2, 1),
        ("Order o-1", "ADDITIONAL", 1, 1),
        ("Order o-2", "ADDITIONAL", 1, 1),
        ("Order o-3", "STANDARD", 3, 2),
        ("Order o-3", "ADDITIONAL", 1, 2),
    ]
    assert await rows(pool, "SELECT capacity, used, sla_version FROM ledger_days ORDER BY date") == [
        (2, 4, 1),
        (3, 4, 2),
    ]


async def test_earlier_lines_with_later_rejections_follow_the_terms_of_the_rejections_day(
    pool: Pool, chunk_lines: int
) -> None:
    rejected_order = order("o-1", rejected("2026-03-04T10:00:00Z", "2026-03-05T10:00:00Z"))
    terms = change("terms", "2026-03-03T12:00:00Z", imagesPerDay=3, effectiveDate="2026-03-05")
    await imported(pool, chunk_lines, *START, rejected_order, terms)
    assert [row[2] for row in await rows(pool, REDO)] == [1, 2]
    query = "SELECT data->'images'->0->>'slaVersion' FROM events WHERE type = 'IMAGES_REJECTED' ORDER BY at"
    assert await rows(pool, query) == [("1",), ("2",)]


async def test_a_second_version_for_a_day_supersedes_the_first(pool: Pool, chunk_lines: int) -> None:
    first = change("terms", "2026-03-03T10:30:00Z", imagesPerDay=3, effectiveDate="2026-03-04")
    second = change("terms", "2026-03-03T10:40:00Z", expeditesPerDay=7, effectiveDate="2026-03-04")
    await imported(pool, chunk_lines, *SMALL, order("o-1"), first, second, order("o-2", 1, "2026-03-04T11:00:00Z"))
    query = "SELECT capacity, expedite_capacity, sla_version FROM ledger_days ORDER BY date"
    assert await rows(pool, query) == [(2, 20, 1), (2, 7, 3)]


async def test_a_move_makes_the_running_ledger_day_longer_and_never_opens_a_second_one(
    pool: Pool, chunk_lines: int
) -> None:
    moved = change("timeZone", "2026-03-03T10:30:00Z", timeZone="America/New_York")
    lines = [*SMALL, order("o-1", 2), moved, order("o-2", 1, "2026-03-04T04:59:59Z")]
    await imported(pool, chunk_lines, *lines, order("o-3", 1, "2026-03-04T05:00:00Z"))
    query = "SELECT date, opens_at, closes_at, used FROM ledger_days ORDER BY date"
    assert await rows(pool, query) == [
        (date(2026, 3, 3), at(2, 23), at(4, 5), 3),
        (date(2026, 3, 4), at(4, 5), at(5, 5), 1),
    ]
    query = "SELECT name, service_level, due_at FROM orders ORDER BY number"
    assert await rows(pool, query) == [
        ("Order o-1", "STANDARD", at(4, 8)),
        ("Order o-2", "ADDITIONAL", None),
        ("Order o-3", "STANDARD", at(5, 14)),
    ]


async def test_moving_back_at_midnight_closes_the_running_day_as_planned(pool: Pool, chunk_lines: int) -> None:
    away = change("timeZone", "2026-03-03T22:59:59.999999Z", timeZone="Africa/Cairo")
    back = change("timeZone", "2026-03-03T23:00:00Z", timeZone="Europe/Copenhagen")
    await imported(pool, chunk_lines, *SMALL, order("o-1", 2), away, back, order("o-2", 1, "2026-03-04T01:00:00Z"))
    query = "SELECT date, opens_at, closes_at, used FROM ledger_days ORDER BY date"
    assert await rows(pool, query) == [
        (date(2026, 3, 3), at(2, 23), at(3, 23), 2),
        (date(2026, 3, 4), at(3, 23), at(4, 23), 1),
    ]


async def test_earlier_lines_with_later_rejections_are_due_by_the_zone_of_the_rejection(
    pool: Pool, chunk_lines: int
) -> None:
    # In Copenhagen 5 h after Friday 17:30 UTC are still Friday 23:30; in Auckland that is a Saturday.
    rejected_order = order("o-1", rejected("2026-03-06T17:30:00Z"))
    await imported(pool, chunk_lines, *START, rejected_order)
    assert await rows(pool, REDO) == [(at(6, 17, 30), at(6, 22, 30), 1, at(6, 22, 30))]
    await imported(pool, chunk_lines, change("timeZone", "2026-03-06T17:30:00Z", timeZone="Pacific/Auckland"))
    due_at = at(8, 22, 30)
    assert await rows(pool, REDO) == [(at(6, 17, 30), due_at, 1, due_at)]
    assert await rows(pool, "SELECT redo_due_at FROM images") == [(due_at,)]
    query = "SELECT bucket, late_rejection FROM rollups WHERE grain = 1440 AND late_rejection <> 0"
    assert await rows(pool, query) == [(at(8, 0), 1)]
    query = "SELECT data->'images'->0->>'dueAt' FROM events WHERE type = 'IMAGES_REJECTED' AND withdrawn_by IS NULL"
    assert await rows(pool, query) == [("2026-03-08T22:30:00+00:00",)]


async def test_rejections_before_a_move_keep_their_deadline(pool: Pool, chunk_lines: int) -> None:
    rejected_order = order("o-1", rejected("2026-03-06T17:30:00Z"))
    moved = change("timeZone", "2026-03-06T17:30:00.000001Z", timeZone="Pacific/Auckland")
    await imported(pool, chunk_lines, *START, rejected_order, moved)
    assert [row[1] for row in await rows(pool, REDO)] == [at(6, 22, 30)]


async def test_a_change_of_zone_moves_the_weeks_of_all_earlier_uploads(pool: Pool, chunk_lines: int) -> None:
    # Sunday evening in Copenhagen is Monday in Auckland.
    lines = [*START, order("o-1", 2, "2026-03-08T20:00:00Z"), order("o-2", 3, "2026-03-09T20:00:00Z")]
    await imported(pool, chunk_lines, *lines)
    assert await rows(pool, "SELECT week, images FROM upload_weeks ORDER BY week") == [
        (date(2026, 3, 2), 2),
        (date(2026, 3, 9), 3),
    ]
    await imported(pool, chunk_lines, change("timeZone", "2026-03-10T10:00:00Z", timeZone="Pacific/Auckland"))
    assert await rows(pool, "SELECT week, images FROM upload_weeks ORDER BY week") == [(date(2026, 3, 9), 5)]


async def test_a_later_specification_is_created_at_the_last_instant_of_its_account(
    pool: Pool, chunk_lines: int
) -> None:
    shadow = SPECIFICATION | {"ref": "shadow"}
    later = order("o-2", at="2026-03-03T11:00:00Z", specification="shadow")
    await imported(pool, chunk_lines, *START, order("o-1"), shadow, later)
    assert await rows(pool, "SELECT created_at FROM specifications") == [(at(3, 10),)] * 2


async def test_rollups_of_minutes_are_kept_for_the_last_sixty_one_days_of_new_and_old_accounts(
    pool: Pool, chunk_lines: int
) -> None:
    await imported(
        pool, chunk_lines, *START, order("o-1", 1, "2026-03-31T10:00:00Z"), order("o-2", 1, "2026-04-01T00:00:00Z")
    )
    query = "SELECT bucket FROM rollups WHERE grain = 1 AND uploaded > 0 ORDER BY bucket"
    assert await rows(pool, query) == [(at(1, 0, month=4),)]
    later = datetime(2026, 6, 11, tzinfo=UTC)
    lines = [order("o-3", 1, "2026-04-10T00:00:00Z"), order("o-4", 1, "2026-04-11T00:00:00Z")]
    assert (await run_import(pool, lines, now=later, chunk_lines=chunk_lines)).problems == []
    assert await rows(pool, query) == [(at(1, 0, month=4),), (at(11, 0, month=4),)]
    assert await rows(pool, "SELECT minutes_since FROM account_heads") == [(at(11, 0, month=4),)]


async def test_an_account_that_was_not_imported_is_continued_by_its_ref(pool: Pool, chunk_lines: int) -> None:
    created_at = at(3, 9)
    async with unit_of_work(pool) as writer:
        terms = NegotiableTerms(1, 1)
        names = {"name": "ACME", "plan": Plan.SOLO, "time_zone": "UTC", "ref": "acme"}
        await create_account(writer, at=created_at, terms=terms, **names)  # type: ignore[arg-type]
        await writer.commit()
    await imported(pool, chunk_lines, SPECIFICATION, order("o-1", 2))
    query = "SELECT number, service_level, due_at FROM orders ORDER BY number"
    assert await rows(pool, query) == [(1, "STANDARD", at(4, 9)), (2, "ADDITIONAL", None)]
    assert await rows(pool, "SELECT frontier - $1::timestamptz FROM account_heads", created_at) == [
        (timedelta(hours=1),)
    ]
    outcome = await run_import(pool, [ACCOUNT])
    assert outcome.problems == ["1: ref: there is an account 'acme' already"]
