"""Creating, changing and archiving specifications (domain rules, section 5). Orders keep the version they have.

Imports continue from where they were: an order of theirs has the version in force when it was placed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.domain.events.accounts import specification_archived, specification_changed, specification_created
from app.domain.instants import rfc3339
from app.domain.specifications import (
    SpecificationArchived,
    SpecificationChange,
    SpecificationTerms,
    specified,
    stored_steps,
)
from app.services.accounts.counters import Counters, begin_command
from app.services.accounts.recording import record
from app.services.ids import new_id
from app.services.orders.outcome import NotFound
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json
from db.queries.retouching_steps import read_catalogue
from db.queries.specifications import SpecificationRow, specifications_by_id
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer
from db.writes import update

SpecificationKey: TypeAlias = tuple[UUID, UUID]
"""The account and the specification."""

# Changes the current version of a specification; the primary key.
REWORD: Final = update("reword_specification", Specification, "current_version")

# Archives a specification; the primary key.
ARCHIVE: Final = update("archive_specification", Specification, "archived_at")


@dataclass(frozen=True, slots=True)
class SpecificationOutcome:
    """The specification that a command at `at` (UTC) made, changed, or found unchanged."""

    at: datetime
    account_id: UUID
    specification_id: UUID
    changed: bool = True

    @property
    def key(self) -> SpecificationKey:
        """The account and the specification."""
        return self.account_id, self.specification_id

    @property
    def account_ids(self) -> set[UUID]:
        """The account of the specification."""
        return {self.account_id}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {"at": rfc3339(self.at), "specifications": keys_to_json([self.key])}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "SpecificationOutcome":
        """Return the result stored with a key."""
        [key] = keys_from_json(stored["specifications"])
        return cls(datetime.fromisoformat(stored["at"]), *key)


async def create_specification(
    writer: Writer, clock: Clock, account_id: UUID, new: SpecificationChange
) -> SpecificationOutcome:
    """Create a specification in its first version; the caller commits.

    The catalogue is read once the counters are locked: a job that spreads a change of it comes before or after.
    Raises UnknownAccount and Refusals.
    """
    counters, at = await _begin(writer, clock, account_id)
    terms = specified(new, await read_catalogue(writer, new.steps or ()))
    id_ = new_id(at)
    made = Specification(account_id=account_id, id=id_, current_version=1, created_at=at, archived_at=None)
    await writer.insert([made])
    await writer.copy(SpecificationVersion, [specification_version((account_id, id_), 1, terms, at)])
    await record(writer, counters, at, specification_created(id_, terms, at), keeps_watermark=True)
    return SpecificationOutcome(at, account_id, id_)


async def update_specification(
    writer: Writer, clock: Clock, key: SpecificationKey, change: SpecificationChange
) -> SpecificationOutcome:
    """Change the stated terms of a specification in a new version, unless they are the same; the caller commits.

    Raises UnknownAccount, NotFound, SpecificationArchived and Refusals.
    """
    counters, at = await _begin(writer, clock, key[0])
    row = await _live(writer, key)
    before = row.terms
    named = {step.step for step in before.steps} | set(change.steps or ())
    after = before.changed(change, await read_catalogue(writer, named))
    if after != before:
        version = row.version + 1
        await writer.copy(SpecificationVersion, [specification_version(key, version, after, at)])
        await writer.execute(REWORD, *key, version)
        changed = specification_changed(row.id, version, before, after, at)
        await record(writer, counters, at, changed, keeps_watermark=True)
    return SpecificationOutcome(at, *key, changed=after != before)


async def archive_specification(writer: Writer, clock: Clock, key: SpecificationKey) -> SpecificationOutcome:
    """Archive a specification, so that no new order can use it; the caller commits.

    Raises UnknownAccount, NotFound, and SpecificationArchived for one that is archived already.
    """
    counters, at = await _begin(writer, clock, key[0])
    row = await _live(writer, key)
    await writer.execute(ARCHIVE, *key, at)
    await record(writer, counters, at, specification_archived(row.id, at), keeps_watermark=True)
    return SpecificationOutcome(at, *key)


async def _begin(writer: Writer, clock: Clock, account_id: UUID) -> tuple[Counters, datetime]:
    counters = await begin_command(writer, clock, account_id)
    return counters, counters.instant


async def _live(writer: Writer, key: SpecificationKey) -> SpecificationRow:
    """Read a specification that is not archived; raises NotFound and SpecificationArchived."""
    row = (await specifications_by_id(writer, [key])).get(key)
    if row is None:
        raise NotFound("specification", key[1])
    if row.archived_at is not None:
        raise SpecificationArchived(row.name)
    return row


def specification_version(
    key: SpecificationKey, version: int, terms: SpecificationTerms, at: datetime
) -> tuple[object, ...]:
    """Return the row of a version that begins at an instant (UTC), in the order of the table's columns."""
    price = terms.price_per_image, terms.currency
    rest = terms.price_negotiated, terms.instructions
    return *key, version, terms.name, *price, stored_steps(terms.steps), at, *rest
