"""Results are repeatable while others write: as of their instant they stay the same (domain rules, section 1)."""

from asyncio import gather, timeout
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from starlette.applications import Starlette

from app.services.accounts.counters import advance_quiet, begin_command
from app.web.state import running_of
from db.connections import Pool
from db.readers import Reader
from db.writer import unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.mutations import open_shop
from tests.support.serving import Client, CountingReader, NewClient
from tests.support.settled_answers import judging
from tests.support.studio import Studio, open_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
READING = 10
"""The greatest number of a server's reading connections."""


@pytest.mark.parametrize(
    ("answers", "sizes", "quiet_for"),
    [
        pytest.param(120, (1, 7, 20, 3), HOUR, id="small orders"),
        pytest.param(40, (1_500,), DAY, id="orders of 1,500 images, after a quiet day"),
        pytest.param(10_000, (1, 7, 20, 3, 150), DAY, id="small orders, many rounds", marks=pytest.mark.soak),
        pytest.param(1_000, (1_500,), DAY, id="orders of 1,500 images, many rounds", marks=pytest.mark.soak),
    ],
)
async def test_results_of_two_servers_are_repeatable_and_consistent(
    database: str, pool: Pool, answers: int, sizes: tuple[int, ...], quiet_for: timedelta
) -> None:
    async with judging(database, pool, quiet_for=quiet_for) as judge:
        await judge.run(answers, writers=4, sizes=sizes)
        assert judge.contradicting() == []
        assert await judge.differing() == []


async def test_a_document_of_several_mutations_shows_each_payload_as_of_its_own_instant(
    pool: Pool, client_of: NewClient
) -> None:
    shop = await open_shop(pool, client_of)
    asked = "mutation ($input: PlaceOrderInput!) { first: placeOrder(input: $input) { ...all } "
    asked += "second: placeOrder(input: $input) { ...all } }"
    asked += (
        "fragment all on PlaceOrderPayload { orders { account { pulse { asOf productivity { imagesUploaded } } } } }"
    )
    values = {"name": "Shoes", "specificationId": shop.specification, "images": [{"filename": "a.jpg"}]}
    data = await shop.client.data(asked, {"input": values})
    pulses = [data[name]["orders"][0]["account"]["pulse"] for name in ("first", "second")]
    assert [(pulse["asOf"], pulse["productivity"]["imagesUploaded"]) for pulse in pulses] == [
        ("2026-03-10T12:00:00.000001Z", 1),
        ("2026-03-10T12:00:00.000002Z", 2),
    ]


async def test_staff_see_each_account_as_of_its_own_instant(
    pool: Pool, clock: FrozenClock, client_of: NewClient, staff: Client
) -> None:
    busy = (await open_shop(pool, client_of, Studio(name="busy"))).studio.id
    await open_shop(pool, client_of, Studio(name="quiet"))
    clock.advance(DAY)
    asked = "{ accounts(orderBy: NAME) { nodes { name pulse { asOf } } } queue: productionQueue { totalCount } }"
    async with unit_of_work(pool) as writer:
        await advance_quiet(pool, FrozenClock(clock.now() - HOUR / 3_600 + MICROSECOND), [busy])
        await begin_command(writer, clock, busy)
        data = await staff.data(asked)
    assert [(node["name"], node["pulse"]["asOf"]) for node in data["accounts"]["nodes"]] == [
        ("busy", "2026-03-11T11:59:59.000001Z"),
        ("quiet", "2026-03-11T12:00:00Z"),
    ]


async def test_an_account_created_just_before_the_snapshot_is_shown_just_after_its_last_instant(
    pool: Pool, clock: FrozenClock, client_of: NewClient, staff: Client, app: Starlette
) -> None:
    shop = await open_shop(pool, client_of, Studio(name="first"))
    clock.advance(HOUR)

    class Joined(CountingReader):
        """A database in which another account is created just before a snapshot is taken."""

        @asynccontextmanager
        async def snapshot(self) -> AsyncGenerator[Reader]:
            await open_account(pool, Studio(name="second", created_at=clock.now() - HOUR))
            async with super().snapshot() as reader:
                yield reader

    running_of(app).reader = Joined(running_of(app).reader)
    data = await staff.data("{ accounts(orderBy: NAME) { nodes { name pulse { asOf } } } }")
    assert shop.studio.name == "first"
    assert [(node["name"], node["pulse"]["asOf"]) for node in data["accounts"]["nodes"]] == [
        ("first", "2026-03-10T13:00:00Z"),
        ("second", "2026-03-10T12:00:00.000001Z"),
    ]


async def test_no_connection_is_held_after_a_response(pool: Pool, client_of: NewClient, database: str) -> None:
    client = await client_of(await open_account(pool, Studio()))
    await client.data("{ account { pulse { asOf } } }")
    await client.answer('{ account { orders(after: "nonsense") { nodes { id } } } }')
    assert await _held(pool, database) == 0


async def test_a_root_field_still_running_after_an_error_holds_no_connection(
    pool: Pool, client_of: NewClient, database: str
) -> None:
    client = await client_of(await open_account(pool, Studio()))
    failing = "query ($ids: [ID!] = []) { account { pulse { asOf } } nodes(ids: $ids) { id } }"
    for _ in range(READING + 2):
        assert (await client.error(failing, {"ids": None}))["code"] == "BAD_USER_INPUT"
    assert await _held(pool, database) == 0
    assert (await client.data("{ account { name } }"))["account"]["name"] == "ACME"


async def test_an_error_in_one_field_is_no_outage(pool: Pool, client_of: NewClient, database: str) -> None:
    client = await client_of(await open_account(pool, Studio()))
    failing = """{ account {
      pulse { productivity { imagesUploaded } } sla { compliance { standard { metCount } } }
      orders { totalCount } specifications { totalCount } wrong: orders(first: -1) { totalCount }
    } }"""
    for _ in range(READING + 2):
        assert (await client.error(failing))["code"] == "BAD_USER_INPUT"
    assert await _held(pool, database) == 0


async def test_simultaneous_quotes_do_not_wait_for_each_other(pool: Pool, client_of: NewClient) -> None:
    shop = await open_shop(pool, client_of)
    asked = "{ account { quote(input: {newOrder: {imageCount: 1}}) { quote { token } } } }"
    async with timeout(10):
        answers = await gather(*(shop.client.data(asked) for _ in range(2 * READING)))
    assert len({answer["account"]["quote"]["quote"]["token"] for answer in answers}) == 1


async def _held(pool: Pool, database: str) -> int:
    """Count the connections with an idle open transaction."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'"
    held: int = (await pool.fetch(sql, database.rpartition("/")[2].partition("?")[0]))[0][0]
    return held
