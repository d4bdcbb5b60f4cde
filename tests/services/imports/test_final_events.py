"""Events of a run that has ended are final: those that turn out to be untrue are withdrawn."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from app.services.deadline_alerts.watch import watch_deadlines
from app.services.imports import destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool
from db.queries.import_runs import ended_imports
from db.readers import PoolReader
from db.writer import Writer
from tests.services.imports.test_as_live import cut
from tests.support.alerts import LEAD
from tests.support.clock import FrozenClock
from tests.support.events.texts import with_texts
from tests.support.import_files import NOW, START, change, order, rows, run_import
from tests.support.midnight_jobs import run_jobs
from tests.support.random_files import random_file

NOON = "2026-03-03T12:00:00Z"
AFTERNOON = "2026-03-03T13:00:00Z"
MINUTE = timedelta(minutes=1)
PARTS = 4


async def events(pool: Pool) -> dict[Any, dict[str, Any]]:
    """All events by account and sequence."""
    found = await pool.fetch("SELECT * FROM events")
    return {(row["account_id"], row["sequence"]): dict(row) for row in found}


def assert_only_withdrawn(before: dict[Any, dict[str, Any]], after: dict[Any, dict[str, Any]]) -> int:
    """Assert that events are unchanged but for those withdrawn since; return the number of these."""
    count = 0
    for key, event in before.items():
        now = after[key]
        if now["withdrawn_by"] != event["withdrawn_by"]:
            withdrawal = after[key[0], now["withdrawn_by"]]
            assert (event["withdrawn_by"], withdrawal["type"]) == (None, "EVENT_WITHDRAWN")
            assert with_texts(withdrawal) == {"before": None, "after": None, "event": key[1]}
            assert (withdrawal["order_id"], withdrawal["image_id"]) == (event["order_id"], event["image_id"])
            assert event["type"] != "EVENT_WITHDRAWN"
            count += 1
        assert now | {"withdrawn_by": None} == event | {"withdrawn_by": None}
    return count


@pytest.mark.parametrize("seed", [1, 3])
async def test_final_events_are_never_changed_nor_removed(pool: Pool, seed: int) -> None:
    clock = FrozenClock(datetime(2026, 5, 6, 12, tzinfo=UTC))
    before: dict[Any, dict[str, Any]] = {}
    withdrawn = 0
    for part in cut(random_file(seed), Random(seed), PARTS):  # noqa: S311 - drawn for a test
        assert (await run_import(pool, part, now=clock.now(), chunk_lines=9)).problems == []
        imported = await events(pool)
        await run_jobs(pool, clock)
        await watch_deadlines(pool, clock, clock.now(), LEAD)
        after = await events(pool)
        withdrawn += assert_only_withdrawn(before, imported) + assert_only_withdrawn(imported, after)
        before = after
        clock.advance(MINUTE)
    assert withdrawn == sum(event["type"] == "EVENT_WITHDRAWN" for event in before.values())
    types = {event["type"] for event in before.values() if event["withdrawn_by"] is not None}
    assert types >= {"GUARANTEE_RESET", "DEADLINE_AT_RISK", "DEADLINE_MISSED", "IMAGES_DELIVERED"}


async def test_a_later_file_withdraws_only_events_that_it_makes_untrue(pool: Pool) -> None:
    images = [{"filename": name, "deliveredAt": AFTERNOON} for name in ("a.jpg", "b.jpg")]
    await run_import(pool, [*START, order("o-1", images), order("o-2", images)])
    await run_import(pool, [change("expedite", NOON, order="o-1", filenames=["b.jpg"])], now=NOW + MINUTE)
    query = """
        SELECT e.sequence, o.number, e.type, e.withdrawn_by, e.data->'event', e.at = e.recorded_at
          FROM events e JOIN orders o ON o.id = e.order_id ORDER BY e.sequence"""
    assert await rows(pool, query) == [
        (3, 1, "ORDER_PLACED", None, None, False),
        (4, 2, "ORDER_PLACED", None, None, False),
        (5, 1, "IMAGES_DELIVERED", 9, None, False),
        (6, 1, "DEADLINE_MET", 10, None, False),
        (7, 2, "IMAGES_DELIVERED", None, None, False),
        (8, 2, "DEADLINE_MET", None, None, False),
        (9, 1, "EVENT_WITHDRAWN", None, 5, None),
        (10, 1, "EVENT_WITHDRAWN", None, 6, None),
        (11, 1, "ORDER_SPLIT", None, None, False),
        (12, 3, "ORDER_EXPEDITED", None, None, False),
        (13, 1, "IMAGES_DELIVERED", None, None, False),
        (14, 1, "DEADLINE_MET", None, None, False),
        (15, 3, "IMAGES_DELIVERED", None, None, False),
        (16, 3, "DEADLINE_MET", None, None, False),
    ]
    query = "SELECT DISTINCT at, recorded_at FROM events WHERE sequence IN (8, 9, 16) ORDER BY 1, 2"
    delivered_at = datetime.fromisoformat(AFTERNOON)
    later = NOW + MINUTE
    assert await rows(pool, query) == [(delivered_at, NOW), (delivered_at, later), (later, None)]


async def test_a_run_rewrites_its_own_events(pool: Pool) -> None:
    assert (await run_import(pool, random_file(1), chunk_lines=5)).problems == []
    assert await rows(pool, "SELECT 1 FROM events WHERE type = 'EVENT_WITHDRAWN' OR withdrawn_by IS NOT NULL") == []
    assert await rows(pool, "SELECT DISTINCT import_run IS NULL FROM events") == [(False,)]
    assert await rows(pool, "SELECT DISTINCT import_run FROM account_heads") == [(None,)]


async def test_a_run_that_fails_has_ended_with_its_last_commit(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ended() -> set[int]:
        found = await pool.fetch("SELECT account_id FROM account_heads")
        return set((await ended_imports(PoolReader(pool), [row["account_id"] for row in found])).values())

    async def failing(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        if run.accounts:
            assert await ended() == set()
            raise ConnectionResetError
        await write(writer, prepared, run)

    monkeypatch.setattr(destination, "write", failing)
    with pytest.raises(ConnectionResetError):
        await run_import(pool, [*START, order("o-1"), order("o-2")], chunk_lines=3)
    [(run,)] = await rows(pool, "SELECT DISTINCT import_run FROM events")
    assert await rows(pool, "SELECT import_run FROM account_heads") == [(run,)]
    assert await ended() == {run}
    monkeypatch.undo()
    await run_import(pool, [*START, order("o-1"), order("o-2")])
    assert await rows(pool, "SELECT import_run FROM account_heads") == [(None,)]
    assert await ended() == set()
