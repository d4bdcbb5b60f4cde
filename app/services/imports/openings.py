"""Writes with what accounts begin: new ones, and those that begin earlier than they did in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Final
from uuid import UUID

from app.services.accounts.opening import version_row
from app.services.imports.batch import Opening
from db.connections import Statement
from db.tables.accounts import Account, TimeZonePeriod
from db.tables.accounts import SlaVersion as SlaVersionTable
from db.writer import Writer
from db.writes import update

# Let an account begin at another instant than before; the primary key.
BEGIN_ACCOUNT: Final = update("begin_account_earlier", Account, "created_at")

# Lets its first zone begin with it, which may be another one now; the primary key.
BEGIN_TIME_ZONE: Final = Statement(
    "begin_time_zone_earlier",
    "UPDATE time_zone_periods SET starts_at = $3, time_zone = $4 WHERE account_id = $1 AND starts_at = $2",
)

# Lets its first terms count from its first ledger day on; the primary key.
BEGIN_TERMS: Final = update("begin_terms_earlier", SlaVersionTable, "negotiated_at", "effective_date")

# Let the specifications that began with it, and their versions, begin with it; the primary keys, by the account.
BEGIN_SPECIFICATIONS: Final = Statement(
    "begin_specifications_earlier",
    "UPDATE specifications SET created_at = $3 WHERE account_id = $1 AND created_at = $2",
)
BEGIN_SPECIFICATION_VERSIONS: Final = Statement(
    "begin_specification_versions_earlier",
    "UPDATE specification_versions SET created_at = $3 WHERE account_id = $1 AND created_at = $2",
)


async def write_openings(writer: Writer, openings: Mapping[UUID, Opening]) -> None:
    """Write the first zones and terms of accounts, before anything else that a batch tells of them."""
    new = [(id_, opening) for id_, opening in openings.items() if opening.before is None]
    periods = ((id_, *astuple(opening.account.zones[0])) for id_, opening in new)
    await writer.copy(TimeZonePeriod, periods)
    await writer.insert([version_row(id_, version) for id_, opening in new for version in opening.account.versions])
    earlier = [(id_, each) for id_, each in sorted(openings.items()) if each.before is not None]
    await _begin_earlier(writer, earlier)


async def _begin_earlier(writer: Writer, openings: Sequence[tuple[UUID, Opening]]) -> None:
    """Write openings of accounts that began later in the database: of all that began with them."""
    at = [(id_, opening.before, opening.account.created_at) for id_, opening in openings]
    zones = [(*key, opening.account.zones[0].time_zone) for key, (_, opening) in zip(at, openings, strict=True)]
    terms = [
        (id_, 1, opening.account.created_at, opening.account.versions[0].effective_date) for id_, opening in openings
    ]
    await writer.execute_many(BEGIN_ACCOUNT, ((id_, starts_at) for id_, _, starts_at in at))
    await writer.execute_many(BEGIN_TIME_ZONE, zones)
    await writer.execute_many(BEGIN_TERMS, terms)
    await writer.execute_many(BEGIN_SPECIFICATIONS, at)
    await writer.execute_many(BEGIN_SPECIFICATION_VERSIONS, at)
