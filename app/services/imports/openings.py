"""Writes with what accounts begin: new ones, and those that begin earlier than they did in the database."""

from collections.abc import Mapping
from dataclasses import astuple
from uuid import UUID

from app.services.accounts.opening import version_row
from app.services.imports.batch import Opening
from app.services.imports.statements import BEGIN_EARLIER
from app.services.orders.writing import execute
from db.tables.accounts import TimeZonePeriod
from db.writer import Writer


async def write_openings(writer: Writer, openings: Mapping[UUID, Opening]) -> None:
    """Write the first zones and terms of accounts, before anything else that a batch tells of them."""
    new = [(id_, opening) for id_, opening in openings.items() if opening.before is None]
    periods = ((id_, *astuple(opening.account.zones[0])) for id_, opening in new)
    await writer.copy(TimeZonePeriod, periods)
    await writer.insert([version_row(id_, version) for id_, opening in new for version in opening.account.versions])
    earlier = [(id_, each) for id_, each in sorted(openings.items()) if each.before is not None]
    rows = [
        (id_, each.before, *astuple(each.account.zones[0]), each.account.versions[0].effective_date)
        for id_, each in earlier
    ]
    for statement in BEGIN_EARLIER:
        await execute(writer, statement, rows)
