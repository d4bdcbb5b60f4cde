"""A read-only server on a physical standby: every query is answered, as of an instant before which nothing changes."""

import asyncio
import subprocess
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from api.ids import account_global_id
from db.connections import Pool
from db.embedded.server import embedded_server
from db.migrate import migrate
from db.pools import open_pool
from tests.db.test_embedded import fresh_folder
from tests.support.clock import FrozenClock
from tests.support.database import NOT_DURABLE, until
from tests.support.every_request import send_every_request
from tests.support.one_of_each import START, live
from tests.support.serving import new_token, serving
from tests.support.studio import HOUR
from tests.web.test_read_only import client, reading

LOGGED: Final = {**NOT_DURABLE, "wal_level": "replica", "max_wal_senders": "2"}
FIGURES: Final = "query ($at: DateTime) { account { pulse(asOf: $at) { asOf productivity { summary } } } }"
CONTACT: Final = 'mutation { setContact(input: {name: "Grace"}) { userErrors { code } } }'


@contextmanager
def standby_of(folder: Path) -> Generator[tuple[str, str]]:
    """Run the server of a folder, and a copy that is a standby and gets its log by file; yields both URLs."""
    data, copied = folder.resolve() / "18" / "data", folder / "standby" / "18"
    copied.mkdir(parents=True)
    for source, target in ((data, copied / "data"), (data / "PG_VERSION", copied / "data" / "standby.signal")):
        subprocess.run(["cp", "-a", source, target], check=True)  # noqa: S603, S607
    shipped = {"restore_command": f"cp {data}/pg_wal/%f %p", "wal_retrieve_retry_interval": "20ms"}
    with (
        embedded_server(folder, settings=LOGGED) as primary,
        embedded_server(folder / "standby", settings={**LOGGED, **shipped}) as standby,
    ):
        yield primary, standby


async def opened(stack: AsyncExitStack, url: str) -> Pool:
    pool = await open_pool(url)
    stack.push_async_callback(pool.close)
    return pool


@pytest.mark.soak
async def test_a_standby_answers_every_query_as_of_an_instant_that_later_changes_do_not_precede() -> None:
    clock = FrozenClock(START + 72 * HOUR)
    with fresh_folder() as folder:
        with embedded_server(folder, settings=LOGGED) as url:
            await migrate(url)
            await live(url)
        with standby_of(folder) as (primary, standby):
            async with AsyncExitStack() as stack:
                pool, copy = await opened(stack, primary), await opened(stack, standby)
                [account] = await pool.fetch("SELECT id FROM accounts WHERE name = 'Live'")
                tokens = [await new_token(pool, clock.now(), account_id) for account_id in (account["id"], None)]
                [keys] = await pool.fetch("SELECT count(*) FROM api_keys")
                await until(copy, f"SELECT FROM api_keys HAVING count(*) = {keys[0]}")
                read = await stack.enter_async_context(reading(standby, clock))
                written = await stack.enter_async_context(serving(primary, clock))
                reader, staff = (client(*read, token) for token in tokens)
                await send_every_request(reader, staff, copy, account_global_id(account["id"]))
                before = await reader.data(FIGURES)
                writer = client(*written, tokens[0])
                assert await writer.data(CONTACT) == {"setContact": {"userErrors": []}}
                at = before["account"]["pulse"]["asOf"]
                assert await writer.data(FIGURES, {"at": at}) == before
                await until(copy, "SELECT FROM accounts WHERE contact_name = 'Grace' AND name = 'Live'")
                assert await reader.data(FIGURES, {"at": at}) == before
                assert (await reader.data(FIGURES))["account"]["pulse"]["asOf"] > at


@pytest.mark.soak
async def test_a_service_follows_the_server_that_takes_changes_to_a_promoted_standby() -> None:
    clock = FrozenClock(START + 72 * HOUR)
    with fresh_folder() as folder:
        with embedded_server(folder, settings=LOGGED) as url:
            await migrate(url)
            await live(url)
        with standby_of(folder) as (primary, standby):
            async with AsyncExitStack() as stack:
                pool, copy = await opened(stack, primary), await opened(stack, standby)
                [account] = await pool.fetch("SELECT id FROM accounts WHERE name = 'Live'")
                token = await new_token(pool, clock.now(), account["id"])
                [keys] = await pool.fetch("SELECT count(*) FROM api_keys")
                await until(copy, f"SELECT FROM api_keys HAVING count(*) = {keys[0]}")
                sockets = [parse_qs(urlsplit(url).query)["host"][0] for url in (primary, standby)]
                either = f"postgresql://loupe@/postgres?host={','.join(sockets)}&target_session_attrs=read-write"
                service = client(*await stack.enter_async_context(serving(either, clock)), token)
                assert await service.data(CONTACT) == {"setContact": {"userErrors": []}}
                await pool.fetch("ALTER SYSTEM SET default_transaction_read_only = on")
                await pool.fetch("SELECT pg_reload_conf()")
                await copy.fetch("SELECT pg_promote()")
                codes: list[str] = []
                async with asyncio.timeout(60):
                    while (answer := await service.answer(CONTACT)).get("errors"):
                        codes.append(answer["errors"][0]["extensions"]["code"])
                        await asyncio.sleep(0.02)
                assert set(codes) <= {"READ_ONLY", "UNAVAILABLE"}
                assert answer["data"] == {"setContact": {"userErrors": []}}
                assert await copy.fetch("SELECT FROM events WHERE type = 'CONTACT_CHANGED'")
