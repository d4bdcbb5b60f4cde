"""Every kind of bad line is shown with its number, its field and its problem."""

import json

import pytest

from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, UPLOADED, Line, change, order, rows, run_import

LATER = "2026-03-03T11:00:00Z"
SATURDAY = "2026-03-07T10:00:00Z"
DELIVERED = "2026-03-03T12:00:00Z"
DEADLINE = {"at": "2026-03-05T12:00:00Z", "confirmedAt": "2026-03-03T11:00:00Z"}
FULL = ACCOUNT | {"imagesPerDay": 0}
CONTROL = r"(\u0000-\u001F) found while parsing a string"
KINDS = "'account', 'specification', 'order', 'cancellation', 'expedite', 'terms', 'timeZone'"
CONTROL_CHARACTER = "has a line end or a control character"


def image(**more: object) -> Line:
    line: Line = {"filename": "a.jpg"}
    return line | more


def delivered(*rejections: Line) -> Line:
    return image(deliveredAt=DELIVERED, rejections=list(rejections))


def back(at: str, redelivered_at: str | None = None) -> Line:
    return {"at": at, "reason": "halo", "redeliveredAt": redelivered_at}


BAD_FIRST_LINES: list[tuple[Line | str, str]] = [
    ("{", "is not JSON: EOF while parsing an object at column 1"),
    ("[]", "must be an object"),
    ("{}", "type: is missing"),
    (
        {"type": "refund"},
        f"type: 'refund' is not one of {KINDS}",
    ),
    ({"type": "cancellation"}, "account: is missing; at: is missing; order: is missing"),
    (
        {"type": "order"},
        (
            "account: is missing; ref: is missing; name: is missing; specification: is missing; placedAt: is"
            " missing; and 1 more"
        ),
    ),
    (ACCOUNT | {"owner": "me"}, "owner: is not known"),
    (ACCOUNT | {"ref": " "}, "ref: must not be blank"),
    (ACCOUNT | {"name": 5}, "name: must be a string"),
    (ACCOUNT | {"name": "n" * 256}, "name: is longer than 255 characters"),
    (ACCOUNT | {"name": "a\0b"}, f"name: {CONTROL_CHARACTER}"),
    (ACCOUNT | {"name": "a\nb"}, f"name: {CONTROL_CHARACTER}"),
    (ACCOUNT | {"name": "\u200b\u3164"}, "name: must not be blank"),
    (ACCOUNT | {"ref": "\u2800"}, "ref: must not be blank"),
    (ACCOUNT | {"plan": "GOLD"}, "plan: must be 'SOLO', 'PROFESSIONAL_TRIAL', 'PROFESSIONAL' or 'ENTERPRISE'"),
    (ACCOUNT | {"timeZone": "Copenhagen"}, "timeZone: must be an IANA time zone, like Europe/Copenhagen"),
    (ACCOUNT | {"timeZone": None}, "timeZone: must be an IANA time zone, like Europe/Copenhagen"),
    (ACCOUNT | {"imagesPerDay": -1}, "imagesPerDay: must not be less than 0"),
    (ACCOUNT | {"imagesPerDay": 1.5}, "imagesPerDay: must be a whole number"),
    (ACCOUNT | {"expeditesPerDay": "5"}, "expeditesPerDay: must be a whole number"),
    (ACCOUNT | {"expeditesPerDay": 10**7}, "expeditesPerDay: must not be more than 1000000"),
    (json.dumps(ACCOUNT).replace("ACME", r"\ud800"), "is not JSON: unexpected end of hex escape at column 51"),
    (json.dumps(ACCOUNT).replace("ACME", r"\udc00"), "is not JSON: lone leading surrogate in hex escape at column 50"),
    (json.dumps(ACCOUNT).replace("ACME", "\0"), f"is not JSON: control character {CONTROL} at column 45"),
    ("\0\0", "is not JSON: expected value at column 1"),
    ("[" * 300, "is not JSON: recursion limit exceeded at column 202"),
    ("5", "must be an object"),
    ('{"type": NaN}', "type: 'nan' is not one of " + KINDS),
    ({"type": "t" * 1000}, f"type: '{'t' * 80}...' is not one of {KINDS}"),
    (ACCOUNT | {"\33[2J\n": 1}, r"'\x1b[2J\n': is not known"),
    (ACCOUNT | {"k" * 1000: 1}, f"'{'k' * 80}...': is not known"),
    (json.dumps(ACCOUNT)[:-1] + ', "imagesPerDay": 1e400}', "imagesPerDay: must be a whole number"),
    (json.dumps(ACCOUNT)[:-1] + ', "imagesPerDay": NaN}', "imagesPerDay: must be a whole number"),
    (json.dumps(ACCOUNT)[:-1] + f', "imagesPerDay": {"9" * 400}}}', "imagesPerDay: must not be more than 1000000"),
    (json.dumps(ACCOUNT)[:-1] + ', "ref": "beta"}', "ref: is repeated"),
    (json.dumps(ACCOUNT)[:-1] + r', "n\u0061me": "ACME"}', "name: is repeated"),
    (json.dumps(ACCOUNT)[:-1] + ', "name"\t : "ACME"}', "name: is repeated"),
    (json.dumps(ACCOUNT | {"name": "A"})[:-1] + r', "name": "\u0022: \u0022: "}', "name: is repeated"),
    (SPECIFICATION, "account: there is no account 'acme'"),
    (order("o-1"), "account: there is no account 'acme'"),
]
BAD_SPECIFICATIONS: list[tuple[Line, str]] = [
    ({"pricePerImage": "-0.01"}, "pricePerImage: must not be less than 0"),
    ({"pricePerImage": "1.23456"}, "pricePerImage: has more than 4 decimals"),
    ({"pricePerImage": "12345678901234"}, "pricePerImage: has more than 10 digits before the point"),
    ({"pricePerImage": "free"}, "pricePerImage: must be a number"),
    ({"pricePerImage": None}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1_000"}, "pricePerImage: must be a number"),
    ({"pricePerImage": " 1.45"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "\u0661"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "NaN"}, "pricePerImage: must be a number"),
    ({"pricePerImage": float("inf")}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1e999999999"}, "pricePerImage: must be a number"),
    ({"pricePerImage": "1e400"}, "pricePerImage: has more than 14 digits"),
    ({"pricePerImage": f"1.{'0' * 50}1"}, "pricePerImage: has more than 14 digits"),
    ({"pricePerImage": True}, "pricePerImage: must be a number"),
    ({"currency": "usd"}, "currency: must be a currency of ISO 4217, like USD"),
    ({"currency": "ZZZ"}, "currency: must be a currency of ISO 4217, like USD"),
    ({"currency": 5}, "currency: must be a currency of ISO 4217, like USD"),
    ({"steps": "CLIPPING"}, "steps: must be a list"),
    ({"steps": [{"step": "", "seconds": 1}]}, "steps[0].step: must not be blank"),
    ({"steps": [{"step": "CLIPPING", "seconds": 1.0005}]}, "steps[0].seconds: has more than 3 decimals"),
    ({"steps": [{"step": "CLIPPING", "seconds": -1}]}, "steps[0].seconds: must not be less than 0"),
    (
        {"steps": [{"step": "CLIPPING", "seconds": 1000000.001}]},
        "steps[0].seconds: must not be more than 1000000",
    ),
    ({"steps": [{"step": "CLIPPING"}]}, "steps[0].seconds: is missing"),
    ({"steps": [{"step": "S", "seconds": 1}] * 101}, "steps: has more than 100 entries"),
]
BAD_ORDERS: list[tuple[Line, str]] = [
    (order("o", []), "images: is empty"),
    (order("o", 2001), "images: has more than 2000 entries"),
    (order("o", [{"filename": ""}]), "images[0].filename: must not be blank"),
    (order("o", [image(), {"filename": "f" * 256}]), "images[1].filename: is longer than 255 characters"),
    (order("o", [image(), {"filename": "a\0"}]), f"images[1].filename: {CONTROL_CHARACTER}"),
    (order("o", [image(size=5)]), "images[0].size: is not known"),
    (order("o", expedite="yes"), "expedite: must be true or false"),
    (order("o", specification="g"), "specification: there is no specification 'g'"),
    (order("o", at="2026-03-03"), "placedAt: must be an instant with an offset, like 2026-03-02T13:05:00Z"),
    (
        order("o", at="2026-03-03T10:00:00"),
        "placedAt: must be an instant with an offset, like 2026-03-02T13:05:00Z",
    ),
    (order("o", at="2026-02-30T10:00:00Z"), "placedAt: is no instant that exists: 2026-02-30T10:00:00Z"),
    (order("o", at="1969-12-31T23:59:59Z"), "placedAt: must be in the years 1970 to 2200"),
    (order("o", at="2201-01-01T00:00:00Z"), "placedAt: must be in the years 1970 to 2200"),
    (order("o", at="2026-06-01T00:00:00.000001Z"), "placedAt: is in the future"),
    (
        order("o", at=SATURDAY, expedite=True),
        "expedite: Expedites can be asked for again from 2026-03-09T00:00:00Z on.",
    ),
    (order("o", [image(deliveredAt="2026-03-03T09:59:59Z")]), "images[0].deliveredAt: is before placedAt"),
    (order("o", [image(deliveredAt="2026-06-02T00:00:00Z")]), "images[0].deliveredAt: is in the future"),
    (order("o", [image(rejections=[back(DELIVERED)])]), "images[0].rejections: the image was never delivered"),
    (order("o", [delivered(back(LATER))]), "images[0].rejections[0].at: is before the delivery"),
    (order("o", [delivered(back(DELIVERED, LATER))]), "images[0].rejections[0].redeliveredAt: is before the rejection"),
    (
        order("o", [delivered(back(DELIVERED), back(DELIVERED))]),
        "images[0].rejections[1]: the image was not delivered again after the rejection before",
    ),
    (
        order("o", [delivered(back(DELIVERED, "2026-03-04T00:00:00Z"), back("2026-03-03T23:00:00Z"))]),
        "images[0].rejections[1].at: is before the delivery",
    ),
    (order("o", [delivered(back("2026-06-02T00:00:00Z"))]), "images[0].rejections[0].at: is in the future"),
    (
        order("o", [delivered(back(DELIVERED) | {"reason": "r" * 2001})]),
        "images[0].rejections[0].reason: is longer than 2,000 characters",
    ),
    (order("o", [image(deadline=DEADLINE)]), "images[0].deadline: the rules give STANDARD images their deadline"),
    (
        order("o", [image(deadline=DEADLINE)], expedite=True),
        "images[0].deadline: the rules give EXPEDITED images their deadline",
    ),
]
BAD_DEADLINES: list[tuple[Line, str]] = [
    (
        order("o", [image(deadline=DEADLINE | {"confirmedAt": "2026-03-03T09:00:00Z"})]),
        "images[0].deadline.confirmedAt: is before placedAt",
    ),
    (
        order("o", [image(deadline={"at": "2026-06-03T00:00:00Z", "confirmedAt": "2026-06-02T00:00:00Z"})]),
        "images[0].deadline.confirmedAt: is in the future",
    ),
    (
        order("o", [image(deadline=DEADLINE | {"at": DEADLINE["confirmedAt"]})]),
        "images[0].deadline.at: is not after confirmedAt: a deadline is set in the future",
    ),
    (
        order("o", [image(), image(deadline=DEADLINE), image(deadline=DEADLINE | {"at": "2026-03-06T12:00:00Z"})]),
        "images[2].deadline: images of one order share one, and images[1]'s differs",
    ),
    (order("o", [image(deadline={"at": LATER})]), "images[0].deadline.confirmedAt: is missing"),
    (
        order("o", [image(deliveredAt="2026-03-03T10:59:59.999999Z", deadline=DEADLINE)]),
        ("images[0].deadline: Order 1 awaits no deadline: it has one, or none of its images needs one any more."),
    ),
]
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
        "filenames: Of 1 images, 0 would be due earlier than without the expedite.",
    ),
    (
        change("expedite", "2026-03-04T05:00:00Z", order="o-1"),
        "order: Of 1 images, 0 would be due earlier than without the expedite.",
    ),
    (
        change("expedite", SATURDAY, order="o-1"),
        "at: Expedites can be asked for again from 2026-03-09T00:00:00Z on.",
    ),
    (
        change("terms", LATER, effectiveDate="2026-04-01"),
        "imagesPerDay: Terms change the images a day, the expedites a day, or both.",
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


async def refused(pool: Pool, *lines: Line | str) -> str:
    """Import lines of which the last is bad, assert that nothing of it was written, and return its problem."""
    outcome = await run_import(pool, lines)
    assert outcome.report.problems == 1
    assert await rows(pool, "SELECT count(*) FROM import_lines") == [(outcome.report.imported.total(),)]
    (problem,) = outcome.problems
    number, _, text = problem.partition(": ")
    assert number == str(len(lines))
    return text


@pytest.mark.parametrize(("line", "problem"), BAD_FIRST_LINES)
async def test_a_bad_first_line(pool: Pool, line: Line | str, problem: str) -> None:
    assert await refused(pool, line) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


@pytest.mark.parametrize(("field", "problem"), BAD_SPECIFICATIONS)
async def test_a_bad_specification(pool: Pool, field: Line, problem: str) -> None:
    assert await refused(pool, ACCOUNT, SPECIFICATION | field) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


@pytest.mark.parametrize(("line", "problem"), BAD_ORDERS)
async def test_a_bad_order(pool: Pool, line: Line, problem: str) -> None:
    assert await refused(pool, *START, line) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


@pytest.mark.parametrize(("line", "problem"), BAD_DEADLINES)
async def test_a_bad_deadline(pool: Pool, line: Line, problem: str) -> None:
    assert await refused(pool, FULL, SPECIFICATION, line) == problem


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


async def test_a_repeated_key_ends_the_account_of_its_line(pool: Pool) -> None:
    twice = json.dumps(order("o-1")).replace('"filename"', '"filename": "b.jpg", "filename"')
    assert await refused(pool, *START, twice) == "filename: is repeated"


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


async def test_a_repeated_account_or_specification_line_with_other_content_is_refused_before_the_account_begins(
    pool: Pool,
) -> None:
    outcome = await run_import(pool, [ACCOUNT, ACCOUNT, ACCOUNT | {"name": "Acme"}])
    assert outcome.problems == ["3: ref: account 'acme' came before with other content"]
    outcome = await run_import(pool, [*START, SPECIFICATION, SPECIFICATION | {"name": "G"}])
    assert outcome.problems == ["4: ref: specification 'ghost' came before with other content"]


async def test_a_line_too_long_is_refused_unread(pool: Pool) -> None:
    assert await refused(pool, *START, order("o-1", name="n" * 2**24)) == "is longer than 16,777,216 bytes"
