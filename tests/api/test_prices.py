"""Prices and seconds come from the catalogue or from staff, whatever clients do."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest

from api.ids import read_global_id
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, document, done, open_shop
from tests.support.serving import Client, NewClient

SEED: Final = 7
TURNS: Final = 150
KINDS: Final = {
    "createSpecification": 3,
    "updateSpecification": 8,
    "archiveSpecification": 1,
    "placeOrder": 3,
    "expediteOrder": 2,
    "cancelOrder": 1,
}
"""The mutations, each with its frequency."""
PRICES: Final = {"CLIPPING": "0.95", "SHADOW": "0.50", "CROPPING": "0.10", "SKIN": "2.1001"}
SECONDS: Final = {"CLIPPING": 180, "SHADOW": 95.5, "CROPPING": 20, "SKIN": 310.25}
OWN: Final = {"steps": ["CLIPPING", "DUST"], "pricePerImage": {"amount": "7", "currency": "EUR"}}
OWN_SECONDS: Final = {"CLIPPING": 1_000, "DUST": 2_000}
VERSIONS: Final = "SELECT * FROM specification_versions WHERE specification_id <> $1"
PAID: Final = """
    SELECT DISTINCT i.price / v.price_per_image AS times, i.service_level LIKE 'EXPEDITED%' AS expedited
    FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
    JOIN specification_versions v ON v.account_id = i.account_id
      AND v.specification_id = o.specification_id AND v.version = o.specification_version
"""
"""The prices of images, in prices of their specifications."""


class Clients:
    """A client that sends random mutations about its specifications and orders, many of them refused."""

    def __init__(self, shop: Shop, specifications: list[str]) -> None:
        self._shop = shop
        self._specifications = specifications
        self._orders: list[str] = []
        self._random = Random(SEED)  # noqa: S311 - drawn for tests

    async def send(self) -> None:
        """Send one mutation."""
        [name] = self._random.choices([*KINDS], [*KINDS.values()])
        answer = await self._shop.client.answer(document(name), {"input": self._input(name)})
        payload: Mapping[str, Any] = answer["data"][name]
        if payload.get("specification") is not None and name == "createSpecification":
            self._specifications.append(payload["specification"]["id"])
        self._orders += [order["id"] for order in payload.get("orders") or ()]

    def _input(self, name: str) -> dict[str, Any]:
        draw = self._random
        steps = draw.sample([*PRICES, "DUST"], draw.randint(1, 3))
        specification = {"specificationId": draw.choice(self._specifications)}
        order = {"orderId": draw.choice(self._orders) if self._orders else self._shop.account}
        some = {key: value for key, value in (("steps", steps), ("name", "Hats")) if draw.random() < 0.7}
        inputs: dict[str, dict[str, Any]] = {
            "createSpecification": {"name": "Ghost", "steps": steps},
            "updateSpecification": {**specification, **some, "instructions": draw.choice([None, "No halo."])},
            "archiveSpecification": {"specificationId": self._specifications[-1]},
            "placeOrder": {"name": "Shoes", **specification, "images": [{"filename": "a.jpg"}]},
            "expediteOrder": order,
            "cancelOrder": order,
        }
        return inputs[name]


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient, staff: Client) -> Shop:
    for step, price in PRICES.items():
        values = {"step": step, "seconds": SECONDS[step], "price": {"amount": price, "currency": "USD"}}
        await done(staff, "setRetouchingStep", **values)
    return await open_shop(pool, client_of)


async def test_no_sequence_of_client_mutations_makes_a_price_or_a_time_of_its_own(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    seconds = [{"step": step, "seconds": milliseconds / 1000} for step, milliseconds in OWN_SECONDS.items()]
    values = {"accountId": shop.account, "name": "Own", **OWN, "stepSeconds": seconds}
    own = (await done(staff, "createSpecification", **values))["specification"]["id"]
    clients = Clients(shop, [own])
    for _ in range(TURNS):
        clock.advance()
        await clients.send()
    versions = await pool.fetch(VERSIONS, shop.studio.specifications[0].id)
    assert len(versions) > 30
    for row in versions:
        agreed = OWN_SECONDS if row["specification_id"] == read_global_id(own).key else {}
        steps = {each["step"]: each["milliseconds"] for each in row["steps"]}
        assert all(
            milliseconds in {agreed.get(step), SECONDS.get(step, -1) * 1000} for step, milliseconds in steps.items()
        )
        price = (row["price_per_image"], row["currency"])
        if row["price_negotiated"]:
            assert (price, {*steps}) == ((Decimal(7), "EUR"), {*OWN_SECONDS})
        else:
            assert price == (sum(Decimal(PRICES[step]) for step in steps), "USD")
    assert {(row["times"], row["expedited"]) for row in await pool.fetch(PAID)} == {(1, False), (2, True)}
