"""Two studios, the caller's own and another one, whose name marks all that people wrote in it."""

import pytest

from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.rows import new_inquiry
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

SECRET = "Dior"
"""The mark in every name and filename of the other studio."""


async def studio_named(pool: Pool, clock: FrozenClock, name: str) -> Studio:
    studio = await open_account(pool, Studio(name=name))
    at = clock.now() - 2 * DAY
    studio.specification(f"{name} ghost")
    rejected = Photo(f"{name}.jpg", at + HOUR, ((at + 2 * HOUR, None),))
    studio.order(at, [rejected, Photo(f"{name}2.jpg")], name=f"{name} shoes")
    studio.order(at, [Photo(f"{name}3.jpg")], name=f"{name} hats", level=ServiceLevel.ADDITIONAL)
    studio.inquiries.append(new_inquiry(studio.id, at, f"When, {name}?"))
    await write(pool, studio)
    return studio


@pytest.fixture
async def own(pool: Pool, clock: FrozenClock) -> Studio:
    return await studio_named(pool, clock, "ACME")


@pytest.fixture
async def other(pool: Pool, clock: FrozenClock) -> Studio:
    return await studio_named(pool, clock, SECRET)
