"""Order lines that are refused: their images, instants and deadlines."""

import pytest

from db.connections import Pool
from tests.support.import_files import SPECIFICATION, START, Line, order, rows
from tests.support.refused_lines import CONTROL_CHARACTER, DEADLINE, DELIVERED, FULL, LATER, SATURDAY, image, refused


def delivered(*rejections: Line) -> Line:
    return image(deliveredAt=DELIVERED, rejections=list(rejections))


def back(at: str, redelivered_at: str | None = None) -> Line:
    return {"at": at, "reason": "halo", "redeliveredAt": redelivered_at}


BAD_ORDERS: list[tuple[Line, str]] = [
    (order("o", []), "images: is empty"),
    (order("o", 2001), "images: has more than 2000 entries"),
    (order("o", [{"filename": ""}]), "images[0].filename: must not be blank"),
    (order("o", [image(), {"filename": "f" * 256}]), "images[1].filename: is longer than 255 characters"),
    (order("o", [image(), {"filename": "a\0"}]), f"images[1].filename: {CONTROL_CHARACTER}"),
    (order("o", [image(size=5)]), "images[0].size: is not known"),
    (order("o", [image(operations={})]), "images[0].operations: must be a list"),
    (order("o", [image(deliveredAt=DELIVERED, rejections={})]), "images[0].rejections: must be a list"),
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
        "images[0].deadline: is missing: other images of the order have several, and it was not delivered yet",
    ),
    (order("o", [image(deadline={"at": LATER})]), "images[0].deadline.confirmedAt: is missing"),
    (
        order("o", [image(deliveredAt="2026-03-03T10:59:59.999999Z", deadline=DEADLINE)]),
        ("images[0].deadline: Order 1 awaits no deadline: it has one, or none of its images needs one any more."),
    ),
]


@pytest.mark.parametrize(("line", "problem"), BAD_ORDERS)
async def test_a_bad_order(pool: Pool, line: Line, problem: str) -> None:
    assert await refused(pool, *START, line) == problem
    assert await rows(pool, "SELECT 1 FROM accounts") == []


@pytest.mark.parametrize(("line", "problem"), BAD_DEADLINES)
async def test_a_bad_deadline(pool: Pool, line: Line, problem: str) -> None:
    assert await refused(pool, FULL, SPECIFICATION, line) == problem
