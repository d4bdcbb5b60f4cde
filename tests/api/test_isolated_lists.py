"""Lists of a client show nothing of another account: by its cursors, its numbers or its texts."""

from typing import Final

import pytest

from tests.support.neighbours import EVENT, ORDER, Neighbours, fields_of_the_schema, values_of
from tests.support.serving import Client

OF_IMAGES: Final = (
    *("OrderPlaced", "OrderExpedited", "ImagesClaimed", "ClaimExpired", "ImagesDelivered", "ImagesRejected"),
    *("ImagesCancelled", "DeadlineConfirmed", "DeadlineRevised", "DeadlineAtRisk", "DeadlineMissed", "ReviewOverdue"),
    "OperationsRecorded",
)

# Every list of an account.
LISTS: Final = {
    "Account.orders": "orders(after: $after) { edges { cursor node { id name } } }",
    "Account.events": "events(after: $after) { edges { cursor node { id account { id } } } }",
    "Account.slaVersions": "slaVersions(after: $after) { edges { cursor node { id } } }",
    "Account.specifications": "specifications(after: $after) { edges { cursor node { id name } } }",
    "Account.inquiries": "inquiries(after: $after) { edges { cursor node { id text order { id } } } }",
    "Order.images": "order(number: 1) { images(after: $after) { edges { cursor node { id filename } } } }",
    "Order.events": "order(number: 1) { events(after: $after) { edges { cursor node { id account { id } } } } }",
    **{
        f"{name}.images": f"order(number: 1) {{ events {{ nodes {{ ... on {name} {{ images(after: $after) {{"
        " edges { cursor node { id filename } } } } } } }"
        for name in OF_IMAGES
    },
    "ImagesRejected.rejectedImages": "order(number: 1) { events { nodes { ... on ImagesRejected {"
    " rejectedImages(after: $after) { edges { cursor node { reason image { id } rejection { id } } } } } } } }",
    "Account.pulseHistory": "pulseHistory(after: $after) { edges { cursor node { id date } } }",
    "Productivity.images": "pulse { productivity { images(after: $after) { edges { cursor node { id filename } } } } }",
    "Quality.deliveredImages": "pulse { quality { deliveredImages(after: $after) { edges { cursor node { id } } } } }",
    "Quality.rejectedImages": "pulse { quality { rejectedImages(after: $after) { edges { cursor node { id } } } } }",
    "Reliability.onTimeImages": "pulse { reliability { onTimeImages(after: $after) { edges { cursor node { id }}}}}",
    "Reliability.lateImages": "pulse { reliability { lateImages(after: $after) { edges { cursor node { id } } } } }",
    "InquiryCompliance.missedInquiries": (
        "sla { compliance { inquiry { missedInquiries(after: $after) { edges { cursor node { id text } } } } } }"
    ),
    "InquiryCompliance.openInquiries": (
        "sla { compliance { inquiry { openInquiries(after: $after) { edges { cursor node { id text } } } } } }"
    ),
    "TermCompliance.missedImages": (
        "sla { compliance { standard { missedImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
    "TermCompliance.openImages": (
        "sla { compliance { standard { openImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
}

# Lists that read rows of their own, by fields that others have, too.
MORE_LISTS: Final = {
    f"{name} of reviews": (
        f"sla {{ compliance {{ review {{ {name}(after: $after) {{ edges {{ cursor node {{ id }} }} }} }} }} }}"
    )
    for name in ("missedImages", "openImages")
}


def test_every_list_of_an_account_is_covered_here() -> None:
    lists = {name for name, arguments in fields_of_the_schema() if "after" in arguments}
    assert {name for name in lists if not name.startswith("Query.")} == set(LISTS)


async def cursors_of(client: Client, name: str) -> list[str]:
    return list(values_of(await client.data(asked(name), {"after": None}), "cursor"))


def asked(name: str) -> str:
    return f"query ($after: String) {{ account {{ {(LISTS | MORE_LISTS)[name]} }} }}"


@pytest.mark.parametrize("name", LISTS | MORE_LISTS)
async def test_a_cursor_of_another_account_pages_only_the_callers_own_list(neighbours: Neighbours, name: str) -> None:
    cursors = await cursors_of(neighbours.neighbour, name)
    assert cursors
    for cursor in cursors:
        response = await neighbours.client.post(asked(name), {"after": cursor})
        assert "errors" not in response.json()
        neighbours.assert_nothing_of_theirs(response.text)
        neighbours.assert_all_ours(response.json())


async def test_a_cursor_is_refused_by_lists_of_other_kinds(neighbours: Neighbours) -> None:
    [cursor, *_] = await cursors_of(neighbours.neighbour, "Account.orders")
    for name in (LISTS | MORE_LISTS).keys() - {"Account.orders"}:
        error = await neighbours.client.error(asked(name), {"after": cursor})
        assert (name, error["code"], error["argument"]) == (name, "BAD_USER_INPUT", "after")


async def test_order_numbers_of_another_account_find_only_the_callers_orders(neighbours: Neighbours) -> None:
    query = "query ($number: Int!) { account { order(number: $number) { ...order } } }" + ORDER + EVENT
    found: list[str | None] = []
    for order in neighbours.theirs.orders:
        response = await neighbours.client.post(query, {"number": order.number})
        neighbours.assert_nothing_of_theirs(response.text)
        shown = response.json()["data"]["account"]["order"]
        found.append(shown and shown["name"])
    assert found == ["alpha-first", "alpha-first", "alpha-open", "alpha-additional", None]


@pytest.mark.parametrize("text", ["bravo", "bravo-first", "bravo-kept.jpg", "5"])
async def test_a_search_finds_nothing_of_another_account(neighbours: Neighbours, text: str) -> None:
    query = "query ($text: String) { account { orders(filter: {search: $text}) { totalCount nodes { id } } } }"
    ours = await neighbours.client.data(query, {"text": text})
    assert ours == {"account": {"orders": {"totalCount": 0, "nodes": []}}}
    theirs = await neighbours.neighbour.data(query, {"text": text})
    assert theirs["account"]["orders"]["totalCount"] >= 1
