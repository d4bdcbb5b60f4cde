"""The contact of an account: the person whom the service writes to."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

CONTACT = "{ account { contact { name email } } }"
ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def contact_of(client: Client) -> dict[str, str | None] | None:
    found: dict[str, str | None] | None = (await client.data(CONTACT))["account"]["contact"]
    return found


async def test_a_client_sets_its_contact_changes_and_removes_it(shop: Shop, pool: Pool) -> None:
    assert await contact_of(shop.client) is None
    payload = await done(shop.client, "setContact", **ADA)
    assert payload["account"] == {"id": shop.account, "contact": ADA}
    assert await contact_of(shop.client) == ADA
    await done(shop.client, "setContact", accountId=shop.account, name="Cafe\u0301")
    assert await contact_of(shop.client) == {"name": "Café", "email": None}
    await done(shop.client, "setContact")
    assert await contact_of(shop.client) is None
    assert (await event_types(pool, shop.studio)).count("CONTACT_CHANGED") == 3


async def test_staff_set_the_contact_of_the_account_that_they_name(shop: Shop, staff: Client) -> None:
    await done(staff, "setContact", accountId=shop.account, **ADA)
    assert await contact_of(shop.client) == ADA
    assert await refused(staff, "setContact", **ADA) == [("INVALID", ["accountId"])]


async def test_a_client_cannot_set_the_contact_of_another_account(shop: Shop, pool: Pool, client_of: NewClient) -> None:
    other = await open_shop(pool, client_of, Studio(name="Dior"))
    before = await contents(pool)
    assert await refused(other.client, "setContact", accountId=shop.account, **ADA) == [("NOT_FOUND", ["accountId"])]
    assert await contents(pool) == before


async def test_the_contact_that_an_account_has_is_no_change(shop: Shop, pool: Pool) -> None:
    await done(shop.client, "setContact", **ADA)
    before = await contents(pool)
    await done(shop.client, "setContact", **ADA)
    assert await contents(pool) == before


async def test_a_contact_with_a_key_is_set_once(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    for _ in range(2):
        payload = await done(shop.client, "setContact", **ADA, idempotencyKey="a contact")
        assert payload["account"]["contact"] == ADA
        clock.advance()
    assert (await event_types(pool, shop.studio)).count("CONTACT_CHANGED") == 1


async def test_an_event_shows_the_contact_and_the_one_before(shop: Shop) -> None:
    await done(shop.client, "setContact", **ADA)
    await done(shop.client, "setContact", name="Grace")
    fields = "contact { name email } previousContact { name email }"
    asked = f"{{ account {{ events(first: 2) {{ nodes {{ ... on ContactChanged {{ {fields} }} }} }} }} }}"
    assert (await shop.client.data(asked))["account"]["events"]["nodes"] == [
        {"contact": {"name": "Grace", "email": None}, "previousContact": ADA},
        {"contact": ADA, "previousContact": None},
    ]


async def test_a_bad_contact_is_refused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    wrong = await refused(shop.client, "setContact", name="two\nlines", email="ada@")
    assert wrong == [("INVALID", ["name"]), ("INVALID", ["email"])]
    assert await refused(shop.client, "setContact", email="ada@example.com") == [("INVALID", ["name"])]
    assert await contents(pool) == before
