"""Specifications in the API: clients choose steps, prices and seconds are the service's, and staff negotiate them."""

from typing import Any

import pytest

from db.connections import Pool
from tests.support.catalogue import write_catalogue
from tests.support.mutations import Shop, contents, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient

NEW: dict[str, Any] = {"name": "Ghost", "steps": ["CLIPPING", "SHADOW"]}
SHOWN = """specification {
  id version name instructions negotiated priceNegotiated pricePerImage { amount currency } secondsPerImage
  steps { step seconds negotiated }
}"""
OWN_PRICE = {"pricePerImage": {"amount": "1.20", "currency": "EUR"}}


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    await write_catalogue(pool)
    return await open_shop(pool, client_of)


async def test_a_client_chooses_steps_and_the_price_and_the_seconds_follow(shop: Shop) -> None:
    made = (await done(shop.client, "createSpecification", SHOWN, **NEW, instructions="No halo."))["specification"]
    assert made == {
        "id": made["id"],
        "version": 1,
        "name": "Ghost",
        "instructions": "No halo.",
        "negotiated": False,
        "priceNegotiated": False,
        "pricePerImage": {"amount": "1.45", "currency": "USD"},
        "secondsPerImage": 275.5,
        "steps": [
            {"step": "CLIPPING", "seconds": 180.0, "negotiated": False},
            {"step": "SHADOW", "seconds": 95.5, "negotiated": False},
        ],
    }


async def test_a_specification_is_changed_and_archived_and_orders_keep_its_version(shop: Shop, pool: Pool) -> None:
    made = (await done(shop.client, "createSpecification", **NEW))["specification"]
    placing = {"name": "Shoes", "specificationId": made["id"], "images": [{"filename": "a.jpg"}]}
    await done(shop.client, "placeOrder", **placing)
    changed = await done(shop.client, "updateSpecification", specificationId=made["id"], steps=["SHADOW"])
    assert changed["specification"] == {
        "id": made["id"],
        "name": "Ghost",
        "pricePerImage": {"amount": "0.50"},
        "secondsPerImage": 95.5,
    }
    ask = "{ account { order(number: 1) { price { amount } specification { version secondsPerImage } } } }"
    seen = (await shop.client.data(ask))["account"]["order"]
    assert seen == {"price": {"amount": "1.45"}, "specification": {"version": 1, "secondsPerImage": 275.5}}
    archived = await done(shop.client, "archiveSpecification", specificationId=made["id"])
    assert archived["specification"] == {"id": made["id"], "archived": True}
    assert (await event_types(pool, shop.studio)).count("SPECIFICATION_CHANGED") == 3
    before = await contents(pool)
    for name in ("updateSpecification", "archiveSpecification"):
        assert await refused(shop.client, name, specificationId=made["id"]) == [("ARCHIVED", ["specificationId"])]
    assert await contents(pool) == before


async def test_staff_negotiate_a_price_and_seconds_and_end_it(shop: Shop, staff: Client) -> None:
    own = {**OWN_PRICE, "stepSeconds": [{"step": "SHADOW", "seconds": 100.25}]}
    made = await done(staff, "createSpecification", SHOWN, accountId=shop.account, **NEW, **own)
    specification = made["specification"]
    assert specification["pricePerImage"] == {"amount": "1.20", "currency": "EUR"}
    assert (specification["negotiated"], specification["priceNegotiated"]) == (True, True)
    assert specification["steps"][1] == {"step": "SHADOW", "seconds": 100.25, "negotiated": True}
    changes: list[dict[str, Any]] = [{}, {"pricePerImage": None}, {"stepSeconds": []}, {"pricePerImage": None}]
    seen: list[dict[str, Any]] = []
    for change in changes:
        changed = await done(staff, "updateSpecification", SHOWN, specificationId=specification["id"], **change)
        seen.append(changed["specification"])
    assert [(each["version"], each["negotiated"], each["priceNegotiated"]) for each in seen] == [
        (1, True, True),
        (2, True, False),
        (3, False, False),
        (3, False, False),
    ]
    assert seen[-1]["pricePerImage"] == {"amount": "1.45", "currency": "USD"}
    assert seen[-1]["secondsPerImage"] == 275.5


async def test_instructions_are_removed_by_null_and_stay_if_left_out(shop: Shop) -> None:
    made = (await done(shop.client, "createSpecification", **NEW, instructions="No halo."))["specification"]
    seen: list[str | None] = []
    for change in ({"name": "Hats"}, {"instructions": None}):
        changed = await done(shop.client, "updateSpecification", SHOWN, specificationId=made["id"], **change)
        seen.append(changed["specification"]["instructions"])
    assert seen == ["No halo.", None]


async def test_a_key_distinguishes_null_from_an_omitted_field(shop: Shop, staff: Client) -> None:
    keyed = {"specificationId": shop.specification, "name": "Hats", "idempotencyKey": "k"}
    await done(staff, "updateSpecification", **keyed)
    await done(staff, "updateSpecification", **keyed, steps=None, stepSeconds=None)
    for field in ("pricePerImage", "instructions"):
        assert await refused(staff, "updateSpecification", **keyed, **{field: None}) == [
            ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
        ]


async def test_terms_from_before_the_catalogue_are_negotiated_until_staff_end_it(shop: Shop, staff: Client) -> None:
    """The shop's specification was written before, as imports write theirs."""
    ids = {"specificationId": shop.specification}
    changed = (await done(shop.client, "updateSpecification", SHOWN, **ids, name="Hats"))["specification"]
    assert (changed["version"], changed["negotiated"], changed["pricePerImage"]["amount"]) == (2, True, "1.45")
    assert {step["negotiated"] for step in changed["steps"]} == {True}
    ended = await done(staff, "updateSpecification", SHOWN, **ids, pricePerImage=None, stepSeconds=[])
    assert (ended["specification"]["version"], ended["specification"]["negotiated"]) == (3, False)


@pytest.mark.parametrize("ending", [{"pricePerImage": None}, {"stepSeconds": []}])
async def test_negotiation_cannot_end_with_a_step_that_is_not_in_the_catalogue(
    shop: Shop, pool: Pool, staff: Client, ending: dict[str, Any]
) -> None:
    unlisted = {"name": "Dust", "steps": ["CLIPPING", "DUST"], **OWN_PRICE}
    seconds = [{"step": "CLIPPING", "seconds": 1}, {"step": "DUST", "seconds": 2}]
    made = await done(staff, "createSpecification", accountId=shop.account, **unlisted, stepSeconds=seconds)
    ids = {"specificationId": made["specification"]["id"]}
    before = await contents(pool)
    [field] = ending
    assert await refused(staff, "updateSpecification", **ids, **ending) == [("INVALID", [field])]
    kept = {**ids, "steps": ["CLIPPING", "DUST", "SHADOW"]}
    assert await refused(shop.client, "updateSpecification", **kept) == [("INVALID", ["steps", "1"])]
    assert await contents(pool) == before
    dropped = await done(shop.client, "updateSpecification", SHOWN, **ids, steps=["SHADOW", "CLIPPING"])
    assert dropped["specification"]["pricePerImage"] == {"amount": "1.45", "currency": "USD"}
    assert [step["seconds"] for step in dropped["specification"]["steps"]] == [95.5, 1.0]


async def test_the_same_steps_in_another_order_are_no_change(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    values = {"specificationId": shop.specification, "steps": ["SHADOW", "CLIPPING"]}
    kept = (await done(shop.client, "updateSpecification", SHOWN, **values))["specification"]
    assert ([step["step"] for step in kept["steps"]], kept["version"]) == (["CLIPPING", "SHADOW"], 1)
    assert await contents(pool) == before


async def test_a_quote_shows_what_other_steps_cost(shop: Shop) -> None:
    ask = """query ($id: ID!) { account { quote(input: {newOrder: {imageCount: 2, specificationId: $id}}) {
      quote { parts { price { amount currency } } } } } }"""
    prices: list[dict[str, str]] = []
    for steps in (["CLIPPING", "SHADOW"], ["CLIPPING"]):
        await done(shop.client, "updateSpecification", specificationId=shop.specification, steps=steps)
        quote = (await shop.client.data(ask, {"id": shop.specification}))["account"]["quote"]["quote"]
        prices += [part["price"] for part in quote["parts"]]
    assert prices == [{"amount": "2.90", "currency": "USD"}, {"amount": "1.90", "currency": "USD"}]


async def test_steps_are_1_to_100_different_ones_of_the_catalogue(shop: Shop, pool: Pool, staff: Client) -> None:
    archived = {"step": "DUST", "seconds": 1, "price": {"amount": "1", "currency": "USD"}, "archived": True}
    await done(staff, "setRetouchingStep", **archived)
    before = await contents(pool)
    for steps, errors in (
        ([], [("INVALID", ["steps"])]),
        (["SHADOW", "SHADOW"], [("INVALID", ["steps", "1"])]),
        (["SHADOW"] + [f"S{number}" for number in range(100)], [("LIMIT_EXCEEDED", ["steps"])]),
        (["SHADOW", "DUST", "MASK", "shadow"], [("INVALID", ["steps", str(index)]) for index in (1, 2, 3)]),
        ([" "], [("INVALID", ["steps", "0"])]),
    ):
        assert await refused(shop.client, "createSpecification", name="Ghost", steps=steps) == errors
        ids = {"specificationId": shop.specification}
        assert await refused(shop.client, "updateSpecification", **ids, steps=steps) == errors
    assert await contents(pool) == before


async def test_a_specification_with_bad_values_is_refused(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    before = await contents(pool)
    seconds = [
        {"step": " ", "seconds": 1},
        {"step": "SHADOW", "seconds": 1.2345},
        {"step": "SHADOW", "seconds": 1_000_000.001},
        {"step": "MASK", "seconds": -1},
    ]
    price = {"amount": "-0.01", "currency": "ZZZ"}
    bad = {"accountId": shop.account, "name": "", "instructions": "", "pricePerImage": price, "stepSeconds": seconds}
    assert await refused(staff, "createSpecification", **{**NEW, **bad}) == [
        ("INVALID", ["name"]),
        ("INVALID", ["instructions"]),
        ("INVALID", ["pricePerImage", "amount"]),
        ("INVALID", ["pricePerImage", "currency"]),
        ("INVALID", ["stepSeconds", "0", "step"]),
        ("INVALID", ["stepSeconds", "1", "seconds"]),
        ("INVALID", ["stepSeconds", "2", "step"]),
        ("INVALID", ["stepSeconds", "2", "seconds"]),
        ("INVALID", ["stepSeconds", "3", "seconds"]),
    ]
    assert await refused(staff, "createSpecification", **NEW) == [("INVALID", ["accountId"])]
    unknown = {
        "accountId": shop.account,
        "stepSeconds": [{"step": "CLIPPING", "seconds": 1}, {"step": "MASK", "seconds": 1}],
    }
    assert await refused(staff, "createSpecification", **NEW, **unknown) == [("INVALID", ["stepSeconds", "1", "step"])]
    values = {"specificationId": other.specification, "name": ""}
    assert await refused(shop.client, "updateSpecification", **values) == [
        ("NOT_FOUND", ["specificationId"]),
        ("INVALID", ["name"]),
    ]
    assert await refused(shop.client, "archiveSpecification", specificationId=other.specification) == [
        ("NOT_FOUND", ["specificationId"])
    ]
    assert await contents(pool) == before


@pytest.mark.parametrize(("sent", "stored"), [("1.45" + 31 * "0", "1.4500"), ("-0.00", "0.00")])
async def test_a_price_is_stored_with_four_decimals_and_never_as_negative_zero(
    shop: Shop, staff: Client, sent: str, stored: str
) -> None:
    price = {"amount": sent, "currency": "EUR"}
    values = {"specificationId": shop.specification, "pricePerImage": price}
    changed = await done(staff, "updateSpecification", SHOWN, **values)
    assert changed["specification"]["pricePerImage"] == {"amount": stored, "currency": "EUR"}


@pytest.mark.parametrize("price", ["1.45", '"1,45"', '"NaN"', '"1e3"', "true", '""'])
async def test_a_price_has_to_be_a_decimal_string(shop: Shop, staff: Client, price: str) -> None:
    values = f'specificationId: "{shop.specification}", pricePerImage: {{amount: {price}, currency: "EUR"}}'
    query = f"mutation {{ updateSpecification(input: {{ {values} }}) {{ specification {{ id }} }} }}"
    error = await staff.error(query)
    assert (error["code"], error["argument"]) == ("BAD_USER_INPUT", "input.pricePerImage.amount")


async def test_prices_in_events_of_release_0_1_0_have_the_currency_of_their_version(
    shop: Shop, pool: Pool, staff: Client
) -> None:
    """These events state a new price without its currency, which could not change then."""
    made = await done(staff, "createSpecification", accountId=shop.account, **NEW, **OWN_PRICE)
    ids = {"specificationId": made["specification"]["id"]}
    await done(staff, "updateSpecification", **ids, pricePerImage={"amount": "1.30", "currency": "EUR"})
    strip = "UPDATE events SET data = data #- '{before,currency}' #- '{after,currency}' WHERE sequence = 3 RETURNING 1"
    assert len(await pool.fetch(strip)) == 1
    await done(staff, "updateSpecification", **ids, pricePerImage=None)
    prices = "newPricePerImage { amount currency } previousPricePerImage { amount currency }"
    ask = (
        f"{{ account {{ events(first: 2) {{ nodes {{ ... on SpecificationChanged {{ newVersion {prices} }} }} }} }} }}"
    )
    shown = (await shop.client.data(ask))["account"]["events"]["nodes"]
    usd, eur = {"amount": "1.45", "currency": "USD"}, {"amount": "1.30", "currency": "EUR"}
    assert sorted(shown, key=lambda event: event["newVersion"]) == [
        {"newVersion": 2, "newPricePerImage": eur, "previousPricePerImage": {"amount": "1.20", "currency": "EUR"}},
        {"newVersion": 3, "newPricePerImage": usd, "previousPricePerImage": eur},
    ]
