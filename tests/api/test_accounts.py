"""Lists of accounts, of their specifications and of orders that await a deadline."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.orders.enums import ServiceLevel
from app.domain.sla.enums import Plan
from app.domain.texts import composed
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.serving import Client, NewClient
from tests.support.studio import CREATED_AT, DAY, HOUR, Photo, Studio, open_account, write

ACCOUNTS = """
query ($first: Int, $after: String, $search: String, $plan: Plan, $orderBy: AccountOrder = NAME) {
  accounts(first: $first, after: $after, search: $search, plan: $plan, orderBy: $orderBy) {
    nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
  }
}
"""
NAMES = ["acme", "ACME", "Acne", "Ásbjörn", "100% Shoes", "_x", "zebra", "Zoë", "\N{SNOWMAN}", "acme shoes"]


def by_name(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: name.lower().encode())


@pytest.fixture
async def studios(pool: Pool) -> list[Studio]:
    plans = list(Plan)
    return [
        await open_account(pool, Studio(name=name, plan=plans[index % 4], created_at=CREATED_AT - index * HOUR))
        for index, name in enumerate(NAMES)
    ]


async def accounts(staff: Client, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - any variables
    found: dict[str, Any] = (await staff.data(ACCOUNTS, variables))["accounts"]
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [node["name"] for node in found["nodes"]]


@pytest.mark.usefixtures("studios")
async def test_accounts_are_listed_by_name_in_any_case(staff: Client) -> None:
    found = await accounts(staff)
    assert [name.lower() for name in names(found)] == [name.lower() for name in by_name(NAMES)]
    assert found["totalCount"] == len(NAMES)


@pytest.mark.usefixtures("studios")
async def test_accounts_are_listed_oldest_first_by_default(staff: Client) -> None:
    found = await staff.data("{ accounts { nodes { name } } }")
    assert names(found["accounts"]) == NAMES[::-1]


@pytest.mark.usefixtures("studios")
@pytest.mark.parametrize("size", [1, 3, 10])
@pytest.mark.parametrize("order", ["CREATED", "NAME"])
async def test_accounts_are_paged(staff: Client, size: int, order: str) -> None:
    found = await accounts(staff, first=size, orderBy=order)
    listed = names(found)
    assert not found["pageInfo"]["hasPreviousPage"]
    while found["pageInfo"]["hasNextPage"]:
        found = await accounts(staff, first=size, after=found["pageInfo"]["endCursor"], orderBy=order)
        assert found["pageInfo"]["hasPreviousPage"]
        listed += names(found)
    assert listed == names(await accounts(staff, first=100, orderBy=order))


@pytest.mark.usefixtures("studios")
async def test_a_cursor_of_one_order_is_refused_in_the_other(staff: Client) -> None:
    after = (await accounts(staff, first=1))["pageInfo"]["endCursor"]
    error = await staff.error(ACCOUNTS, {"after": after, "orderBy": "CREATED"})
    assert (error["code"], error["argument"]) == ("BAD_USER_INPUT", "after")


@pytest.mark.usefixtures("studios")
@pytest.mark.parametrize(
    "search", ["ac", "ACME", "ME S", "á", "Á", "A\u0301S", "100%", "_", "%", "z", "\N{SNOWMAN}", "nothing", ""]
)
async def test_accounts_are_found_by_any_part_of_their_name(staff: Client, search: str) -> None:
    found = await accounts(staff, search=search)
    assert sorted(names(found)) == sorted(name for name in NAMES if composed(search).lower() in name.lower())
    assert found["totalCount"] == len(names(found))


async def test_accounts_are_found_by_any_part_of_their_ref_which_only_staff_see(
    pool: Pool, staff: Client, client_of: NewClient
) -> None:
    dior = await open_account(pool, Studio(name="Dior", ref="FR-0017"))
    await open_account(pool, Studio(name="Nike", ref="us-0018"))
    ask = "{ accounts(search: %s) { nodes { name ref } totalCount } }"
    for search, found in (("fr-", ["Dior"]), ("001", ["Dior", "Nike"]), ("US-0018", ["Nike"]), ("0019", [])):
        answer = (await staff.data(ask % f'"{search}"'))["accounts"]
        assert (sorted(names(answer)), answer["totalCount"]) == (found, len(found))
    assert (await staff.data(ask % '"fr"'))["accounts"]["nodes"] == [{"name": "Dior", "ref": "FR-0017"}]
    assert await (await client_of(dior)).data("{ account { name ref } }") == {"account": {"name": "Dior", "ref": None}}


async def test_accounts_are_found_by_plan(staff: Client, studios: list[Studio]) -> None:
    found = await accounts(staff, plan="SOLO", search="a")
    expected = [each.name for each in studios if each.plan is Plan.SOLO and "a" in each.name.lower()]
    assert sorted(names(found)) == sorted(expected)
    assert found["totalCount"] == len(expected)


async def test_an_account_shows_its_name_plan_time_zone_and_creation(pool: Pool, client_of: NewClient) -> None:
    client = await client_of(await open_account(pool, Studio(zone="Pacific/Auckland")))
    account = {
        "name": "ACME",
        "plan": "PROFESSIONAL",
        "timeZone": "Pacific/Auckland",
        "createdAt": "2026-01-05T08:00:00Z",
    }
    shown = "name plan timeZone createdAt"
    assert await client.data(f"{{ account {{ {shown} }} viewer {{ kind account {{ {shown} }} }} }}") == {
        "account": account,
        "viewer": {"kind": "CLIENT", "account": account},
    }


async def test_staff_have_no_account_of_their_own(staff: Client) -> None:
    assert await staff.data("{ viewer { kind account { id } } account { id } }") == {
        "viewer": {"kind": "STAFF", "account": None},
        "account": None,
    }


SPECIFICATIONS = """
query ($first: Int, $after: String, $archived: Boolean = false) { account {
  specifications(first: $first, after: $after, archived: $archived) {
    nodes { name archived pricePerImage { amount } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
  }
} }
"""


@pytest.fixture
async def client(pool: Pool, client_of: NewClient) -> Client:
    """A client with five specifications, the second and the fourth archived."""
    studio = await open_account(pool, Studio())
    for number in range(1, 6):
        at = CREATED_AT + number * HOUR
        studio.specification(f"S{number}", f"{number}.50", at=at, archived_at=at if number in {2, 4} else None)
    await write(pool, studio)
    return await client_of(studio)


@pytest.mark.parametrize(
    ("archived", "expected"),
    [(False, ["S1", "S3", "S5"]), (True, ["S2", "S4"]), (None, ["S1", "S2", "S3", "S4", "S5"])],
)
async def test_specifications_are_listed_oldest_first(
    client: Client,
    archived: bool | None,  # noqa: FBT001 - a parameter of the test
    expected: list[str],
) -> None:
    found = (await client.data(SPECIFICATIONS, {"archived": archived}))["account"]["specifications"]
    assert names(found) == expected
    assert found["totalCount"] == len(expected)
    first = (await client.data(SPECIFICATIONS, {"archived": archived, "first": 1}))["account"]["specifications"]
    assert names(first) == expected[:1]
    assert first["pageInfo"]["hasNextPage"]
    variables = {"archived": archived, "first": 5, "after": first["pageInfo"]["endCursor"]}
    rest = (await client.data(SPECIFICATIONS, variables))["account"]["specifications"]
    assert names(rest) == expected[1:]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_specifications_that_are_not_archived_are_listed_by_default(client: Client) -> None:
    data = await client.data("{ account { specifications { nodes { name archived pricePerImage { amount } } } } }")
    assert data["account"]["specifications"]["nodes"] == [
        {"name": f"S{number}", "archived": False, "pricePerImage": {"amount": f"{number}.50"}} for number in (1, 3, 5)
    ]


AWAITING = """
query ($first: Int, $after: String) { ordersAwaitingDeadline(first: $first, after: $after) {
  nodes { name account { name } deadline { status } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
} }
"""


async def test_orders_awaiting_a_deadline_are_listed_oldest_first_across_all_accounts(
    pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    at = clock.now() - 3 * DAY
    for index, name in enumerate(("ACME", "Dior")):
        studio = await open_account(pool, Studio(name=name))
        for number in range(6):
            placed_at = at + timedelta(hours=2 * number + index)
            level = (ServiceLevel.ADDITIONAL, ServiceLevel.EXPEDITED_PLAN, ServiceLevel.STANDARD)[number % 3]
            due_at = placed_at + DAY if number == 4 else None
            studio.order(placed_at, [Photo()], name=f"{2 * number + index:02}", level=level, due_at=due_at)
        studio.order(at, level=ServiceLevel.ADDITIONAL, cancelled_at=at + HOUR)
        await write(pool, studio)
    found = (await staff.data(AWAITING))["ordersAwaitingDeadline"]
    assert names(found) == ["00", "01", "02", "03", "06", "07"]
    assert found["nodes"][1] == {"name": "01", "account": {"name": "Dior"}, "deadline": {"status": "TO_BE_CONFIRMED"}}
    assert found["nodes"][2]["deadline"] == {"status": "PLAN_REQUIRED"}
    assert found["totalCount"] == 6
    first = (await staff.data(AWAITING, {"first": 4}))["ordersAwaitingDeadline"]
    assert (names(first), first["pageInfo"]["hasNextPage"]) == (["00", "01", "02", "03"], True)
    variables = {"first": 4, "after": first["pageInfo"]["endCursor"]}
    rest = (await staff.data(AWAITING, variables))["ordersAwaitingDeadline"]
    assert (names(rest), rest["pageInfo"]["hasPreviousPage"]) == (["06", "07"], True)


async def test_an_order_is_listed_as_awaiting_a_deadline_while_staff_can_set_one(
    pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    now = clock.now()
    studio = await open_account(pool, Studio())
    level, plan = ServiceLevel.ADDITIONAL, ServiceLevel.EXPEDITED_PLAN
    delivered = Photo(delivered_at=now - 3 * HOUR)
    sent_back = Photo(delivered_at=now - 3 * HOUR, rejections=((now - 2 * HOUR, None),))
    studio.order(now - DAY, [delivered, sent_back], name="none is undelivered", level=level)
    studio.order(now - DAY, [delivered, Photo()], name="one is undelivered", level=level)
    for name, due_at in (("passed", now - timedelta(microseconds=1)), ("passes", now), ("to come", now + HOUR)):
        studio.order(now - DAY, name=name, level=plan, due_at=due_at, kept=True)
    await write(pool, studio)
    found = (await staff.data(AWAITING))["ordersAwaitingDeadline"]
    assert sorted(names(found)) == ["one is undelivered", "passes", "to come"]
    assert found["totalCount"] == 3
