"""Operations: recorded by production, shown as completed steps, as progress of orders and as measured times."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from api.ids import NodeType
from db.connections import Pool
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

PROGRESS: Final = """{ account { order(number: 1) {
  updatedAt steps { step completedCount imageCount }
  images { nodes { completedSteps { step performedBy at seconds } } } } } }"""
MEASURED: Final = "{ retouchingSteps { nodes { step seconds measured { medianSeconds operationCount } } } }"
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4, expedites_per_day=2))


def operation(image: str, step: str = "CLIPPING", by: str = "RETOUCHER", seconds: float = 180.5) -> dict[str, Any]:
    return {"imageId": image, "step": step, "performedBy": by, "seconds": seconds}


async def record(staff: Client, *operations: dict[str, Any], worker: str = "Ada") -> dict[str, Any]:
    return await done(staff, "recordOperations", worker=worker, operations=list(operations))


async def claimed(shop: Shop, staff: Client, *filenames: str) -> list[str]:
    """Place an order and claim its images for Ada; return their ids."""
    [order] = await shop.place(*filenames)
    await done(staff, "claimImages", worker="Ada", count=len(filenames))
    ids: list[str] = order["imageIds"]
    return ids


async def progress(client: Client) -> tuple[list[tuple[str, int, int]], list[list[tuple[str, str, float | None]]]]:
    """Return the steps of the first order, and the completed steps of each of its images."""
    order = (await client.data(PROGRESS))["account"]["order"]
    return (
        [(each["step"], each["completedCount"], each["imageCount"]) for each in order["steps"]],
        [
            [(each["step"], each["performedBy"], each["seconds"]) for each in image["completedSteps"]]
            for image in order["images"]["nodes"]
        ],
    )


async def test_operations_complete_steps_of_which_clients_see_no_seconds(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    a, b = await claimed(shop, staff, "a.jpg", "b.jpg")
    clock.advance()
    recorded = await record(
        staff, operation(b, "SHADOW", "AI", 0.25), operation(a), operation(b, "CLIPPING", "SCRIPT", 3)
    )
    assert recorded["images"] == [
        {
            "id": b,
            "completedSteps": [
                {"step": "SHADOW", "performedBy": "AI", "seconds": 0.25},
                {"step": "CLIPPING", "performedBy": "SCRIPT", "seconds": 3.0},
            ],
        },
        {"id": a, "completedSteps": [{"step": "CLIPPING", "performedBy": "RETOUCHER", "seconds": 180.5}]},
    ]
    assert (await event_types(pool, shop.studio))[-1] == "OPERATIONS_RECORDED"
    clock.advance()
    assert await progress(shop.client) == (
        [("CLIPPING", 2, 2), ("SHADOW", 1, 2)],
        [[("CLIPPING", "RETOUCHER", None)], [("SHADOW", "AI", None), ("CLIPPING", "SCRIPT", None)]],
    )


async def test_each_step_is_completed_once_by_the_latest_operation_since_the_last_rejection(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    for seconds in (1, 2):
        clock.advance()
        await record(staff, operation(image, seconds=seconds), operation(image, "SHADOW", seconds=9))
    await record(staff, operation(image, seconds=3), operation(image, seconds=4))
    clock.advance()
    await done(staff, "deliverImages", worker="Ada", imageIds=[image])
    await record(staff, operation(image, "SHADOW", "AI", 5))
    found = await shop.client.data("{ account { order(number: 1) { images { nodes { completedSteps { step } } } } } }")
    [node] = found["account"]["order"]["images"]["nodes"]
    assert node["completedSteps"] == [{"step": "CLIPPING"}, {"step": "SHADOW"}]
    await done(shop.client, "rejectImages", imageIds=[image], reason="halo")
    clock.advance()
    assert await progress(shop.client) == ([("CLIPPING", 0, 1), ("SHADOW", 0, 1)], [[]])
    await record(staff, operation(image, "SHADOW", "SCRIPT", 6))
    clock.advance()
    assert await progress(shop.client) == ([("CLIPPING", 0, 1), ("SHADOW", 1, 1)], [[("SHADOW", "SCRIPT", None)]])


async def test_only_who_holds_an_image_or_delivered_it_last_can_record(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    not_claimed = [("NOT_CLAIMED", ["operations", "0", "imageId"])]
    before = await contents(pool)
    values = {"operations": [operation(image)]}
    assert await refused(staff, "recordOperations", worker="Bob", **values) == not_claimed
    assert await contents(pool) == before
    clock.advance(2 * DAY)  # the lease has ended
    assert await refused(staff, "recordOperations", worker="Ada", **values) == not_claimed
    for worker in ("Ada", "Bob"):
        await done(staff, "claimImages", worker=worker)
        clock.advance()
        await record(staff, operation(image), worker=worker)
        await done(staff, "deliverImages", worker=worker, imageIds=[image])
        clock.advance()
        await record(staff, operation(image), worker=worker)
        await done(shop.client, "rejectImages", imageIds=[image], reason="halo")
        clock.advance()
    assert await refused(staff, "recordOperations", worker="Ada", **values) == not_claimed


async def test_refused_operations_are_all_named_at_their_paths_and_none_is_recorded(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client, client_of: NewClient
) -> None:
    other = await open_shop(pool, client_of)
    a, b = await claimed(shop, staff, "a.jpg", "b.jpg")
    [theirs] = (await other.place())[0]["imageIds"]
    clock.advance()
    before = await contents(pool)
    operations = [
        operation(a),
        operation(b, "DUST"),
        operation(theirs),
        operation(a, "SKIN"),
        operation(theirs, "DUST"),
    ]
    assert await refused(staff, "recordOperations", worker="Ada", operations=operations) == [
        ("INVALID", ["operations", "1", "step"]),
        ("INVALID", ["operations", "3", "step"]),
        ("INVALID", ["operations", "4", "step"]),
        ("NOT_CLAIMED", ["operations", "2", "imageId"]),
    ]
    bad = [operation("x"), operation(a, ""), operation(a, seconds=-1), operation(a, seconds=1_000_001)]
    assert await refused(staff, "recordOperations", worker="", operations=bad) == [
        ("INVALID", ["worker"]),
        ("NOT_FOUND", ["operations", "0", "imageId"]),
        ("INVALID", ["operations", "1", "step"]),
        ("INVALID", ["operations", "2", "seconds"]),
        ("INVALID", ["operations", "3", "seconds"]),
    ]
    assert await contents(pool) == before


async def test_an_image_of_an_account_that_is_not_there_is_not_found(shop: Shop, staff: Client) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    missing = str(GlobalId(NodeType.IMAGE, UUID(int=7), UUID(int=8)))
    payload = await mutate(staff, "recordOperations", worker="Ada", operations=[operation(image), operation(missing)])
    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["operations", "1", "imageId"])
    assert error["message"] == "There is no such image."


async def test_a_step_that_an_earlier_release_stored_in_another_form_is_found(
    shop: Shop, pool: Pool, staff: Client
) -> None:
    """The name is kept as it was written; operations have it in NFC."""
    stored = "D\N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}tourage"
    await pool.fetch(
        "UPDATE specification_versions SET steps = jsonb_set(steps, '{0,step}', to_jsonb($1::text))", stored
    )
    [image] = await claimed(shop, staff, "a.jpg")
    await record(staff, operation(image, stored))
    assert await progress(shop.client) == (
        [(stored, 1, 1), ("SHADOW", 0, 1)],
        [[("D\N{LATIN SMALL LETTER E WITH ACUTE}tourage", "RETOUCHER", None)]],
    )


async def test_a_repeated_call_records_its_operations_once(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    values: dict[str, Any] = {"worker": "Ada", "operations": [operation(image)], "idempotencyKey": "k"}
    first = await done(staff, "recordOperations", **values)
    clock.advance()
    before = await contents(pool)
    assert await done(staff, "recordOperations", **values) == first
    values["operations"][0]["seconds"] = 1
    assert await refused(staff, "recordOperations", **values) == [("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])]
    assert await contents(pool) == before
    assert len(before["operations"]) == 1


async def test_operations_on_images_of_several_accounts_are_recorded_at_once(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client, client_of: NewClient
) -> None:
    other = await open_shop(pool, client_of)
    images = [(await each.place())[0]["imageIds"][0] for each in (shop, other)]
    await done(staff, "claimImages", worker="Ada", count=2)
    await record(staff, *map(operation, images))
    clock.advance()
    for each in (shop, other):
        assert (await progress(each.client))[0] == [("CLIPPING", 1, 1), ("SHADOW", 0, 1)]
    hidden = await shop.client.data(
        "query ($id: ID!) { node(id: $id) { ... on Image { completedSteps { step } } } }", {"id": images[1]}
    )
    assert hidden == {"node": None}


async def test_recording_updates_the_order(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    clock.advance(timedelta(minutes=1))
    await record(staff, operation(image))
    clock.advance()
    assert (await shop.client.data(PROGRESS))["account"]["order"]["updatedAt"] == "2026-03-10T12:01:00Z"


async def test_a_cancelled_image_is_left_out_of_the_progress(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    a, b = order["imageIds"]
    await done(staff, "claimImages", worker="Ada")
    await record(staff, operation(a))
    clock.advance()
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=[b])
    clock.advance()
    assert (await progress(shop.client))[0] == [("CLIPPING", 1, 1), ("SHADOW", 0, 1)]


async def test_the_catalogue_shows_staff_the_median_of_retouchers_over_90_days(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    for step in ("CLIPPING", "SHADOW"):
        price = {"amount": "0.95", "currency": "USD"}
        await done(staff, "setRetouchingStep", step=step, seconds=180, price=price)
    [image] = await claimed(shop, staff, "a.jpg")
    await record(staff, *(operation(image, seconds=seconds) for seconds in (100, 170.001, 900)))
    await record(staff, operation(image, by="AI", seconds=0.1), operation(image, "SHADOW", "SCRIPT", 2))
    clock.advance(SECOND)
    steps = [
        {"step": "CLIPPING", "seconds": 180.0, "measured": {"medianSeconds": 170.001, "operationCount": 3}},
        {"step": "SHADOW", "seconds": 180.0, "measured": None},
    ]
    assert (await staff.data(MEASURED))["retouchingSteps"]["nodes"] == steps
    hidden = [step | {"measured": None} for step in steps]
    assert (await shop.client.data(MEASURED))["retouchingSteps"]["nodes"] == hidden
    [[recorded_at]] = await pool.fetch("SELECT min(at) FROM operations")
    clock.advance_to(recorded_at + 90 * DAY - SECOND)
    assert (await staff.data(MEASURED))["retouchingSteps"]["nodes"] == steps
    clock.advance(2 * SECOND)
    assert (await staff.data(MEASURED))["retouchingSteps"]["nodes"] == hidden


async def test_the_steps_of_a_page_of_orders_cost_one_statement_each(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    for filename in ("a.jpg", "b.jpg", "c.jpg"):
        await claimed(shop, staff, filename)
    clock.advance()
    asked = "{ account { orders { nodes { steps { step } images { nodes { completedSteps { step } } } } } } }"
    await shop.client.data(asked)
    assert [shop.client.reader.statements.count(name) for name in ("steps_completed_in_orders", "completed_steps")] == [
        1,
        1,
    ]


async def test_a_call_takes_500_operations(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [image] = await claimed(shop, staff, "a.jpg")
    clock.advance()
    payload = await mutate(staff, "recordOperations", worker="Ada", operations=[operation(image)] * 500)
    assert payload["userErrors"] == []
    assert len(payload["images"]) == 1
