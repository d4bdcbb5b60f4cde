"""Last uses of API keys: requests note them, and a task writes them, so that no request waits for it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from db.connections import Pool, Statement
from db.queries.api_keys import Caller
from db.writer import unit_of_work

# Writes the last use of a client's key, at most once a minute, whichever processes see it used; the primary key.
WRITE_KEY_USE: Final = Statement(
    "write_key_use",
    """
    INSERT INTO api_key_uses (account_id, key_id, used_at) VALUES ($1, $2, $3)
    ON CONFLICT (account_id, key_id) DO UPDATE SET used_at = excluded.used_at
      WHERE api_key_uses.used_at <= excluded.used_at - interval '1 minute'
    """,
)

# Writes the last use of a token, as above.
WRITE_TOKEN_USE: Final = Statement(
    "write_token_use",
    """
    INSERT INTO token_uses (token_id, used_at) VALUES ($1, $2)
    ON CONFLICT (token_id) DO UPDATE SET used_at = excluded.used_at
      WHERE token_uses.used_at <= excluded.used_at - interval '1 minute'
    """,
)

_Key: TypeAlias = tuple[UUID | None, UUID]  # the account and the id of a client's key; None and the id of a token
_MINUTE: Final = timedelta(minutes=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_PAUSE: Final = 5.0  # seconds in which uses are gathered
_GOODBYE: Final = 1.0  # seconds for the last write

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.keys")


class KeyUses:
    """The uses of keys that this process saw in the last minute, and those of them that are still to be written."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._noted: dict[_Key, datetime] = {}
        self._unwritten: dict[_Key, datetime] = {}

    def note(self, caller: Caller, at: datetime) -> None:
        """Note that a key was used at an instant (UTC), unless another use of it was noted within the minute before."""
        account_id = None if caller.is_token or caller.account is None else caller.account.id
        key = (account_id, caller.key_id)
        if at - self._noted.get(key, _NEVER) >= _MINUTE:
            self._noted[key] = self._unwritten[key] = at

    async def write(self) -> None:
        """Write the uses noted since the last time; if that fails, they are kept for the next one."""
        uses, self._unwritten = self._unwritten, {}
        try:
            await _write(self._pool, uses)
        except BaseException:
            self._unwritten = uses | self._unwritten
            raise
        latest = max(self._noted.values(), default=_NEVER)
        self._noted = {key: at for key, at in self._noted.items() if latest - at < _MINUTE}

    async def run(self, ending: asyncio.Event) -> None:
        """Write every few seconds, and once more at the end; while the database is out of reach nothing is raised."""
        ended = False
        while not ended:
            with suppress(TimeoutError):
                ended = await asyncio.wait_for(ending.wait(), _PAUSE)
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 - requests must be answered, and the next try may succeed
                _log.warning("key_uses_not_written", reason=repr(error))


@asynccontextmanager
async def noted_key_uses(pool: Pool) -> AsyncGenerator[KeyUses]:
    """Keep a task that writes uses of keys for as long as something else runs; the last write has a second."""
    uses, ending = KeyUses(pool), asyncio.Event()
    running = asyncio.create_task(uses.run(ending))
    try:
        yield uses
    finally:
        ending.set()
        await asyncio.wait({running}, timeout=_GOODBYE)  # if it takes longer, closing the pool ends it


async def _write(pool: Pool, uses: Mapping[_Key, datetime]) -> None:
    keys = [(account_id, key_id, at) for (account_id, key_id), at in uses.items() if account_id is not None]
    tokens = [(key_id, at) for (account_id, key_id), at in uses.items() if account_id is None]
    if not uses:
        return
    async with unit_of_work(pool) as writer:
        await writer.execute_many(WRITE_KEY_USE, sorted(keys))  # or two processes could wait for each other
        await writer.execute_many(WRITE_TOKEN_USE, sorted(tokens))
        await writer.commit()
