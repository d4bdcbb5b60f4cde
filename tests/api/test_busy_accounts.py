"""A locked account blocks no other account, and no command waits for it for ever."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.services.accounts.counters import lock_counters
from app.services.orders.claiming import ONE_AT_A_TIME
from db.connections import COMMANDS, Pool
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.database import until
from tests.support.mutations import PAYLOADS, Shop, contents, document, done, is_for_staff, made_up_inputs, open_shop
from tests.support.serving import Client, NewClient

PATIENCE = 30.0
AT_ONCE = 12  # more than there are connections
WAITING = """
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' HAVING count(*) = {}"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Set the lock timeout of commands, as the test's parameter says."""
    monkeypatch.setattr("app.web.asgi.COMMANDS", {**COMMANDS, "lock_timeout": request.param})


patient = pytest.mark.parametrize("settings", ["60s"], indirect=True)
impatient = pytest.mark.parametrize("settings", ["50ms"], indirect=True)


@pytest.fixture
async def busy(settings: None, pool: Pool, client_of: NewClient) -> Shop:
    """An account whose counters are to be locked; made after the application, with these settings."""
    del settings
    return await open_shop(pool, client_of)


@pytest.fixture
async def other(settings: None, pool: Pool, client_of: NewClient) -> Shop:
    del settings
    return await open_shop(pool, client_of)


@asynccontextmanager
async def held(pool: Pool, shop: Shop) -> AsyncGenerator[None]:
    """Lock the counters of an account from another connection."""
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await lock_counters(writer, [shop.studio.id])
        yield


def claiming(staff: Client) -> list["asyncio.Task[dict[str, Any]]"]:
    return [asyncio.create_task(done(staff, "claimImages", worker=f"w{number}")) for number in range(AT_ONCE)]


@patient
async def test_claims_on_a_locked_account_do_not_block_other_accounts(
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
async def test_claims_skip_a_locked_account_and_take_its_images_later(
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
async def test_a_claim_retries_until_a_briefly_locked_account_is_free(
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
async def test_claims_waiting_for_each_other_do_not_block_commands(busy: Shop, pool: Pool, staff: Client) -> None:
    await busy.place("a.jpg")
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await writer.execute(ONE_AT_A_TIME)
        claims = claiming(staff)
        await until(pool, WAITING.format(2))
        [placed] = await busy.place("b.jpg")
    assert placed["number"] == 2
    answers = await asyncio.gather(*claims)
    assert sorted(image["filename"] for answer in answers for image in answer["images"]) == ["a.jpg", "b.jpg"]


@patient
async def test_many_commands_on_a_locked_account_block_neither_other_accounts_nor_reads(
    busy: Shop, other: Shop, pool: Pool, staff: Client
) -> None:
    values = {"specificationId": busy.specification, "images": [{"filename": "a.jpg"}], "accountId": busy.account}
    async with held(pool, busy):
        orders = [
            asyncio.create_task(done(client, "placeOrder", "orders { number }", name="Shoes", **values))
            for client in (busy.client, staff)
            for _ in range(AT_ONCE)
        ]
        await until(pool, WAITING.format(1))
        [placed] = await other.place()
        assert (await busy.client.data("{ account { name } }"))["account"] == {"name": "ACME"}
        await until(pool, WAITING.format(1))
    assert placed["number"] == 1
    numbers = [order["number"] for each in await asyncio.gather(*orders) for order in each["orders"]]
    assert sorted(numbers) == list(range(1, 2 * AT_ONCE + 1))


@impatient
async def test_a_command_on_a_locked_account_times_out(busy: Shop, pool: Pool, staff: Client) -> None:
    asked = made_up_inputs(busy.studio.id)
    assert asked.keys() == PAYLOADS.keys()
    del asked["claimImages"]  # which passes by
    del asked["setRetouchingStep"]  # which locks no account
    asked["placeOrder"]["specificationId"] = busy.specification
    before = await contents(pool)
    async with held(pool, busy):
        for name, values in asked.items():
            client = staff if is_for_staff(name, values) else busy.client
            response = await client.post(document(name), {"input": {**values, "idempotencyKey": name}})
            assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            [error] = response.json()["errors"]
            assert response.json()["data"] is None
            assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1}
            assert error["message"] == "Another change of the same data is in progress, so it was not done; try again."
            assert error["path"] == [name]
    assert await contents(pool) == before
    await done(busy.client, "placeOrder", **asked["placeOrder"], idempotencyKey="placeOrder")


@impatient
async def test_a_claim_waiting_for_another_one_times_out(busy: Shop, pool: Pool, staff: Client) -> None:
    await busy.place("a.jpg")
    async with asyncio.timeout(PATIENCE), unit_of_work(pool) as writer:
        await writer.execute(ONE_AT_A_TIME)
        response = await staff.post(document("claimImages"), {"input": {"worker": "Ada"}})
    assert (response.status_code, response.json()["data"]) == (503, None)
    assert len((await done(staff, "claimImages", worker="Ada"))["images"]) == 1


async def test_commands_wait_for_a_lock_for_two_seconds_at_most() -> None:
    assert COMMANDS["lock_timeout"] == "2s"
