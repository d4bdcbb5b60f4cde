"""Actions on orders and images: allowed or refused, with the error of the mutation, at no further statement."""

from datetime import timedelta
from typing import Any

import pytest

from api.actions import MUTATIONS
from app.domain.orders.enums import ActionKind
from db.connections import Pool
from tests.api.test_user_errors import DECLARED, ERRORS_ASKED
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, deliver, done, mutate, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

REFUSAL = f"refusal {ERRORS_ASKED.removeprefix('userErrors')}"
ACTIONS = f"actions {{ kind allowed {REFUSAL} }}"
OF_ORDER = f"""query ($id: ID!) {{
  node(id: $id) {{ ... on Order {{ {ACTIONS} images {{ nodes {{ id {ACTIONS} }} }} }} }}
}}"""
FEED = "{ account { orderFeed { number %s } } }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4, expedites_per_day=2))


def refusals(actions: list[dict[str, Any]]) -> dict[str, str | None]:
    """Return the codes of the refused actions by kind, which their mutations declare; None for one that is allowed."""
    assert all(action["allowed"] is (action["refusal"] is None) for action in actions)
    codes = {action["kind"]: None if action["allowed"] else action["refusal"]["code"] for action in actions}
    assert all(code is None or code in DECLARED[MUTATIONS[ActionKind(kind)]] for kind, code in codes.items())
    return codes


async def actions_of(client: Client, order: str) -> tuple[dict[str, str | None], list[dict[str, str | None]]]:
    """Return the codes of the refused actions of an order and of its images."""
    node = (await client.data(OF_ORDER, {"id": order}))["node"]
    return refusals(node["actions"]), [refusals(image["actions"]) for image in node["images"]["nodes"]]


async def test_a_new_order_can_be_expedited_or_cancelled(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    clock.advance()
    of_image = {"EXPEDITE": None, "REJECT": "NOT_DELIVERED", "CANCEL": None}
    of_order = {"EXPEDITE": None, "REJECT": "NOT_DELIVERED", "COMPLETE": "NOT_COMPLETABLE", "CANCEL": None}
    assert await actions_of(shop.client, order["id"]) == (of_order, [of_image, of_image])
    for_staff = {**of_order, "CONFIRM_DEADLINE": "DEADLINE_NOT_OPEN", "REVISE_DEADLINE": "DEADLINE_NOT_OPEN"}
    assert await actions_of(staff, order["id"]) == (for_staff, [of_image, of_image])


async def test_a_refusal_has_the_facts_of_the_mutations_error(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    await done(staff, "claimImages", worker="Ada")
    clock.advance(timedelta(days=1))
    node = (await shop.client.data(OF_ORDER, {"id": order["id"]}))["node"]
    assert refusals(node["actions"]) == {
        "EXPEDITE": "ALREADY_LATE",
        "REJECT": "NOT_DELIVERED",
        "COMPLETE": "NOT_COMPLETABLE",
        "CANCEL": "NOT_CANCELLABLE",
    }
    for action in node["actions"]:
        if action["kind"] != "REJECT":
            name, values = MUTATIONS[ActionKind(action["kind"])], {"orderId": order["id"]}
            [error] = (await mutate(shop.client, name, ERRORS_ASKED, **values))["userErrors"]
            assert (error["path"], action["refusal"]["path"]) == (["orderId"], [])
            assert {**action["refusal"], "path": ["orderId"]} == error
    claimed, queued = node["images"]["nodes"]
    assert (refusals(claimed["actions"])["CANCEL"], refusals(queued["actions"])["CANCEL"]) == ("NOT_CANCELLABLE", None)
    expedite = claimed["actions"][0]["refusal"]
    assert (expedite["code"], expedite["imageId"], expedite["dueAt"]) == (
        "ALREADY_LATE",
        claimed["id"],
        "2026-03-11T08:00:00Z",
    )


async def test_a_delivered_order_can_be_completed_or_rejected(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    [order] = await shop.place()
    await deliver(staff, clock)
    of_order, [of_image] = await actions_of(shop.client, order["id"])
    assert of_order == {
        "EXPEDITE": "ALREADY_DELIVERED",
        "REJECT": None,
        "COMPLETE": None,
        "CANCEL": "NOT_CANCELLABLE",
    }
    assert of_image == {"EXPEDITE": "ALREADY_DELIVERED", "REJECT": None, "CANCEL": "NOT_CANCELLABLE"}


async def test_staff_can_set_a_deadline_where_one_is_awaited(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    _, additional = await shop.place(*(f"{number}.jpg" for number in range(5)))
    clock.advance()
    of_order, _ = await actions_of(staff, additional["id"])
    assert (of_order["CONFIRM_DEADLINE"], of_order["REVISE_DEADLINE"]) == (None, "DEADLINE_NOT_OPEN")
    assert not {"CONFIRM_DEADLINE", "REVISE_DEADLINE"} & {*(await actions_of(shop.client, additional["id"]))[0]}
    await done(staff, "confirmDeadline", orderId=additional["id"], deadline="2026-03-12T08:00:00Z")
    clock.advance()
    of_order, _ = await actions_of(staff, additional["id"])
    assert (of_order["CONFIRM_DEADLINE"], of_order["REVISE_DEADLINE"]) == ("DEADLINE_NOT_OPEN", None)


def test_each_kind_of_action_names_its_mutation() -> None:
    assert [*MUTATIONS] == [*ActionKind]


async def test_an_expedite_is_judged_by_the_window_the_quota_and_the_closing_of_the_account(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    [order] = await shop.place("a.jpg")
    [other] = await shop.place("b.jpg", "c.jpg")
    clock.advance(timedelta(hours=15, minutes=30))  # four and a half hours before the deadline
    assert (await actions_of(shop.client, order["id"]))[0]["EXPEDITE"] is None
    await done(shop.client, "expediteOrder", orderId=other["id"])
    clock.advance()
    assert (await actions_of(shop.client, order["id"]))[0]["EXPEDITE"] == "NO_GAIN"  # six hours for the third one
    clock.advance(timedelta(days=4))
    [late] = await shop.place("d.jpg")
    clock.advance()
    assert (await actions_of(shop.client, late["id"]))[0]["EXPEDITE"] == "EXPEDITE_WINDOW_CLOSED"
    await done(staff, "closeAccount", accountId=shop.account)
    clock.advance(HOUR)
    of_order, [of_image] = await actions_of(shop.client, late["id"])
    assert (of_order["EXPEDITE"], of_image["EXPEDITE"], of_order["CANCEL"]) == (
        "ACCOUNT_CLOSED",
        "ACCOUNT_CLOSED",
        None,
    )


async def test_on_a_weekend_images_that_can_never_be_expedited_are_refused_for_that(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    [delivered] = await shop.place()
    await deliver(staff, clock)
    clock.advance(timedelta(days=4) - HOUR)
    [order] = await shop.place("a.jpg", "b.jpg")
    [cancelled, _] = order["images"]["nodes"]
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=[cancelled["id"]])
    clock.advance(timedelta(hours=1))
    assert [each["EXPEDITE"] for each in (await actions_of(shop.client, order["id"]))[1]] == [
        "INVALID",
        "EXPEDITE_WINDOW_CLOSED",
    ]
    assert (await actions_of(shop.client, delivered["id"]))[0]["EXPEDITE"] == "ALREADY_DELIVERED"
    image_id = {"orderId": order["id"], "imageIds": [cancelled["id"]]}
    [error] = (await mutate(shop.client, "expediteOrder", ERRORS_ASKED, **image_id))["userErrors"]
    assert (error["code"], error["cancelledAt"]) == ("INVALID", "2026-03-14T11:00:00.000004Z")
    node = (await shop.client.data(OF_ORDER, {"id": order["id"]}))["node"]
    refusal = node["images"]["nodes"][0]["actions"][0]["refusal"]
    assert (refusal["message"], refusal["cancelledAt"]) == (error["message"], error["cancelledAt"])


async def test_the_payload_of_a_mutation_has_the_actions_right_after_it(shop: Shop) -> None:
    [order] = await shop.place("a.jpg")
    fields = f"order {{ {ACTIONS} }}"
    cancelled = (await done(shop.client, "cancelOrder", fields, orderId=order["id"]))["order"]
    assert refusals(cancelled["actions"]) == {
        "EXPEDITE": "INVALID",
        "REJECT": "NOT_DELIVERED",
        "COMPLETE": "NOT_COMPLETABLE",
        "CANCEL": "NOT_CANCELLABLE",
    }


async def test_actions_of_a_feed_of_ten_orders_cost_no_further_statement(shop: Shop, clock: FrozenClock) -> None:
    for number in range(11):
        await shop.place(f"{number}.jpg")
    clock.advance()
    statements: list[list[str]] = []
    for fields in ("", ACTIONS):
        data = await shop.client.data(FEED % fields)
        assert len(data["account"]["orderFeed"]) == 10
        statements.append([*shop.client.reader.statements])
    assert statements[0] == statements[1]
