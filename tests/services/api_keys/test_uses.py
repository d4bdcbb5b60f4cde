"""The last uses of keys: noted by requests, written in the background, at most once a minute."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.services.api_keys import uses as key_uses
from app.services.api_keys.keys import create_key, find_caller
from app.services.api_keys.uses import KeyUses, noted_key_uses
from db.connections import Pool, hang_up
from db.failures import DatabaseUnreachable
from db.pools import open_pool
from db.queries.api_keys import Caller, KeyFilter, keys
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.connection_proxy import proxy_to
from tests.support.database import TEMPLATE, execute, temporary_database
from tests.support.pools import CountingPool
from tests.support.studio import Studio, open_account

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NONE: Sequence[datetime | None] = (None, None, None)


async def callers_of(pool: Pool, reader: PoolReader) -> list[Caller]:
    """A client, staff, and a client with a token of the release before."""
    studio = await open_account(pool, Studio())
    async with unit_of_work(pool) as writer:
        made = [await create_key(writer, AT, account_id) for account_id in (studio.id, None, None)]
        await writer.commit()
    await pool.fetch("UPDATE tokens SET account_id = $1 WHERE number = $2", studio.id, made[2].number)
    callers = [await find_caller(reader, FrozenClock(AT), key.secret) for key in made]
    return [caller for caller in callers if caller is not None]


async def used(reader: PoolReader) -> list[datetime | None]:
    return [row.used_at for row in await keys(reader, KeyFilter())]


async def test_the_last_use_of_a_key_is_known_once_it_is_written(pool: Pool, reader: PoolReader) -> None:
    uses = KeyUses(pool)
    for number, caller in enumerate(await callers_of(pool, reader)):
        uses.note(caller, AT + number * SECOND)
    assert await used(reader) == [*NONE]
    await uses.write()
    assert await used(reader) == [AT, AT + SECOND, AT + 2 * SECOND]


async def test_a_key_is_written_at_most_once_a_minute_by_a_process_and_by_several(
    pool: Pool, reader: PoolReader
) -> None:
    counting = CountingPool(pool)
    first, second = KeyUses(counting), KeyUses(counting)
    caller, *_ = await callers_of(pool, reader)
    versions: set[tuple[int, datetime]] = set()
    for seconds in range(0, 150, 5):
        for uses in (first, second):
            uses.note(caller, AT + seconds * SECOND)
            await uses.write()
            versions |= {
                (row["xmin"], row["used_at"]) for row in await pool.fetch("SELECT xmin, used_at FROM api_key_uses")
            }
    assert {at for _, at in versions} == {AT, AT + MINUTE, AT + 2 * MINUTE}
    assert len(versions) == 3
    assert len(counting.statements) == 6  # neither writes more than one a minute


async def test_processes_that_write_at_once_wait_for_no_other_in_a_circle(pool: Pool, reader: PoolReader) -> None:
    callers = await callers_of(pool, reader)
    several = [KeyUses(pool) for _ in range(4)]
    for turn, uses in enumerate(several):
        for caller in callers if turn % 2 else reversed(callers):
            uses.note(caller, AT + turn * MINUTE)
    await asyncio.gather(*(uses.write() for uses in several))
    for found in await used(reader):
        assert found is not None
        assert AT <= found <= AT + 3 * MINUTE
    uses = KeyUses(pool)
    for caller in callers:
        uses.note(caller, AT + 4 * MINUTE)
    await uses.write()
    assert await used(reader) == [AT + 4 * MINUTE] * 3


async def is_refused(uses: KeyUses) -> bool:
    try:
        await uses.write()
    except DatabaseUnreachable:
        return True
    return False


async def test_uses_that_cannot_be_written_are_written_once_the_database_is_back(server: str) -> None:
    async with temporary_database(server, TEMPLATE) as url:
        pool = await open_pool(url, max_size=1)
        caller, *_ = await callers_of(pool, PoolReader(pool))
        await pool.close()
        name = urlsplit(url).path[1:]
        await execute(server, f"ALTER DATABASE {name} RENAME TO {name}_away")
        pool = await open_pool(url, min_size=0, max_size=1)
        uses = KeyUses(pool)
        uses.note(caller, AT)
        with pytest.raises(Exception, match="does not exist"):
            await uses.write()
        uses.note(caller, AT + 2 * MINUTE)
        await execute(server, f"ALTER DATABASE {name}_away RENAME TO {name}")
        async with asyncio.timeout(30):
            while await is_refused(uses):  # noqa: ASYNC110 - only the database shows it
                await asyncio.sleep(0.01)
        assert await used(PoolReader(pool)) == [AT + 2 * MINUTE, None, None]
        await pool.close()


async def test_a_key_that_was_deleted_by_hand_keeps_no_other_from_being_written(pool: Pool, reader: PoolReader) -> None:
    uses, callers = KeyUses(pool), await callers_of(pool, reader)
    for caller in callers:
        uses.note(caller, AT)
    await pool.fetch("DELETE FROM tokens WHERE id = $1", callers[1].key_id)
    await uses.write()
    assert await used(reader) == [AT, AT]


async def test_noted_uses_are_written_every_few_seconds_and_at_the_end(
    pool: Pool, reader: PoolReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = await callers_of(pool, reader)
    async with noted_key_uses(pool) as uses:
        uses.note(callers[0], AT)
    assert await used(reader) == [AT, None, None]
    monkeypatch.setattr(key_uses, "_PAUSE", 0.001)
    async with noted_key_uses(pool) as uses:
        uses.note(callers[1], AT)
        async with asyncio.timeout(30):
            while await used(reader) != [AT, AT, None]:  # noqa: ASYNC110 - only the database shows it
                await asyncio.sleep(0.005)


async def test_a_database_that_is_away_ends_neither_the_task_nor_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_uses, "_PAUSE", 0.001)
    away = await open_pool("postgresql://loupe@127.0.0.1:1/loupe", min_size=0, max_size=1)
    caller = Caller(UUID(int=1), None, is_token=True, seen_at=AT, settlement=None)
    with capture_logs() as logs:
        async with noted_key_uses(away) as uses, asyncio.timeout(30):
            uses.note(caller, AT)
            while sum(each["event"] == "key_uses_not_written" for each in logs) < 3:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.001)
    await away.close()


async def test_a_server_that_does_not_answer_keeps_no_service_from_ending(
    database: str, pool: Pool, reader: PoolReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("app.services.api_keys.uses._GOODBYE", "db.connections._GOODBYE"):
        monkeypatch.setattr(name, 0.05)
    caller, *_ = await callers_of(pool, reader)
    async with proxy_to(database, tmp_path) as (url, line), asyncio.timeout(30):
        silent = await open_pool(url, max_size=1)
        with capture_logs() as logs:
            async with noted_key_uses(silent) as uses:
                uses.note(caller, AT)
                line.fall_silent()
            await hang_up(silent)
            while not logs:  # noqa: ASYNC110 - only the log shows it
                await asyncio.sleep(0.001)
    assert [each["event"] for each in logs] == ["key_uses_not_written"]
