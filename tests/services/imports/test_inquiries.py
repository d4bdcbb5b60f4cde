"""Inquiries in import files: the orders that they are about, and their deadlines at the instant of a change of zone."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from app.services.inquiries import answer_inquiry
from app.services.overdue_inquiries import alert_overdue_inquiries
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.import_files import NOW, START, Line, change, everything, order, rows, run_import
from tests.support.imported_orders import ELEVEN, NOON, SMALL
from tests.support.midnight_jobs import run_jobs
from tests.support.transactions import in_transaction

ABOUT = """
    SELECT q.text, o.number FROM inquiries q LEFT JOIN orders o ON o.account_id = q.account_id AND o.id = q.order_id
     ORDER BY q.created_at"""

RESULTS = (
    "SELECT * FROM pulse_snapshots ORDER BY date",
    "SELECT * FROM events WHERE type NOT LIKE 'INQUIRY%' ORDER BY sequence",
    "SELECT * FROM job_cursors ORDER BY job",
)


def inquiry(ref: str, at: str, **more: object) -> Line:
    return change("inquiry", at, ref=ref, topic="SUPPORT", text=ref, **more)


@pytest.mark.parametrize("chunk_lines", [1, 2, 1000])
async def test_an_inquiry_is_about_the_first_of_the_orders_that_its_line_became(pool: Pool, chunk_lines: int) -> None:
    answered = {"answer": "Soon.", "answeredAt": "2026-03-03T13:00:00Z"}
    lines = [*SMALL, order("o-1", 1), order("o-2", 5), inquiry("of two", ELEVEN, order="o-2", **answered)]
    lines += [inquiry("of none", ELEVEN), inquiry("of one", NOON, order="o-1")]
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    assert await rows(pool, ABOUT) == [("of two", 2), ("of none", None), ("of one", 1)]
    await alert_overdue_inquiries(pool, FrozenClock(NOW))
    query = """
        SELECT o.number, e.type FROM events e LEFT JOIN orders o ON o.account_id = e.account_id AND o.id = e.order_id
         WHERE e.type LIKE 'INQUIRY%' ORDER BY e.at, e.sequence"""
    assert await rows(pool, query) == [
        (2, "INQUIRY_OPENED"),
        (None, "INQUIRY_OPENED"),
        (1, "INQUIRY_OPENED"),
        (2, "INQUIRY_ANSWERED"),
        (None, "INQUIRY_OVERDUE"),
        (1, "INQUIRY_OVERDUE"),
    ]


async def test_its_order_may_be_of_an_earlier_file_and_its_answer_come_later(pool: Pool) -> None:
    lines = [*START, order("o-1")]
    await run_import(pool, lines)
    for known in (3, 4):
        outcome = await run_import(pool, [*lines, inquiry("q-1", ELEVEN, order="o-1")])
        assert (outcome.problems, outcome.report.known) == ([], known)
    assert await rows(pool, ABOUT) == [("q-1", 1)]
    [key] = await rows(pool, "SELECT account_id, id FROM inquiries")
    await in_transaction(pool, partial(answer_inquiry, clock=FrozenClock(NOW), key=key, answer="Soon."))
    query = """
        SELECT e.type FROM events e JOIN orders o ON o.account_id = e.account_id AND o.id = e.order_id
         ORDER BY e.sequence"""
    assert await rows(pool, query) == [("ORDER_PLACED",), ("INQUIRY_OPENED",), ("INQUIRY_ANSWERED",)]


async def test_an_inquiry_about_another_order_is_another_one(pool: Pool) -> None:
    lines = [*START, order("o-1"), order("o-2")]
    await run_import(pool, [*lines, inquiry("q-1", ELEVEN, order="o-1")])
    before = await everything(pool)
    for other in (inquiry("q-1", ELEVEN), inquiry("q-1", ELEVEN, order="o-2")):
        assert (await run_import(pool, [*lines, other])).problems == [
            "5: ref: inquiry 'q-1' was imported before with other content"
        ]
    assert await everything(pool) == before


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_its_order_has_to_be_there(pool: Pool, chunk_lines: int) -> None:
    other = [line | {"ref": "other"} if line["type"] == "account" else line | {"account": "other"} for line in START]
    lines = [*START, *other, order("o-1") | {"account": "other"}, order("o-2"), inquiry("q-1", ELEVEN, order="o-1")]
    outcome = await run_import(pool, lines, chunk_lines=chunk_lines)
    assert outcome.problems == ["7: order: there is no order 'o-1'"]
    assert await rows(pool, "SELECT 1 FROM inquiries") == []


async def test_a_check_names_an_order_that_is_refused_once(pool: Pool) -> None:
    lines = [*START, order("o-1", specification="unknown"), inquiry("q-1", ELEVEN, order="o-1")]
    outcome = await run_import(pool, lines, check=True)
    assert outcome.problems == ["3: specification: there is no specification 'unknown'"]
    assert outcome.report.skipped == 1


async def test_a_late_inquiry_leaves_the_results_of_the_jobs_as_they_are(pool: Pool) -> None:
    await run_import(pool, [*START, order("o-1")])
    await run_jobs(pool, FrozenClock(NOW))
    before = [await rows(pool, query) for query in RESULTS]
    assert [len(each) > 80 for each in before] == [True, True, False]
    asked = inquiry("q-1", "2026-03-10T10:00:00Z", answer="Yes.", answeredAt="2026-03-10T11:00:00Z")
    assert (await run_import(pool, [asked])).problems == []
    assert [await rows(pool, query) for query in RESULTS] == before


async def test_an_inquiry_that_opens_an_account_earlier_has_its_jobs_done_from_then_on(pool: Pool) -> None:
    await run_import(pool, START)
    assert (await run_import(pool, [inquiry("q-1", "2026-05-20T10:00:00Z")])).problems == []
    await run_jobs(pool, FrozenClock(NOW))
    [(first, count)] = await rows(pool, "SELECT min(date), count(*) FROM pulse_snapshots")
    assert (first, count) == (date(2026, 5, 20), 12)


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_lines_of_the_instant_of_a_new_zone_count_in_their_order(pool: Pool, chunk_lines: int) -> None:
    """Late on a Friday in Copenhagen, which is noon in Honolulu."""
    at = "2026-03-06T22:30:00Z"
    lines = [*START, order("o-0"), order("o-1", at=at), inquiry("before", at)]
    lines += [change("timeZone", at, timeZone="Pacific/Honolulu"), order("o-2", at=at), inquiry("after", at)]
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    assert await rows(pool, "SELECT text, due_at FROM inquiries ORDER BY due_at") == [
        ("after", datetime(2026, 3, 7, 3, 30, tzinfo=UTC)),
        ("before", datetime(2026, 3, 9, 3, 30, tzinfo=UTC)),
    ]
    assert await rows(pool, "SELECT name, due_at FROM orders WHERE number > 1 ORDER BY number") == [
        ("Order o-1", datetime(2026, 3, 9, 8, tzinfo=UTC)),
        ("Order o-2", datetime(2026, 3, 9, 19, tzinfo=UTC)),
    ]
