"""Deadlines of portions of an order: an action plan of staff; and warnings of deadlines on weekends."""

from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

ORDERS: Final = """orders {
  number imageCount serviceLevel splitFrom { number } deadline { at status } images { nodes { filename } }
} warnings { code path }"""
THURSDAY, FRIDAY, SATURDAY = "2026-03-12T08:00:00Z", "2026-03-13T08:00:00Z", "2026-03-13T23:00:00Z"
LATE_ON_FRIDAY: Final = "2026-03-13T22:59:59.999999Z"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=2))


async def additional(shop: Shop, images: int) -> dict[str, Any]:
    """Place so many images beyond the guarantee; return their order, which is number 2."""
    _, order = await shop.place(*(f"{number}.jpg" for number in range(1, images + 3)))
    return order


def portions(*parts: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"imageCount": count, "deadline": deadline} for count, deadline in parts]


async def test_each_portion_gets_a_deadline_and_further_ones_become_orders(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    order = await additional(shop, 4)
    clock.advance()
    given = portions((1, THURSDAY), (2, LATE_ON_FRIDAY), (1, SATURDAY))
    payload = await done(staff, "confirmDeadline", ORDERS, orderId=order["id"], portions=given, message="In parts.")
    assert [
        (each["number"], each["imageCount"], each["splitFrom"], each["deadline"]["at"], each["deadline"]["status"])
        for each in payload["orders"]
    ] == [
        (2, 1, {"number": 1}, THURSDAY, "CONFIRMED"),
        (3, 2, {"number": 2}, LATE_ON_FRIDAY, "CONFIRMED"),
        (4, 1, {"number": 2}, SATURDAY, "CONFIRMED"),
    ]
    assert {each["serviceLevel"] for each in payload["orders"]} == {"ADDITIONAL"}
    names = [image["filename"] for each in payload["orders"] for image in each["images"]["nodes"]]
    assert names == ["3.jpg", "4.jpg", "5.jpg", "6.jpg"]
    assert payload["warnings"] == [{"code": "WEEKEND_DEADLINE", "path": ["portions", "2", "deadline"]}]
    assert (await event_types(pool, shop.studio))[-4:] == ["ORDER_SPLIT", *3 * ["DEADLINE_CONFIRMED"]]


async def test_events_show_the_split_and_the_deadline_of_each_portion(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    order = await additional(shop, 3)
    clock.advance()
    given = portions((1, THURSDAY), (2, FRIDAY))
    await done(staff, "confirmDeadline", orderId=order["id"], portions=given, note="Bob can", message="In parts.")
    ask = """{ account { events(first: 3) { nodes { type order { number }
      ... on OrderSplit { newImageCount previousImageCount into { number serviceLevel } }
      ... on DeadlineConfirmed { deadline previous imageCount newPrice { amount } note message }
    } } } }"""
    assert (await shop.client.data(ask))["account"]["events"]["nodes"] == [
        {
            "type": "DEADLINE_CONFIRMED",
            "order": {"number": 3},
            "deadline": FRIDAY,
            "previous": None,
            "imageCount": 2,
            "newPrice": None,
            "note": None,
            "message": "In parts.",
        },
        {
            "type": "DEADLINE_CONFIRMED",
            "order": {"number": 2},
            "deadline": THURSDAY,
            "previous": None,
            "imageCount": 1,
            "newPrice": None,
            "note": None,
            "message": "In parts.",
        },
        {
            "type": "ORDER_SPLIT",
            "order": {"number": 2},
            "newImageCount": 1,
            "previousImageCount": 3,
            "into": [{"number": 3, "serviceLevel": "ADDITIONAL"}],
        },
    ]


async def test_portions_with_a_key_are_set_once(shop: Shop, pool: Pool, staff: Client, clock: FrozenClock) -> None:
    order = await additional(shop, 3)
    clock.advance()
    values = {"orderId": order["id"], "portions": portions((1, THURSDAY), (2, SATURDAY)), "idempotencyKey": "a plan"}
    first = await done(staff, "confirmDeadline", ORDERS, **values)
    before = await contents(pool)
    clock.advance()
    assert await done(staff, "confirmDeadline", ORDERS, **values) == first
    assert await contents(pool) == before


async def test_claims_of_images_continue_in_their_new_order(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    order = await additional(shop, 2)
    clock.advance()
    claimed = (await done(staff, "claimImages", worker="Ada", count=4))["images"]
    clock.advance()
    await done(staff, "confirmDeadline", orderId=order["id"], portions=portions((1, THURSDAY), (1, FRIDAY)))
    clock.advance()
    ids = [image["id"] for image in claimed]
    delivered = await done(staff, "deliverImages", "orders { number status }", worker="Ada", imageIds=ids)
    assert delivered["orders"] == [{"number": number, "status": "READY_FOR_DOWNLOAD"} for number in (1, 2, 3)]


async def test_portions_that_do_not_fit_are_refused_at_their_paths(shop: Shop, pool: Pool, staff: Client) -> None:
    order = await additional(shop, 3)
    before = await contents(pool)
    for given, errors in (
        ([], [["portions"]]),
        (portions(*21 * [(1, THURSDAY)]), [["portions"]]),
        (portions((0, THURSDAY), (3, FRIDAY)), [["portions", "0", "imageCount"]]),
        (portions((1, THURSDAY), (1, FRIDAY)), [["portions"]]),
        (portions((1, FRIDAY), (2, THURSDAY)), [["portions", "1", "deadline"]]),
        (portions((1, FRIDAY), (2, FRIDAY)), [["portions", "1", "deadline"]]),
        (portions((1, "2026-03-10T11:00:00Z"), (2, FRIDAY)), [["portions", "0", "deadline"]]),
        (portions((1, "2026-03-10T11:00:00Z"), (3, FRIDAY)), [["portions"], ["portions", "0", "deadline"]]),
    ):
        found = await refused(staff, "confirmDeadline", orderId=order["id"], portions=given)
        assert found == [("INVALID", path) for path in errors]
    assert await refused(staff, "confirmDeadline", orderId=order["id"]) == [("INVALID", [])]
    both = {"deadline": THURSDAY, "portions": portions((3, FRIDAY))}
    assert await refused(staff, "confirmDeadline", orderId=order["id"], **both) == [("INVALID", [])]
    assert await contents(pool) == before


async def test_a_deadline_on_a_weekend_is_kept_with_a_warning(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    order = await additional(shop, 3)
    clock.advance()
    sunday = "2026-03-15T12:00:00Z"
    fields = "orders { deadline { at } } warnings { code path message }"
    payload = await done(staff, "confirmDeadline", fields, orderId=order["id"], deadline=sunday)
    message = f"The deadline {sunday} is on a weekend in Europe/Copenhagen."
    warning = {"code": "WEEKEND_DEADLINE", "path": ["deadline"], "message": message}
    assert payload == {"orders": [{"deadline": {"at": sunday}}], "warnings": [warning], "userErrors": []}
    clock.advance()
    ask = "order { deadline { at } } warnings { code }"
    revised = await done(staff, "reviseDeadline", ask, orderId=order["id"], deadline=SATURDAY)
    assert revised["order"] == {"deadline": {"at": SATURDAY}}
    assert revised["warnings"] == [{"code": "WEEKEND_DEADLINE"}]
    clock.advance()
    revised = await done(staff, "reviseDeadline", ask, orderId=order["id"], deadline=LATE_ON_FRIDAY)
    assert revised["warnings"] == []


async def test_warnings_are_empty_where_there_are_errors(shop: Shop, staff: Client) -> None:
    [order] = await shop.place("a.jpg")
    for name, selected in (("confirmDeadline", "orders { id }"), ("reviseDeadline", "order { id }")):
        fields = f"{selected} warnings {{ code }}"
        payload = await mutate(staff, name, fields, orderId=order["id"], deadline=SATURDAY)
        assert (payload[selected.split()[0]], payload["warnings"]) == (None, [])
        assert [error["code"] for error in payload["userErrors"]] == ["DEADLINE_NOT_OPEN"]
