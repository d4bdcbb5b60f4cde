"""The images at risk among all accounts, which staff see by their deadlines."""

from datetime import timedelta
from typing import Any, Final

import pytest

from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import done
from tests.support.serving import Client
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

LIST: Final = """
query ($within: Duration = "PT2H", $first: Int = 20, $after: String) {
  atRisk(within: $within, first: $first, after: $after) {
    nodes { filename order { account { name } } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
  }
}"""
MINUTE: Final = timedelta(minutes=1)


async def listed(staff: Client, **variables: object) -> list[str]:
    """Return the names of the images at risk, having checked that their number is the total."""
    found = (await staff.data(LIST, variables))["atRisk"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["filename"] for node in found["nodes"]]


@pytest.fixture
async def studios(pool: Pool, clock: FrozenClock) -> list[Studio]:
    """Two studios at Tuesday noon, with images due before, within and after two hours, by deadline and by redo."""
    now = clock.now()
    alpha, bravo = [await open_account(pool, Studio(name=name)) for name in ("Alpha", "Bravo")]
    for studio, name, due_at in (
        (alpha, "overdue", now - DAY),
        (alpha, "soon", now + HOUR),
        (bravo, "sooner", now + HOUR - MINUTE),
        (bravo, "just", now + 2 * HOUR),
        (bravo, "later", now + 2 * HOUR + MINUTE),
        (bravo, "undated", None),
    ):
        studio.order(now - 2 * DAY, [Photo(name)], level=ServiceLevel.ADDITIONAL, due_at=due_at)
    rejected_at = now - 4 * HOUR  # a redo takes five hours
    delivered = Photo("delivered", now - 5 * HOUR)
    studio = bravo
    studio.order(now - 2 * DAY, [delivered, Photo("redo", now - 5 * HOUR, ((rejected_at + MINUTE, None),))])
    studio.order(now - 2 * DAY, [Photo("cancelled")], cancelled_at=now - DAY)
    for each in (alpha, bravo):
        await write(pool, each)
    return [alpha, bravo]


@pytest.mark.usefixtures("studios")
async def test_images_due_within_two_hours_or_overdue_are_listed_earliest_first(staff: Client) -> None:
    assert await listed(staff) == ["overdue", "sooner", "soon", "redo", "just"]
    assert await listed(staff, within=None) == ["overdue", "sooner", "soon", "redo", "just"]
    assert await listed(staff, within="PT2H1M") == ["overdue", "sooner", "soon", "redo", "just", "later"]
    assert await listed(staff, within="PT0S") == ["overdue"]


@pytest.mark.usefixtures("studios")
async def test_claimed_images_stay_at_risk_until_they_are_delivered(staff: Client, clock: FrozenClock) -> None:
    claimed = (await done(staff, "claimImages", worker="Ada", count=2))["images"]
    clock.advance()
    assert await listed(staff, within="PT1H") == ["overdue", "sooner", "soon"]
    await done(staff, "deliverImages", worker="Ada", imageIds=[claimed[0]["id"]])
    clock.advance()
    assert await listed(staff, within="PT1H") == ["sooner", "soon"]


@pytest.mark.usefixtures("studios")
async def test_images_at_risk_are_paged_over_all_accounts(staff: Client) -> None:
    found, after, more = list[Any](), None, True
    while more:
        page = (await staff.data(LIST, {"first": 2, "after": after}))["atRisk"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        found += [(node["order"]["account"]["name"], node["filename"]) for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == [
        ("Alpha", "overdue"),
        ("Bravo", "sooner"),
        ("Alpha", "soon"),
        ("Bravo", "redo"),
        ("Bravo", "just"),
    ]


async def test_a_time_of_more_than_a_year_is_refused(staff: Client) -> None:
    assert await listed(staff, within="P366D") == []
    error = await staff.error(LIST, {"within": "P366DT1S"})
    assert (error["code"], error["argument"]) == ("BAD_USER_INPUT", "within")
