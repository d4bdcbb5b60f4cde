"""Runs of `loupe import` that have ended though the counters of accounts still name them: those that died."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from db.connections import Statement
from db.readers import Reader

# The runs that the counters of accounts name; the primary key. Lists of staff read several accounts at once.
_NAMED: Final = Statement(
    "import_runs_of_accounts",
    "SELECT account_id, import_run FROM account_heads WHERE account_id = ANY($1::uuid[]) AND import_run IS NOT NULL",
)

# The runs that the counters of any account name, which are few: account_heads_importing_idx.
_NAMED_BY_ANY: Final = Statement(
    "all_import_runs",
    "SELECT account_id, import_run FROM account_heads WHERE import_run IS NOT NULL",
    many="staff's list of events is of all accounts",
)

# The runs whose lock nobody holds: their sessions are gone. No table is read, so that these are the locks of the node
# that the sessions are on.
_ENDED: Final = Statement(
    "ended_import_runs",
    "SELECT run FROM unnest($1::bigint[]) AS r (run) WHERE pg_try_advisory_xact_lock_shared(run)",
)


async def ended_of(reader: Reader, named: Mapping[UUID, int]) -> dict[UUID, int]:
    """Read by account which of the named runs have ended, as for `ended_imports`."""
    if not named:
        return {}
    ended = {row["run"] for row in await reader.fetch(_ENDED, sorted(set(named.values())))}
    return {account_id: run for account_id, run in named.items() if run in ended}


async def ended_imports(reader: Reader, account_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Read by account the run that its counters name though it has ended: its events are final.

    That holds for reads by a snapshot that is taken after this one: the run may have written until then.
    """
    rows = await reader.fetch(_NAMED, account_ids)
    return await ended_of(reader, {row["account_id"]: row["import_run"] for row in rows})


async def all_ended_imports(reader: Reader) -> tuple[int, ...]:
    """Read the ended runs that the counters of any account name, ascending; see `ended_imports`."""
    rows = await reader.fetch(_NAMED_BY_ANY)
    ended = await ended_of(reader, {row["account_id"]: row["import_run"] for row in rows})
    return tuple(sorted(set(ended.values())))
