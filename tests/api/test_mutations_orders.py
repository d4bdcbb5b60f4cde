"""Mutations that expedite, complete and cancel orders, and set deadlines."""

from datetime import timedelta

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, document, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

MISSING = "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4, expedites_per_day=2))


async def test_expediting_chosen_images_splits_them_off(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance(HOUR)
    payload = await done(shop.client, "expediteOrder", orderId=order["id"], imageIds=order["imageIds"][1:])
    assert [(each["number"], each["serviceLevel"], each["imageCount"]) for each in payload["orders"]] == [
        (1, "STANDARD", 1),
        (2, "EXPEDITED", 2),
    ]
    assert payload["dailyGuarantee"] == {"expediteUsed": 2}
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "ORDER_PLACED", "ORDER_SPLIT", "ORDER_EXPEDITED"]


async def test_each_image_that_cannot_be_expedited_is_reported_at_its_index(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    await deliver(staff, clock, 2)
    [other] = await shop.place("c.jpg")
    before = await contents(pool)
    values = {"orderId": order["id"], "imageIds": order["imageIds"][::-1]}
    wrong = [("ALREADY_DELIVERED", ["imageIds", "0"]), ("ALREADY_DELIVERED", ["imageIds", "1"])]
    assert await refused(shop.client, "expediteOrder", **values) == wrong
    elsewhere = {**values, "imageIds": [*values["imageIds"], *other["imageIds"]]}
    assert await refused(shop.client, "expediteOrder", **elsewhere) == [*wrong, ("NOT_FOUND", ["imageIds", "2"])]
    assert await refused(shop.client, "expediteOrder", orderId=order["id"]) == [("ALREADY_DELIVERED", ["orderId"])]
    assert await contents(pool) == before


async def test_expediting_is_refused_by_the_rules(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg")
    [cancelled] = await shop.place("b.jpg")
    [expedited] = await shop.place("c.jpg", expedite=True)
    clock.advance()
    await done(shop.client, "cancelOrder", orderId=cancelled["id"])
    before = await contents(pool)
    expedite = {"orderId": order["id"]}
    assert await refused(shop.client, "expediteOrder", orderId=expedited["id"]) == [("ALREADY_EXPEDITED", ["orderId"])]
    assert await refused(shop.client, "expediteOrder", orderId=cancelled["id"]) == [("INVALID", ["orderId"])]
    clock.advance(timedelta(hours=19))  # due in an hour
    assert await refused(shop.client, "expediteOrder", **expedite) == [("NO_GAIN", ["orderId"])]
    values = {**expedite, "imageIds": order["imageIds"]}
    assert await refused(shop.client, "expediteOrder", **values) == [("NO_GAIN", ["imageIds"])]
    clock.advance(timedelta(hours=2))
    assert await refused(shop.client, "expediteOrder", **values) == [("ALREADY_LATE", ["imageIds", "0"])]
    clock.advance(timedelta(days=3))  # Saturday
    assert await refused(shop.client, "expediteOrder", **expedite) == [("ALREADY_LATE", ["orderId"])]
    assert await contents(pool) == before
    [order] = await shop.place("d.jpg")
    assert await refused(shop.client, "expediteOrder", orderId=order["id"]) == [("EXPEDITE_WINDOW_CLOSED", ["orderId"])]
    placing = {"name": "Hats", "specificationId": shop.specification, "images": [{"filename": "e.jpg"}]}
    assert await refused(shop.client, "placeOrder", **placing, expedite=True) == [
        ("EXPEDITE_WINDOW_CLOSED", ["expedite"])
    ]


async def test_each_image_to_expedite_is_checked(shop: Shop, pool: Pool, client_of: NewClient) -> None:
    other = await open_shop(pool, client_of)
    [theirs] = await other.place("theirs.jpg")
    [order] = await shop.place("a.jpg")
    [sibling] = await shop.place("b.jpg", "c.jpg")
    before = await contents(pool)
    a = order["imageIds"][0]
    for ids, errors in (
        ([], [("INVALID", ["imageIds"])]),
        ([a, a], [("INVALID", ["imageIds", "1"])]),
        ([a, order["id"]], [("NOT_FOUND", ["imageIds", "1"])]),
        ([theirs["imageIds"][0], "x"], [("NOT_FOUND", ["imageIds", "0"]), ("NOT_FOUND", ["imageIds", "1"])]),
        ([a, *sibling["imageIds"]], [("NOT_FOUND", ["imageIds", "1"]), ("NOT_FOUND", ["imageIds", "2"])]),
        ([a] * 501, [("LIMIT_EXCEEDED", ["imageIds"])]),
    ):
        assert await refused(shop.client, "expediteOrder", orderId=order["id"], imageIds=ids) == errors
    for id_ in (theirs["id"], MISSING, shop.account, ""):
        assert await refused(shop.client, "expediteOrder", orderId=id_) == [("NOT_FOUND", ["orderId"])]
    assert await contents(pool) == before


async def test_an_order_completes_once_it_is_delivered(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg")
    before = await contents(pool)
    assert await refused(shop.client, "completeOrder", orderId=order["id"]) == [("NOT_COMPLETABLE", ["orderId"])]
    assert await contents(pool) == before
    await deliver(staff, clock)
    payload = await done(shop.client, "completeOrder", orderId=order["id"])
    assert payload["order"] == {"id": order["id"], "status": "COMPLETED"}
    assert (await event_types(pool, shop.studio))[-1] == "ORDER_COMPLETED"
    assert await refused(shop.client, "completeOrder", orderId=order["id"]) == [("NOT_COMPLETABLE", ["orderId"])]


async def test_cancelling_gives_the_guarantee_back(shop: Shop, pool: Pool, clock: FrozenClock, staff: Client) -> None:
    [order] = await shop.place("a.jpg")
    clock.advance()
    payload = await done(shop.client, "cancelOrder", orderId=order["id"])
    assert payload["order"]["status"] == "CANCELLED"
    assert payload["dailyGuarantee"] == {"used": 0}
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "ORDER_PLACED", "ORDER_CANCELLED"]
    assert await refused(shop.client, "cancelOrder", orderId=order["id"]) == [("NOT_CANCELLABLE", ["orderId"])]
    [claimed] = await shop.place("b.jpg")
    await done(staff, "claimImages", worker="Ada")
    before = await contents(pool)
    assert await refused(shop.client, "cancelOrder", orderId=claimed["id"]) == [("NOT_CANCELLABLE", ["orderId"])]
    assert await contents(pool) == before


async def test_staff_set_a_deadline_where_there_is_none(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    standard, additional = await shop.place(*(f"{number}.jpg" for number in range(5)))
    before = await contents(pool)
    values = {"orderId": additional["id"], "deadline": "2026-03-12T08:00:00Z"}
    for order, deadline, text, errors in (
        (standard["id"], "2026-03-11T07:00:00Z", None, [("DEADLINE_NOT_OPEN", ["orderId"])]),
        (additional["id"], "2026-03-10T12:00:00Z", None, [("INVALID", ["deadline"])]),
        (additional["id"], "2026-03-12T08:00:00Z", "", [("INVALID", ["note"]), ("INVALID", ["message"])]),
        (MISSING, "2026-03-12T08:00:00Z", None, [("NOT_FOUND", ["orderId"])]),
    ):
        asked = {"orderId": order, "deadline": deadline, "note": text, "message": text}
        assert await refused(staff, "confirmDeadline", **asked) == errors
    assert await contents(pool) == before
    payload = await done(staff, "confirmDeadline", **values, note="By hand.\nTwo people.", message="On Thursday.")
    promised = {"at": "2026-03-12T08:00:00Z", "status": "CONFIRMED"}
    assert payload["orders"] == [{"id": additional["id"], "deadline": promised}]
    clock.advance()
    ask = "{ account { events(first: 1) { nodes { ... on DeadlineConfirmed { note message } } } } }"
    seen = (await shop.client.data(ask))["account"]["events"]["nodes"]
    assert seen == [{"note": None, "message": "On Thursday."}]
    assert (await event_types(pool, shop.studio))[-1] == "DEADLINE_CONFIRMED"
    assert await refused(staff, "confirmDeadline", **values) == [("DEADLINE_NOT_OPEN", ["orderId"])]


async def test_mutations_of_one_document_see_earlier_changes(shop: Shop, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg")
    clock.advance()
    answer = await shop.client.data(
        """mutation ($place: PlaceOrderInput!, $cancel: CancelOrderInput!) {
          first: placeOrder(input: $place) { orders { number account { orders { totalCount } } } }
          second: placeOrder(input: $place) {
            orders { number account { orders { totalCount } dailyGuarantee { used } } } dailyGuarantee { used } }
          cancelOrder(input: $cancel) { order { status account { order(number: 3) { status } } } }
          again: cancelOrder(input: $cancel) { order { status } userErrors { code } }
        }""",
        {
            "place": {"name": "Hats", "specificationId": shop.specification, "images": [{"filename": "b.jpg"}]},
            "cancel": {"orderId": order["id"]},
        },
    )
    assert answer == {
        "first": {"orders": [{"number": 2, "account": {"orders": {"totalCount": 2}}}]},
        "second": {
            "orders": [{"number": 3, "account": {"orders": {"totalCount": 3}, "dailyGuarantee": {"used": 3}}}],
            "dailyGuarantee": {"used": 3},
        },
        "cancelOrder": {"order": {"status": "CANCELLED", "account": {"order": {"status": "IN_PRODUCTION"}}}},
        "again": {"order": None, "userErrors": [{"code": "NOT_CANCELLABLE"}]},
    }


async def test_mutations_by_get_are_refused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    query = document("completeOrder").replace("($input: CompleteOrderInput!)", "").replace("$input", '{ orderId: "x" }')
    headers = {"Authorization": f"Bearer {shop.client.token}"}
    response = await shop.client.http.get("/graphql", params={"query": query}, headers=headers)
    assert response.status_code in {400, 405}
    assert await contents(pool) == before
