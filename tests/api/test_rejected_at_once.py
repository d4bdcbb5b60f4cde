"""A rejection, its redelivery and the next rejection at one instant, as an imported history may have them."""

from datetime import UTC, datetime

from db.connections import Pool
from tests.support.serving import NewClient
from tests.support.studio import HOUR, Photo, Studio, open_account, write

PLACED_AT = datetime(2026, 3, 9, 13, tzinfo=UTC)
LISTS = """{ account {
  order(number: 1) { images { totalCount nodes { filename rejections { redeliveredAt } } } }
  pulse { quality { deliveredImages { totalCount nodes { filename } } } }
} }"""


async def test_an_image_rejected_twice_at_one_instant_is_listed_once(pool: Pool, client_of: NewClient) -> None:
    rejected_at = PLACED_AT + 2 * HOUR
    studio = await open_account(pool, Studio())
    twice = Photo("a.jpg", PLACED_AT + HOUR, ((rejected_at, rejected_at), (rejected_at, None)))
    studio.order(PLACED_AT, [twice, Photo("b.jpg", PLACED_AT + HOUR)])
    await write(pool, studio)
    account = (await (await client_of(studio)).data(LISTS))["account"]
    images = account["order"]["images"]
    assert [node["filename"] for node in images["nodes"]] == ["a.jpg", "b.jpg"]
    assert images["totalCount"] == 2
    redelivered = [rejection["redeliveredAt"] for rejection in images["nodes"][0]["rejections"]]
    assert redelivered == ["2026-03-09T15:00:00Z", None]
    delivered = account["pulse"]["quality"]["deliveredImages"]
    assert sorted(node["filename"] for node in delivered["nodes"]) == ["a.jpg", "b.jpg"]
