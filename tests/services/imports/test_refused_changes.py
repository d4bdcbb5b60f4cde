"""Lines that are refused for what came before them: earlier lines, or stored rows."""

import pytest

from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, UPLOADED, Line, change, order, rows, run_import
from tests.support.refused_lines import DEADLINE, DELIVERED, FULL, LATER, SATURDAY, image, refused

INQUIRY = change("inquiry", LATER, ref="q-1", topic="SUPPORT", text="When?")
BAD_CHANGES: list[tuple[Line, str]] = [
    (
        order("o-2", at="2026-03-03T09:59:59Z"),
        "placedAt: is before 2026-03-03T10:00:00Z, the last instant of account 'acme' so far",
    ),
    (
        change("cancellation", "2026-03-03T09:00:00Z", order="o-1"),
        "at: is before 2026-03-03T10:00:00Z, the last instant of account 'acme' so far",
    ),
    (change("cancellation", "2027-01-01T00:00:00Z", order="o-1"), "at: is in the future"),
    (order("o-1", 3), "ref: order 'o-1' was imported before with other content"),
    (ACCOUNT | {"name": "Acme"}, "ref: account 'acme' was imported before with other content"),
    (SPECIFICATION | {"name": "G"}, "ref: specification 'ghost' was imported before with other content"),
    (
        INQUIRY | {"at": "2026-03-03T09:00:00Z"},
        "at: is before 2026-03-03T10:00:00Z, the last instant of account 'acme' so far",
    ),
    (INQUIRY | {"answer": "At nine."}, "answeredAt: is missing: an answer has both its text and its instant"),
    (INQUIRY | {"answeredAt": LATER}, "answer: is missing: an answer has both its text and its instant"),
    (INQUIRY | {"answer": "No.", "answeredAt": "2026-03-03T10:00:00Z"}, "answeredAt: is before the inquiry"),
    (INQUIRY | {"answer": "No.", "answeredAt": "2027-01-01T00:00:00Z"}, "answeredAt: is in the future"),
    (INQUIRY | {"text": " "}, "text: must not be blank"),
    (change("cancellation", LATER, order="o-9"), "order: there is no order 'o-9'"),
    (change("expedite", LATER, order="o-9"), "order: there is no order 'o-9'"),
    (
        change("cancellation", LATER, order="o-1"),
        "order: Order 1 cannot be cancelled: its production has begun.",
    ),
    (
        change("cancellation", LATER, order="o-1", filenames=["b.jpg", "a.jpg"]),
        "filenames[1]: 'a.jpg' cannot be cancelled: its production has begun.",
    ),
    (
        change("cancellation", LATER, order="o-1", filenames=["c.jpg"]),
        "filenames[0]: order 'o-1' has no image 'c.jpg'",
    ),
    (change("expedite", LATER, order="o-1", filenames=[]), "filenames: is empty"),
    (
        change("expedite", LATER, order="o-1", filenames=["b.jpg", "c.jpg"]),
        "filenames[1]: order 'o-1' has no image 'c.jpg'",
    ),
    (
        change("expedite", LATER, order="o-1", filenames=["b.jpg", "b.jpg"]),
        "filenames[1]: 'b.jpg' is named twice",
    ),
    (
        change("expedite", DELIVERED, order="o-1", filenames=["b.jpg", "a.jpg"]),
        "filenames[1]: 'a.jpg' has already been delivered.",
    ),
    (
        change("expedite", "2026-03-04T08:00:00.000001Z", order="o-1"),
        "order: Order 1 was due at 2026-03-04T08:00:00Z and is already late.",
    ),
    (
        change("expedite", "2026-03-04T08:00:00.000001Z", order="o-1", filenames=["b.jpg"]),
        "filenames[0]: 'b.jpg' was due at 2026-03-04T08:00:00Z and is already late.",
    ),
    (
        change("expedite", "2026-03-04T05:00:00Z", order="o-1", filenames=["b.jpg"]),
        "filenames: The image would not be due earlier than without the expedite.",
    ),
    (
        change("expedite", "2026-03-04T05:00:00Z", order="o-1"),
        "order: The image would not be due earlier than without the expedite.",
    ),
    (
        change("expedite", SATURDAY, order="o-1"),
        "order: Order 1 was due at 2026-03-04T08:00:00Z and is already late.",
    ),
    (
        change("terms", LATER, effectiveDate="2026-04-01"),
        "imagesPerDay: is missing, and so are all other terms: one has to be stated",
    ),
    (
        change("terms", LATER, imagesPerDay=5, effectiveDate="2026-03-03"),
        "effectiveDate: 2026-03-03 is not after 2026-03-03, the account's running day.",
    ),
    (change("terms", LATER, imagesPerDay=5, effectiveDate="1 April"), "effectiveDate: must be a date, like 2026-04-01"),
    (
        change("terms", LATER, imagesPerDay=5, effectiveDate="2026-02-29"),
        "effectiveDate: is no date that exists: 2026-02-29",
    ),
    (
        change("terms", LATER, imagesPerDay=5, effectiveDate="2201-01-01"),
        "effectiveDate: must be in the years 1970 to 2200",
    ),
    (
        change("timeZone", UPLOADED, timeZone="Asia/Tokyo"),
        "at: is the instant at which the account's time zone was set before",
    ),
]


@pytest.mark.parametrize(("line", "problem"), BAD_CHANGES)
async def test_a_bad_line_about_earlier_lines(pool: Pool, line: Line, problem: str) -> None:
    images = [image(deliveredAt=DELIVERED), {"filename": "b.jpg"}]
    assert await refused(pool, *START, order("o-1", list(images)), line) == problem
    assert await rows(pool, "SELECT number, service_level, status FROM orders") == [(1, "STANDARD", "IN_PRODUCTION")]


@pytest.mark.parametrize(("line", "problem"), BAD_CHANGES)
async def test_a_bad_line_about_stored_rows(pool: Pool, line: Line, problem: str) -> None:
    images = [image(deliveredAt=DELIVERED), {"filename": "b.jpg"}]
    await run_import(pool, [*START, order("o-1", list(images))])
    outcome = await run_import(pool, [line])
    assert outcome.problems == [f"1: {problem}"]


async def test_an_order_is_not_expedited_on_a_weekend(pool: Pool) -> None:
    lines = [*START, order("o-1", at="2026-03-06T10:00:00Z"), change("expedite", SATURDAY, order="o-1")]
    assert await refused(pool, *lines) == "at: Expedites can be asked for again from 2026-03-09T00:00:00Z on."


async def test_an_expedited_image_is_not_expedited_again(pool: Pool) -> None:
    lines = [*START, order("o-1", expedite=True), change("expedite", LATER, order="o-1")]
    assert await refused(pool, *lines) == "order: Order 1 is already expedited."


async def test_a_cancelled_order_does_not_change(pool: Pool) -> None:
    cancelled = [*START, order("o-1"), change("cancellation", LATER, order="o-1")]
    problem = "order: Order 1 was cancelled at 2026-03-03T11:00:00Z."
    assert await refused(pool, *cancelled, change("cancellation", DELIVERED, order="o-1")) == problem
    assert (await run_import(pool, [change("expedite", DELIVERED, order="o-1")])).problems == [f"1: {problem}"]


async def test_a_cancelled_image_does_not_change(pool: Pool) -> None:
    cancelled = [*START, order("o-1", 2), change("cancellation", LATER, order="o-1", filenames=["o-1-1.jpg"])]
    problem = "filenames[0]: 'o-1-1.jpg' was cancelled at 2026-03-03T11:00:00Z."
    again = change("cancellation", DELIVERED, order="o-1", filenames=["o-1-1.jpg"])
    assert await refused(pool, *cancelled, again) == problem
    expedite = change("expedite", DELIVERED, order="o-1", filenames=["o-1-1.jpg"])
    assert (await run_import(pool, [expedite])).problems == [f"1: {problem}"]


async def test_a_deadline_set_later_contradicts_a_cancellation_and_an_expedite_that_gives_one(pool: Pool) -> None:
    placed = [FULL, SPECIFICATION, order("o-1", [image(deadline=DEADLINE | {"confirmedAt": DELIVERED})])]
    assert (
        await refused(pool, *placed, change("cancellation", LATER, order="o-1"))
        == "at: staff set a deadline of the order later, at 2026-03-03T12:00:00Z"
    )
    outcome = await run_import(pool, [change("expedite", LATER, order="o-1")])
    assert outcome.problems == ["1: at: staff set a deadline later for images that the expedite gives one by rule"]
