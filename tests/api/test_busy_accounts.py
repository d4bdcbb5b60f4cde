"""An account that others are changing keeps no other account waiting, and nobody waits for it for ever."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.services.accounts.counters import lock_counters
from app.services.orders.claiming import ONE_AT_A_TIME
from db.connections import COMMANDS, Pool
from db.writer import unit_of_work
from engine.ids import NodeType, numbered
from tests.support.clock import FrozenClock
from tests.support.database import until
from tests.support.mutations import PAYLOADS, Shop, contents, document, done, open_shop
from tests.support.serving import Client, NewClient

PATIENCE = 30.0
AT_ONCE = 12  # more than there are connections
WAITING = """
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' HAVING count(*) = 2"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let commands wait as long as the test says."""
    monkeypatch.setattr("app.web.asgi.COMMANDS", {**COMMANDS, "lock_timeout": request.param})


patient = pytest.mark.parametrize("settings", ["60s"], indirect=True)
impatient = pytest.mark.parametrize("settings", ["50ms"], indirect=True)


@pytest.fixture
async def busy(settings: None, pool: Pool, client_of: NewClient) -> Shop:
    """An account whose counters others will hold; made after the application, with these settings."""
    del settings
    return await open_shop(pool, client_of)


@pytest.fixture
async def other(settings: None, pool: Pool, client_of: NewClient) -> Shop:
    del settings
    return await open_shop(pool, client_of)


@asynccontextmanager
async def held(pool: Pool, shop: Shop) -> AsyncGenerator[None]:
    """Hold the counters of an account from another connection."""
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await lock_counters(writer, [shop.studio.id])
        yield


def claiming(staff: Client) -> list["asyncio.Task[dict[str, Any]]"]:
    return [asyncio.create_task(done(staff, "claimImages", worker=f"w{number}")) for number in range(AT_ONCE)]


@patient
async def test_claims_on_a_busy_account_keep_no_other_account_waiting(
    busy: Shop, other: Shop, pool: Pool, staff: Client
) -> None:
    await busy.place("a.jpg")
    async with held(pool, busy):
        claims = claiming(staff)
        [placed] = await other.place("b.jpg")
        answers = await asyncio.gather(*claims)
    assert placed["number"] == 1
    assert {image["filename"] for answer in answers for image in answer["images"]} <= {"b.jpg"}
    assert [image["filename"] for image in (await done(staff, "claimImages", worker="w"))["images"]] == ["a.jpg"]


@patient
async def test_claims_pass_by_a_busy_account_and_come_back_to_it(
    busy: Shop, other: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    await busy.place("a.jpg", "b.jpg")
    clock.advance()
    await other.place("c.jpg", "d.jpg")
    async with held(pool, busy):
        claimed = await done(staff, "claimImages", worker="Ada", count=3)
        assert [image["filename"] for image in claimed["images"]] == ["c.jpg", "d.jpg"]
        assert (await done(staff, "claimImages", worker="Bob"))["images"] == []
    assert len((await done(staff, "claimImages", worker="Bob", count=3))["images"]) == 2


@patient
async def test_a_claim_finds_the_images_of_an_account_that_is_busy_for_a_moment(
    busy: Shop, pool: Pool, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.image.mutations._PAUSES", (0.01,) * 3_000)
    await busy.place("a.jpg")
    async with held(pool, busy):
        claims = claiming(staff)
        await asyncio.sleep(0.1)  # in which they find the account busy, and go on to look
    answers = await asyncio.gather(*claims)
    assert [image["filename"] for answer in answers for image in answer["images"]] == ["a.jpg"]


@patient
async def test_claims_that_wait_for_each_other_keep_no_command_waiting(busy: Shop, pool: Pool, staff: Client) -> None:
    await busy.place("a.jpg")
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await writer.execute(ONE_AT_A_TIME)
        claims = claiming(staff)
        await until(pool, WAITING)
        [placed] = await busy.place("b.jpg")
    assert placed["number"] == 2
    answers = await asyncio.gather(*claims)
    assert sorted(image["filename"] for answer in answers for image in answer["images"]) == ["a.jpg", "b.jpg"]


@patient
@pytest.mark.parametrize("by_staff", [False, True])
async def test_many_commands_on_a_busy_account_keep_no_other_account_waiting(
    busy: Shop, other: Shop, pool: Pool, staff: Client, *, by_staff: bool
) -> None:
    async with held(pool, busy):
        asking = Shop(busy.studio, staff, busy.specification) if by_staff else busy
        given = {"specificationId": busy.specification, "images": [{"filename": "a.jpg"}], "accountId": busy.account}
        orders = [
            asyncio.create_task(done(asking.client, "placeOrder", "orders { number }", name=f"{number}", **given))
            for number in range(AT_ONCE)
        ]
        await until(pool, WAITING)
        [placed] = await other.place()
    assert placed["number"] == 1
    numbers = [order["number"] for each in await asyncio.gather(*orders) for order in each["orders"]]
    assert sorted(numbers) == list(range(1, AT_ONCE + 1))


def inputs(shop: Shop) -> Mapping[str, Mapping[str, object]]:
    """What may be asked of an account by each mutation that locks its counters."""
    order, image = (str(numbered(type_, shop.studio.id, 1)) for type_ in (NodeType.ORDER, NodeType.IMAGE))
    specification = shop.specification
    return {
        "placeOrder": {"name": "Shoes", "specificationId": specification, "images": [{"filename": "a.jpg"}]},
        "expediteOrder": {"orderId": order},
        "rejectImages": {"imageIds": [image], "reason": "halo"},
        "completeOrder": {"orderId": order},
        "cancelOrder": {"orderId": order},
        "createSpecification": {"name": "Ghost", "pricePerImage": "1", "currency": "USD", "steps": []},
        "updateSpecification": {"specificationId": specification, "name": "Ghosts"},
        "archiveSpecification": {"specificationId": specification},
        "changeTimeZone": {"timeZone": "UTC"},
        "deliverImages": {"worker": "Ada", "imageIds": [image]},
        "confirmDeadline": {"orderId": order, "deadline": "2026-03-20T12:00:00Z"},
        "negotiateSla": {"accountId": shop.account, "imagesPerDay": 7, "effectiveDate": "2026-03-20"},
    }


OF_STAFF = {"deliverImages", "confirmDeadline", "negotiateSla"}


@impatient
async def test_no_command_waits_for_ever_for_a_busy_account(busy: Shop, pool: Pool, staff: Client) -> None:
    asked = inputs(busy)
    assert asked.keys() == PAYLOADS.keys() - {"claimImages"}
    before = await contents(pool)
    async with held(pool, busy):
        for name, given in asked.items():
            client = staff if name in OF_STAFF else busy.client
            response = await client.post(document(name), {"input": {**given, "idempotencyKey": name}})
            assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            [error] = response.json()["errors"]
            assert response.json()["data"] is None
            assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1}
            assert error["message"] == "Others are changing what this is about, so it was not done; try again."
            assert error["path"] == [name]
    assert await contents(pool) == before
    await done(busy.client, "placeOrder", **asked["placeOrder"], idempotencyKey="placeOrder")


@impatient
async def test_no_claim_waits_for_ever_for_another(busy: Shop, pool: Pool, staff: Client) -> None:
    await busy.place("a.jpg")
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await writer.execute(ONE_AT_A_TIME)
        response = await staff.post(document("claimImages"), {"input": {"worker": "Ada"}})
    assert (response.status_code, response.json()["data"]) == (503, None)
    assert len((await done(staff, "claimImages", worker="Ada"))["images"]) == 1


@patient
async def test_a_command_that_waits_too_long_for_its_turn_is_not_begun(
    busy: Shop, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.accounts.slots.PATIENCE", 0.05)
    async with held(pool, busy):
        first = [asyncio.create_task(busy.place()) for _ in range(2)]
        await until(pool, WAITING)
        given = {"name": "Late", "specificationId": busy.specification, "images": [{"filename": "a.jpg"}]}
        response = await busy.client.post(document("placeOrder"), {"input": given})
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert sorted(order["number"] for placed in await asyncio.gather(*first) for order in placed) == [1, 2]


async def test_the_service_waits_two_seconds_for_others_at_most() -> None:
    assert COMMANDS["lock_timeout"] == "2s"
