"""Writes the first zones and terms of accounts: of new ones, and of those opened earlier than in the database."""

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

# Moves the opening of an account; the primary key.
MOVE_OPENING: Final = update("move_account_opening", Account, "created_at")

# Moves and replaces its first zone; the primary key.
MOVE_TIME_ZONE: Final = Statement(
    "move_first_time_zone",
    "UPDATE time_zone_periods SET starts_at = $3, time_zone = $4 WHERE account_id = $1 AND starts_at = $2",
)

# Moves its first terms; the primary key.
MOVE_TERMS: Final = update("move_first_terms", SlaVersionTable, "negotiated_at", "effective_date")

# Move the specifications that it had at its opening, and their versions; the primary keys, by the account.
MOVE_SPECIFICATIONS: Final = Statement(
    "move_first_specifications",
    "UPDATE specifications SET created_at = $3 WHERE account_id = $1 AND created_at = $2",
)
MOVE_SPECIFICATION_VERSIONS: Final = Statement(
    "move_first_specification_versions",
    "UPDATE specification_versions SET created_at = $3 WHERE account_id = $1 AND created_at = $2",
)


async def write_openings(writer: Writer, openings: Mapping[UUID, Opening]) -> None:
    """Write the first zones and terms of accounts, before all else of a batch."""
    new = [(id_, opening) for id_, opening in openings.items() if opening.before is None]
    periods = ((id_, *astuple(opening.account.zones[0])) for id_, opening in new)
    await writer.copy(TimeZonePeriod, periods)
    await writer.insert([version_row(id_, version) for id_, opening in new for version in opening.account.versions])
    earlier = [(id_, each) for id_, each in sorted(openings.items()) if each.before is not None]
    if earlier:
        await _open_earlier(writer, earlier)


async def _open_earlier(writer: Writer, openings: Sequence[tuple[UUID, Opening]]) -> None:
    """Move the openings of accounts, with all that they had then."""
    at = [(id_, opening.before, opening.account.created_at) for id_, opening in openings]
    zones = [(*key, opening.account.zones[0].time_zone) for key, (_, opening) in zip(at, openings, strict=True)]
    terms = [
        (id_, 1, opening.account.created_at, opening.account.versions[0].effective_date) for id_, opening in openings
    ]
    await writer.execute_many(MOVE_OPENING, ((id_, starts_at) for id_, _, starts_at in at))
    await writer.execute_many(MOVE_TIME_ZONE, zones)
    await writer.execute_many(MOVE_TERMS, terms)
    await writer.execute_many(MOVE_SPECIFICATIONS, at)
    await writer.execute_many(MOVE_SPECIFICATION_VERSIONS, at)
