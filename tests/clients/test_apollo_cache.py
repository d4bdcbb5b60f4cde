"""Apollo's cache, as set up for Loupe: widgets ask for their own parts once, and lists grow by pages."""

from pathlib import Path

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.javascript import printed_by
from tests.support.serving import new_token
from tests.support.studio import DAY, Photo, Studio, open_account, write

HERE = Path(__file__).parent


@pytest.fixture
async def token(pool: Pool, clock: FrozenClock) -> str:
    """The token of a client with seven orders, one a day, of which the last one is not delivered."""
    studio = await open_account(pool, Studio())
    for days in range(7, 0, -1):
        placed_at = clock.now() - days * DAY
        studio.order(placed_at, (Photo(delivered_at=placed_at + DAY / 8 if days > 1 else None),))
    await write(pool, studio)
    return await new_token(pool, clock.now(), studio.id)


async def test_widgets_that_ask_for_parts_of_the_same_objects_ask_once_each(api: str, token: str) -> None:
    widgets = ["Amount", "Promises", "Changes"]
    requested = await printed_by(HERE / "apollo_cache.mjs", api, token)
    assert requested == {"shown": widgets, "refreshed": widgets}


async def test_lists_grow_by_pages_and_each_instant_has_its_compliance(
    api: str, token: str, clock: FrozenClock
) -> None:
    past = (clock.now() - 4 * DAY).isoformat()
    assert await printed_by(HERE / "apollo_lists.mjs", api, token, past) == {
        "nodes": [7, 6, 5, 4, 3, 2, 1],
        "edges": ["IN_PRODUCTION", "READY_FOR_DOWNLOAD", "READY_FOR_DOWNLOAD"],
        "filtered": 1,
        "eventsAreAll": True,
        "kept": [6, 3],
    }
