"""Deadlines of images: kept or missed, after a rejection, and explained step by step."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.serving import NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

MONDAY = datetime(2026, 3, 9, 13, tzinfo=UTC)
DUE_AT = datetime(2026, 3, 10, 8, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

OUTCOME = """{ account { order(number: 1) { late images { nodes {
  status onTime lateBySeconds firstDeliveredAt deliveredAt
  deadline { at status late slaVersion } rejections { at reason dueAt redeliveredAt }
} } } } }"""


async def outcome(pool: Pool, client_of: NewClient, photo: Photo, **order: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the one image of an order that was placed on Monday and is due on Tuesday at 08:00 UTC."""
    studio = await open_account(pool, Studio())
    studio.order(MONDAY, [photo], **order)
    await write(pool, studio)
    found = (await (await client_of(studio)).data(OUTCOME))["account"]["order"]
    [image] = found["images"]["nodes"]
    assert found["late"] == (image["onTime"] is False)
    return {name: image[name] for name in ("onTime", "lateBySeconds")} | {"deadline": image["deadline"]}


CONFIRMED: dict[str, object] = {"at": "2026-03-10T08:00:00Z", "status": "CONFIRMED", "slaVersion": 1}


async def test_a_delivery_at_the_deadline_is_on_time(pool: Pool, client_of: NewClient) -> None:
    assert await outcome(pool, client_of, Photo(delivered_at=DUE_AT)) == {
        "onTime": True,
        "lateBySeconds": None,
        "deadline": {**CONFIRMED, "late": False},
    }


async def test_a_delivery_a_microsecond_after_the_deadline_is_late(pool: Pool, client_of: NewClient) -> None:
    assert await outcome(pool, client_of, Photo(delivered_at=DUE_AT + MICROSECOND)) == {
        "onTime": False,
        "lateBySeconds": 0.000001,
        "deadline": {**CONFIRMED, "late": True},
    }


async def test_an_undelivered_image_is_late_a_microsecond_after_its_deadline(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    clock.advance(DUE_AT - clock.now())
    studio = await open_account(pool, Studio())
    studio.order(MONDAY, [Photo()])
    await write(pool, studio)
    client = await client_of(studio)
    ask = "{ account { order(number: 1) { late images { nodes { onTime lateBySeconds deadline { late } } } } } }"
    order = (await client.data(ask))["account"]["order"]
    open_image = {"onTime": None, "lateBySeconds": None, "deadline": {"late": False}}
    assert order == {"late": False, "images": {"nodes": [open_image]}}
    clock.advance()
    order = (await client.data(ask))["account"]["order"]
    late_image = {"onTime": False, "lateBySeconds": 0.000001, "deadline": {"late": True}}
    assert order == {"late": True, "images": {"nodes": [late_image]}}


async def test_an_image_cancelled_before_its_deadline_was_never_late(pool: Pool, client_of: NewClient) -> None:
    assert await outcome(pool, client_of, Photo(), cancelled_at=DUE_AT) == {
        "onTime": None,
        "lateBySeconds": None,
        "deadline": {**CONFIRMED, "late": False},
    }


async def test_an_image_cancelled_after_its_deadline_stays_late(pool: Pool, client_of: NewClient) -> None:
    assert await outcome(pool, client_of, Photo(), cancelled_at=DUE_AT + HOUR) == {
        "onTime": False,
        "lateBySeconds": 3600.0,
        "deadline": {**CONFIRMED, "late": True},
    }


async def test_an_image_without_a_deadline_is_never_late(pool: Pool, client_of: NewClient) -> None:
    assert await outcome(pool, client_of, Photo(), level=ServiceLevel.ADDITIONAL) == {
        "onTime": None,
        "lateBySeconds": None,
        "deadline": {"at": None, "status": "TO_BE_CONFIRMED", "late": False, "slaVersion": 1},
    }


async def test_an_image_delivered_before_staff_set_the_deadline_has_no_deadline(
    pool: Pool, client_of: NewClient
) -> None:
    studio = await open_account(pool, Studio())
    photos = [Photo(delivered_at=MONDAY + HOUR), Photo()]
    studio.order(MONDAY, photos, level=ServiceLevel.ADDITIONAL, due_at=DUE_AT + DAY)
    studio.images[0].due_at = None
    await write(pool, studio)
    data = await (await client_of(studio)).data(OUTCOME)
    delivered, waiting = data["account"]["order"]["images"]["nodes"]
    assert (delivered["deadline"]["at"], delivered["deadline"]["status"]) == (None, "TO_BE_CONFIRMED")
    assert delivered["onTime"] is None
    assert (waiting["deadline"]["at"], waiting["deadline"]["status"]) == ("2026-03-11T08:00:00Z", "CONFIRMED")


async def test_a_rejected_image_shows_the_deadline_of_its_redo(pool: Pool, client_of: NewClient) -> None:
    photo = Photo(delivered_at=DUE_AT - HOUR, rejections=((DUE_AT, None),))
    assert await outcome(pool, client_of, photo) == {
        "onTime": True,
        "lateBySeconds": None,
        "deadline": {"at": "2026-03-10T13:00:00Z", "status": "CONFIRMED", "late": False, "slaVersion": 1},
    }


async def test_a_redelivered_image_shows_its_delivery_deadline_again(pool: Pool, client_of: NewClient) -> None:
    photo = Photo(delivered_at=DUE_AT - HOUR, rejections=((DUE_AT, DUE_AT + HOUR),))
    assert (await outcome(pool, client_of, photo))["deadline"] == {**CONFIRMED, "late": False}


async def test_rejections_are_listed_oldest_first(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    friday = datetime(2026, 3, 6, 20, tzinfo=UTC)
    studio.order(
        friday - DAY, [Photo(delivered_at=friday - HOUR, rejections=((friday, friday + HOUR), (DUE_AT, None)))]
    )
    await write(pool, studio)
    data = await (await client_of(studio)).data(OUTCOME)
    [image] = data["account"]["order"]["images"]["nodes"]
    assert image["rejections"] == [
        {
            "at": "2026-03-06T20:00:00Z",
            "reason": "halo",
            "dueAt": "2026-03-09T01:00:00Z",  # 02:00 on Saturday, user time, moved to Monday
            "redeliveredAt": "2026-03-06T21:00:00Z",
        },
        {"at": "2026-03-10T08:00:00Z", "reason": "halo", "dueAt": "2026-03-10T13:00:00Z", "redeliveredAt": None},
    ]
    assert (image["firstDeliveredAt"], image["deliveredAt"]) == ("2026-03-06T19:00:00Z", "2026-03-06T21:00:00Z")


EXPLANATION = """{ account { order(number: 1) {
  deadline { explanation { code text __typename ... on UploadedAtStep { at timeZone }
    ... on CutoffStep { at date uploadBy countedFor }
    ... on GuaranteePositionStep { first: from last: to of imageCount date }
    ... on BaseDeadlineStep { at timeZone turnaround } ... on WeekendShiftStep { hours from to timeZone }
    ... on SlaVersionStep { version } } } images { nodes { deadline { explanation { code text } } } }
} } }"""


async def codes(pool: Pool, client_of: NewClient, photo: Photo, **order: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401
    studio = await open_account(pool, Studio())
    studio.order(MONDAY, [photo], **order)
    await write(pool, studio)
    found = (await (await client_of(studio)).data(EXPLANATION))["account"]["order"]
    [image] = found["images"]["nodes"]
    steps = found["deadline"]["explanation"], image["deadline"]["explanation"]
    return [step["code"] for step in steps[0]], [step["code"] for step in steps[1]]


async def test_a_deadline_is_explained_step_by_step(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    friday = datetime(2026, 3, 6, 13, 5, tzinfo=UTC)
    studio.order(friday, [Photo() for _ in range(20)], position=181)
    await write(pool, studio)
    data = await (await client_of(studio)).data(EXPLANATION)
    steps = data["account"]["order"]["deadline"]["explanation"]
    zone = {"timeZone": "Europe/Copenhagen"}
    assert [{key: value for key, value in step.items() if key not in {"code", "text"}} for step in steps] == [
        {"__typename": "UploadedAtStep", "at": "2026-03-06T13:05:00Z", **zone},
        {
            "__typename": "CutoffStep",
            "at": "2026-03-06T23:00:00Z",
            "date": "2026-03-06",
            "uploadBy": "24:00",
            "countedFor": None,
        },
        {
            "__typename": "GuaranteePositionStep",
            "first": 181,
            "last": 200,
            "of": 200,
            "imageCount": 20,
            "date": "2026-03-06",
        },
        {"__typename": "BaseDeadlineStep", "at": "2026-03-07T08:00:00Z", "turnaround": None, **zone},
        {
            "__typename": "WeekendShiftStep",
            "hours": 48.0,
            "from": "2026-03-07T08:00:00Z",
            "to": "2026-03-09T08:00:00Z",
            **zone,
        },
        {"__typename": "SlaVersionStep", "version": 1},
    ]
    of_first = data["account"]["order"]["images"]["nodes"][0]["deadline"]["explanation"]
    assert "14:05 (UTC+01:00, Europe/Copenhagen)" in steps[0]["text"]
    assert "181\u2013200 of the 200" in steps[2]["text"]
    assert "181 of the 200" in of_first[2]["text"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, ["UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "BASE_DEADLINE", "SLA_VERSION"]),
        (
            {"level": ServiceLevel.ADDITIONAL, "position": 201},
            ["UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "AWAITING_STAFF", "SLA_VERSION"],
        ),
        (
            {"level": ServiceLevel.ADDITIONAL, "position": 201, "due_at": DUE_AT},
            ["UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "STAFF_CONFIRMED", "SLA_VERSION"],
        ),
        (
            {"level": ServiceLevel.EXPEDITED},
            ["UPLOADED_AT", "GUARANTEE_POSITION", "EXPEDITE_POSITION", "BASE_DEADLINE", "SLA_VERSION"],
        ),
        (
            {"level": ServiceLevel.EXPEDITED_PLAN},
            ["UPLOADED_AT", "GUARANTEE_POSITION", "EXPEDITE_POSITION", "AWAITING_STAFF", "SLA_VERSION"],
        ),
    ],
)
async def test_orders_and_their_images_explain_every_kind_of_deadline(
    pool: Pool, client_of: NewClient, order: dict[str, Any], expected: list[str]
) -> None:
    assert await codes(pool, client_of, Photo(), **order) == (expected, expected)


async def test_a_redo_explains_its_own_deadline(pool: Pool, client_of: NewClient) -> None:
    photo = Photo(delivered_at=DUE_AT - HOUR, rejections=((DUE_AT, None),))
    _, of_image = await codes(pool, client_of, photo)
    assert of_image == ["REJECTED_AT", "BASE_DEADLINE", "SLA_VERSION"]
