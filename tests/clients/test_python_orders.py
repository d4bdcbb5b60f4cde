"""`clients/python/place_order.py` places an order once, and prints its results once they are delivered."""

from typing import Final

import pytest

from db.connections import Pool
from tests.support.mutations import done, open_shop
from tests.support.programs import Ended, begin_python_program, ended, run_python_program
from tests.support.serving import Client, NewClient

PLACED: Final = "Order 1: 2 images, 2.90 USD, due 2026-03-11 09:00 CET\n"
ORDER: Final = ("place_order.py", "PO-1", "Ghost", "a.jpg", "b.jpg", "--pause", "0.05")


@pytest.mark.soak
async def test_an_order_is_placed_once_by_a_program_that_is_killed_and_started_again_and_its_results_are_printed(
    api: str, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    shop = await open_shop(pool, client_of)
    assert shop.client.token is not None
    first = await begin_python_program(*ORDER, url=api, token=shop.client.token)
    assert first.stdout is not None
    assert (await first.stdout.readline()).decode() == PLACED
    first.kill()
    await first.communicate()
    second = await begin_python_program(*ORDER, url=api, token=shop.client.token)
    images = (await done(staff, "claimImages", worker="Ada", count=2))["images"]
    results = [{"imageId": each["id"], "resultUrl": f"https://pictures.example/{each['filename']}"} for each in images]
    await done(staff, "deliverImages", worker="Ada", results=results)
    assert await ended(second) == Ended(
        0, f"{PLACED}a.jpg: https://pictures.example/a.jpg\nb.jpg: https://pictures.example/b.jpg\n", ""
    )
    orders = await shop.client.data("{ account { orders(first: 2) { nodes { number externalReference } } } }")
    assert orders["account"]["orders"]["nodes"] == [{"number": 1, "externalReference": "PO-1"}]


@pytest.mark.soak
async def test_an_order_that_is_cancelled_is_no_longer_waited_for(api: str, pool: Pool, client_of: NewClient) -> None:
    shop = await open_shop(pool, client_of)
    assert shop.client.token is not None
    process = await begin_python_program(*ORDER, url=api, token=shop.client.token)
    assert process.stdout is not None
    assert (await process.stdout.readline()).decode() == PLACED
    placed = await shop.client.data("{ account { order(number: 1) { id } } }")
    await done(shop.client, "cancelOrder", orderId=placed["account"]["order"]["id"])
    assert await ended(process) == Ended(0, "Order 1 is cancelled.\n", "")


@pytest.mark.soak
async def test_an_order_that_is_refused_ends_the_program_with_its_user_error(
    api: str, pool: Pool, client_of: NewClient
) -> None:
    shop = await open_shop(pool, client_of)
    assert shop.client.token is not None
    await shop.place(externalReference="PO-1")
    refusal = "REFERENCE_TAKEN at externalReference: 'PO-1' is already the reference of order 1.\n"
    assert await run_python_program(*ORDER, url=api, token=shop.client.token) == Ended(1, "", refusal)
