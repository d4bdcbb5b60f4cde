"""Staff's mutations of accounts: names and success managers."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient

NOBODY = "AQAAAAAAAAAAAAAAAAAAAAA"
MANAGER = "{ account { sla { support { successManager { name email } } } } }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def manager_of(client: Client) -> dict[str, str | None] | None:
    found: dict[str, str | None] | None = (await client.data(MANAGER))["account"]["sla"]["support"]["successManager"]
    return found


async def test_staff_rename_an_account_and_find_it_by_its_new_name(shop: Shop, pool: Pool, staff: Client) -> None:
    payload = await done(staff, "renameAccount", accountId=shop.account, name="Cafe\u0301")
    assert payload["account"] == {"id": shop.account, "name": "Café"}
    assert await shop.client.data("{ account { name } }") == {"account": {"name": "Café"}}
    for search, found in (("caf", 1), ("acme", 0)):
        answer = await staff.data(f'{{ accounts(search: "{search}") {{ totalCount }} }}')
        assert answer == {"accounts": {"totalCount": found}}
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "ACCOUNT_RENAMED"]


async def test_the_name_that_an_account_has_is_no_change(shop: Shop, pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    payload = await done(staff, "renameAccount", accountId=shop.account, name="ACME")
    assert payload["account"] == {"id": shop.account, "name": "ACME"}
    assert await contents(pool) == before


async def test_a_renaming_with_a_key_is_done_once(shop: Shop, pool: Pool, staff: Client, clock: FrozenClock) -> None:
    for _ in range(2):
        payload = await done(staff, "renameAccount", accountId=shop.account, name="Dior", idempotencyKey="a name")
        assert payload["account"]["name"] == "Dior"
        clock.advance()
    assert (await event_types(pool, shop.studio)).count("ACCOUNT_RENAMED") == 1
    again = {"accountId": shop.account, "name": "Chanel", "idempotencyKey": "a name"}
    assert await refused(staff, "renameAccount", **again) == [("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])]


async def test_a_bad_name_and_an_unknown_account_are_refused(shop: Shop, pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    for name in ("", " \u200b", "two\nlines", 256 * "a"):
        assert await refused(staff, "renameAccount", accountId=shop.account, name=name) == [("INVALID", ["name"])]
    for account in (NOBODY, "x"):
        assert await refused(staff, "renameAccount", accountId=account, name="Dior") == [("NOT_FOUND", ["accountId"])]
    assert await contents(pool) == before


async def test_staff_set_a_success_manager_whom_the_client_sees(shop: Shop, pool: Pool, staff: Client) -> None:
    assert await manager_of(shop.client) is None
    grace = {"name": "Grace Hopper", "email": "grace@example.com"}
    payload = await done(staff, "setSuccessManager", accountId=shop.account, **grace)
    assert payload["account"]["sla"]["support"] == {"successManager": grace}
    assert await manager_of(shop.client) == grace
    await done(staff, "setSuccessManager", accountId=shop.account, name="Ada")
    assert await manager_of(shop.client) == {"name": "Ada", "email": None}
    await done(staff, "setSuccessManager", accountId=shop.account)
    assert await manager_of(shop.client) is None
    assert (await event_types(pool, shop.studio)).count("SUCCESS_MANAGER_CHANGED") == 3


async def test_the_success_manager_that_an_account_has_is_no_change(shop: Shop, pool: Pool, staff: Client) -> None:
    await done(staff, "setSuccessManager", accountId=shop.account, name="Ada")
    before = await contents(pool)
    await done(staff, "setSuccessManager", accountId=shop.account, name="Ada")
    assert await contents(pool) == before


async def test_a_bad_success_manager_and_an_unknown_account_are_refused(shop: Shop, pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    email = "ada@example.com"
    for address in ("", "ada", "@example.com", "ada@", "a da@example.com", "ada@@example.com", f"{250 * 'a'}@a.com"):
        wrong = await refused(staff, "setSuccessManager", accountId=shop.account, name="", email=address)
        assert wrong == [("INVALID", ["name"]), ("INVALID", ["email"])]
    assert await refused(staff, "setSuccessManager", accountId=shop.account, email=email) == [("INVALID", ["name"])]
    assert await refused(staff, "setSuccessManager", accountId=NOBODY, name="Ada") == [("NOT_FOUND", ["accountId"])]
    assert await contents(pool) == before
