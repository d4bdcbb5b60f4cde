"""External references, instructions and positions of orders and images, and when an order was updated."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, document, done, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

PLACED: Final = """orders {
  id number externalReference instructions splitFrom { number }
  images { nodes { id filename externalReference instructions position } } }"""
WARNED: Final = "orders { number } warnings { code message path }"
BY_REFERENCE: Final = "query ($reference: String) { account { order(externalReference: $reference) { number } } }"
UPDATED: Final = """{ account { orders { nodes {
  number placedAt updatedAt deliveredAt completedAt cancelledAt images { nodes { cancelledAt } } } } } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=2, expedites_per_day=2))


def an_order(shop: Shop, *references: str | None, **more: object) -> dict[str, Any]:
    """Return the input of an order of images with these references, or with one image."""
    images = [
        {"filename": f"{number}.jpg"} | ({} if reference is None else {"externalReference": reference})
        for number, reference in enumerate(references or (None,), start=1)
    ]
    return {"name": "Shoes", "specificationId": shop.specification, "images": images, **more}


async def updates(shop: Shop) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await shop.client.data(UPDATED))["account"]["orders"]["nodes"]
    return sorted(nodes, key=lambda node: node["number"])


async def test_the_first_order_of_a_placement_has_its_reference_and_all_have_the_instructions(shop: Shop) -> None:
    images: list[Mapping[str, str]] = [
        {"filename": "a.jpg", "externalReference": "sku-1", "instructions": "keep\nthe laces"},
        {"filename": "b.jpg"},
        {"filename": "c.jpg", "externalReference": "sku-3"},
    ]
    order = an_order(shop) | {"images": images, "externalReference": "A\u030a 1", "instructions": "crop"}
    first, sibling = (await done(shop.client, "placeOrder", PLACED, **order))["orders"]
    assert (first["externalReference"], first["instructions"], first["splitFrom"]) == ("Å 1", "crop", None)
    assert (sibling["externalReference"], sibling["instructions"], sibling["splitFrom"]) == (
        None,
        "crop",
        {"number": 1},
    )
    shown = [
        (image["filename"], image["externalReference"], image["instructions"], image["position"])
        for each in (first, sibling)
        for image in each["images"]["nodes"]
    ]
    assert shown == [
        ("a.jpg", "sku-1", "keep\nthe laces", 1),
        ("b.jpg", None, None, 2),
        ("c.jpg", "sku-3", None, 3),
    ]


async def test_images_keep_reference_and_position_where_an_expedite_moves_them(shop: Shop) -> None:
    order = an_order(shop, "sku-1", "sku-2", externalReference="PO-1", instructions="crop")
    [placed] = (await done(shop.client, "placeOrder", PLACED, **order))["orders"]
    last = placed["images"]["nodes"][1]
    moved = await done(shop.client, "expediteOrder", PLACED, orderId=placed["id"], imageIds=[last["id"]])
    original, sibling = moved["orders"]
    assert (original["externalReference"], original["instructions"]) == ("PO-1", "crop")
    assert (sibling["externalReference"], sibling["instructions"]) == (None, "crop")
    assert sibling["images"]["nodes"] == [last]
    assert (last["externalReference"], last["position"]) == ("sku-2", 2)


async def test_a_whole_order_that_is_expedited_keeps_its_reference(shop: Shop) -> None:
    [placed] = (await done(shop.client, "placeOrder", PLACED, **an_order(shop, externalReference="PO-1")))["orders"]
    [expedited] = (await done(shop.client, "expediteOrder", PLACED, orderId=placed["id"]))["orders"]
    assert expedited["externalReference"] == "PO-1"


async def test_a_reference_is_taken_for_good_also_by_a_cancelled_order(shop: Shop, pool: Pool) -> None:
    order = an_order(shop, "sku-1", "sku-2", externalReference="PO-1")
    [placed] = (await done(shop.client, "placeOrder", **order))["orders"]
    await done(shop.client, "cancelOrder", orderId=placed["id"])
    before = await contents(pool)
    again = an_order(shop, "new", "sku-2", None, "sku-1", "new", externalReference="PO-1")
    payload = await mutate(shop.client, "placeOrder", **again)
    assert [(each["code"], each["path"], each["message"]) for each in payload["userErrors"]] == [
        ("REFERENCE_TAKEN", ["externalReference"], "'PO-1' is already the reference of order 1."),
        (
            "REFERENCE_TAKEN",
            ["images", "1", "externalReference"],
            "'sku-2' is already the reference of image '2.jpg'.",
        ),
        (
            "REFERENCE_TAKEN",
            ["images", "3", "externalReference"],
            "'sku-1' is already the reference of image '1.jpg'.",
        ),
        (
            "REFERENCE_TAKEN",
            ["images", "4", "externalReference"],
            "'new' is already the reference of an earlier image in the list.",
        ),
    ]
    assert await contents(pool) == before


async def test_orders_images_and_accounts_have_references_of_their_own(
    shop: Shop, pool: Pool, client_of: NewClient
) -> None:
    other = await open_shop(pool, client_of)
    for each in (shop, other):
        await done(each.client, "placeOrder", **an_order(each, "same", externalReference="same"))
    await done(shop.client, "placeOrder", **an_order(shop, "Same", externalReference="Same"))  # case counts


@pytest.mark.parametrize("reference", ["", " ", "a\nb", "c" * 256])
async def test_a_reference_follows_the_rule_of_names(shop: Shop, reference: str) -> None:
    order = an_order(shop, reference, externalReference=reference)
    assert await refused(shop.client, "placeOrder", **order) == [
        ("INVALID", ["images", "0", "externalReference"]),
        ("INVALID", ["externalReference"]),
    ]


async def test_instructions_follow_the_rule_of_prose(shop: Shop) -> None:
    images = [{"filename": "a.jpg", "instructions": "x" * 2_001}]
    order = an_order(shop, instructions=" ") | {"images": images}
    assert await refused(shop.client, "placeOrder", **order) == [
        ("INVALID", ["images", "0", "instructions"]),
        ("INVALID", ["instructions"]),
    ]


@pytest.mark.parametrize("references", [("sku-1",), ()])
async def test_of_placements_at_once_with_the_same_reference_one_wins(
    shop: Shop, pool: Pool, references: Sequence[str]
) -> None:
    order = an_order(shop, *references, **({} if references else {"externalReference": "PO-1"}))
    answers = await gather(*(mutate(shop.client, "placeOrder", **order) for _ in range(6)))
    codes = [[error["code"] for error in answer["userErrors"]] for answer in answers]
    assert sorted(codes) == [[], *[["REFERENCE_TAKEN"]] * 5]
    assert (await pool.fetch("SELECT count(*) FROM orders"))[0][0] == 1


async def test_a_call_with_references_is_repeated_by_its_idempotency_key(shop: Shop) -> None:
    order = an_order(shop, "sku-1", externalReference="PO-1", idempotencyKey="po-1")
    first = await done(shop.client, "placeOrder", WARNED, **order)
    assert await done(shop.client, "placeOrder", WARNED, **order) == first
    other = order | {"externalReference": "PO-2"}
    assert await refused(shop.client, "placeOrder", **other) == [("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])]


async def test_an_order_is_found_by_its_reference_exactly(shop: Shop, clock: FrozenClock) -> None:
    await done(shop.client, "placeOrder", **an_order(shop, externalReference="Å 1"))
    clock.advance()
    for reference, found in (("Å 1", {"number": 1}), ("A\u030a 1", {"number": 1}), ("å 1", None), ("Å", None)):
        answer = await shop.client.data(BY_REFERENCE, {"reference": reference})
        assert answer == {"account": {"order": found}}, reference


async def test_a_list_by_reference_has_only_the_order_with_exactly_this_reference(
    shop: Shop, clock: FrozenClock
) -> None:
    await done(shop.client, "placeOrder", **an_order(shop, externalReference="Å 1"))
    await done(shop.client, "placeOrder", **an_order(shop))
    clock.advance()
    asked = "query ($r: String) { account { orders(filter: {externalReference: $r}) { nodes { number } } } }"
    for reference, found in (("A\u030a 1", [1]), ("Å", []), ("", []), (None, [2, 1])):
        answer = await shop.client.data(asked, {"r": reference})
        assert [node["number"] for node in answer["account"]["orders"]["nodes"]] == found, reference


@pytest.mark.parametrize("arguments", ["", '(number: 1, externalReference: "PO-1")', "(number: null)"])
async def test_an_order_is_named_by_exactly_one_of_number_and_reference(shop: Shop, arguments: str) -> None:
    answer = await shop.client.answer(f"{{ account {{ order{arguments} {{ number }} }} }}")
    assert answer["data"] == {"account": {"order": None}}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_USER_INPUT", "argument": "number"}]


SAME_NAME: Final = "The images at index 0 and {} have the same filename, 'a.jpg'."


async def test_files_with_the_same_name_are_warned_of(shop: Shop) -> None:
    names = ("a.jpg", "b.jpg", "a.jpg", "A.jpg", "a.jpg")
    order = an_order(shop) | {"images": [{"filename": name} for name in names], "idempotencyKey": "twice"}
    payload = await done(shop.client, "placeOrder", WARNED, **order)
    assert payload["warnings"] == [
        {"code": "DUPLICATE_FILENAME", "message": SAME_NAME.format(index), "path": ["images", index, "filename"]}
        for index in ("2", "4")
    ]
    assert await done(shop.client, "placeOrder", WARNED, **order) == payload


async def test_names_are_isolated_in_sentences_and_stored_as_they_are(shop: Shop) -> None:
    """An override in a name, which shows "a\u202egpj.exe" as if it ended in jpg, reaches no other word."""
    name = "a\u202egpj.exe"
    order = an_order(shop, externalReference=name) | {"images": [{"filename": name}, {"filename": name}]}
    payload = await done(shop.client, "placeOrder", WARNED, **order)
    same = "The images at index 0 and 1 have the same filename, '\u2068a\u202egpj.exe\u2069'."
    assert [each["message"] for each in payload["warnings"]] == [same]
    taken = (await mutate(shop.client, "placeOrder", **order))["userErrors"]
    assert [each["message"] for each in taken] == [f"'\u2068{name}\u2069' is already the reference of order 1."]
    found = await shop.client.data(
        "query ($name: String!) { account { order(externalReference: $name) { images { nodes { filename } } } } }",
        {"name": name},
    )
    assert found["account"]["order"]["images"]["nodes"] == [{"filename": name}, {"filename": name}]


async def test_there_are_no_warnings_without_duplicates_or_with_errors(shop: Shop) -> None:
    assert (await done(shop.client, "placeOrder", WARNED, **an_order(shop)))["warnings"] == []
    twice = an_order(shop, name=" ") | {"images": [{"filename": "a.jpg"}] * 2}
    payload = await mutate(shop.client, "placeOrder", WARNED, **twice)
    assert (payload["warnings"], len(payload["userErrors"])) == ([], 1)


async def test_every_command_on_an_order_or_its_images_updates_it_and_claims_do_not(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    async def command(by: Client, name: str, /, **input_: object) -> str:
        clock.advance(HOUR / 6)
        await done(by, name, **input_)
        at = clock.now().isoformat().replace("+00:00", "Z")
        clock.advance()
        return at

    orders = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance()
    placed_at = [node["updatedAt"] for node in await updates(shop)]
    assert placed_at == [node["placedAt"] for node in await updates(shop)]

    due_at = (clock.now() + 20 * HOUR).isoformat()
    confirmed_at = await command(staff, "confirmDeadline", orderId=orders[1]["id"], deadline=due_at)
    assert [node["updatedAt"] for node in await updates(shop)] == [placed_at[0], confirmed_at]
    cancelled_at = await command(shop.client, "cancelOrder", orderId=orders[1]["id"])
    assert [node["updatedAt"] for node in await updates(shop)] == [placed_at[0], cancelled_at]
    moved_at = await command(shop.client, "expediteOrder", orderId=orders[0]["id"], imageIds=[orders[0]["imageIds"][1]])
    assert [node["updatedAt"] for node in await updates(shop)] == [moved_at, cancelled_at, moved_at]
    [image] = (await done(staff, "claimImages", worker="Ada"))["images"]
    assert [node["updatedAt"] for node in await updates(shop)] == [moved_at, cancelled_at, moved_at]
    delivered_at = await command(staff, "deliverImages", worker="Ada", imageIds=[image["id"]])
    assert (await updates(shop))[2]["updatedAt"] == delivered_at
    expedited = (await shop.client.data("{ account { order(number: 3) { id } } }"))["account"]["order"]["id"]
    completed_at = await command(shop.client, "completeOrder", orderId=expedited)
    shown = (await updates(shop))[2]
    assert (shown["updatedAt"], shown["completedAt"]) == (completed_at, completed_at)
    rejected_at = await command(shop.client, "rejectImages", imageIds=[image["id"]], reason="halo")
    shown = (await updates(shop))[2]
    assert (shown["updatedAt"], shown["completedAt"], shown["deliveredAt"]) == (rejected_at, None, None)
    clock.advance(24 * HOUR)  # deadlines pass, which updates nothing
    ended = await updates(shop)
    assert [node["updatedAt"] for node in ended] == [moved_at, cancelled_at, rejected_at]
    assert [node["cancelledAt"] for node in ended] == [None, cancelled_at, None]
    assert [[image["cancelledAt"] for image in node["images"]["nodes"]] for node in ended] == [
        [None],
        [cancelled_at],
        [None],
    ]


async def test_a_delivery_updates_the_orders_of_its_images_only(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    await shop.place("a.jpg")
    await shop.place("b.jpg")
    await deliver(staff, clock)
    first, second = await updates(shop)
    assert first["updatedAt"] == first["deliveredAt"] != first["placedAt"]
    assert second["updatedAt"] == second["placedAt"]


async def test_the_event_of_a_placement_names_reference_and_instructions(shop: Shop, clock: FrozenClock) -> None:
    order = an_order(shop, externalReference="PO-1", instructions="crop")
    await shop.client.data(document("placeOrder"), {"input": order})
    clock.advance()
    asked = """{ account { order(externalReference: "PO-1") { events { nodes {
      ... on OrderPlaced { externalReference instructions } } } } } }"""
    [event] = (await shop.client.data(asked))["account"]["order"]["events"]["nodes"]
    assert event == {"externalReference": "PO-1", "instructions": "crop"}
