"""Writes with what accounts begin: new ones, and those that begin earlier than they did in the database."""

from collections.abc import Mapping
from uuid import UUID

from app.domain.sla.terms import SlaVersion
from app.services.imports.batch import Opening
from app.services.imports.statements import BEGIN_EARLIER
from app.services.orders.rows import Row
from app.services.orders.writing import execute
from db.tables.accounts import SlaVersion as SlaVersionTable
from db.tables.accounts import TimeZonePeriod
from db.writer import Writer


async def write_openings(writer: Writer, openings: Mapping[UUID, Opening]) -> None:
    """Write the first zones and terms of accounts, before anything else that a batch tells of them."""
    new = [(id_, opening) for id_, opening in openings.items() if opening.before is None]
    periods = ((id_, opening.period.starts_at, opening.period.time_zone) for id_, opening in new)
    await writer.copy(TimeZonePeriod, periods)
    await writer.copy(SlaVersionTable, (version_row(id_, opening.version) for id_, opening in new))
    earlier = [(id_, each) for id_, each in sorted(openings.items()) if each.before is not None]
    rows = [
        (id_, each.before, each.period.starts_at, each.period.time_zone, each.version.effective_date)
        for id_, each in earlier
    ]
    for statement in BEGIN_EARLIER:
        await execute(writer, statement, rows)


def version_row(account_id: UUID, version: SlaVersion) -> Row:
    """Return the row of an SLA version."""
    terms = (version.images_per_day, version.expedites_per_day)
    return (account_id, version.version, version.effective_date, *terms, version.negotiated_at, version.note)
