"""Undoes the results of midnight jobs after the first instant of a batch, so that they are done again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.domain.ledger.days import ZonePeriod, first_ledger_day
from app.services.imports.batch import Batch
from app.services.jobs.cursors import accounts_done_beyond, begin_all_cursors, notify_zones, undo_after, watch_from
from db.connections import Record
from db.writer import Writer


async def write_cursors(writer: Writer, batch: Batch, zones: Mapping[UUID, Sequence[ZonePeriod]]) -> list[Record]:
    """Add the cursors of new accounts, and set those of others back to where the batch changes them.

    `zones` are those of its accounts after it; the counters of stored accounts are locked. Returns the events of resets
    to withdraw.
    """
    new = {id_ for id_, opening in batch.openings.items() if opening.before is None}
    if new:
        first = [(id_, zones[id_][-1].time_zone, first_ledger_day(zones[id_])) for id_ in new]
        await begin_all_cursors(writer, first)
    opened_earlier = batch.openings.keys() - new
    since = {id_: at for id_, at in batch.changed_since.items() if id_ not in batch.openings}
    moved = batch.moved - new
    resets: list[Record] = []
    for id_ in sorted(opened_earlier | moved | await accounts_done_beyond(writer, since)):  # or two could deadlock
        resets += await undo_after(writer, id_, since.get(id_), zones[id_])
    if moved:
        await notify_zones(writer, {zones[id_][-1].time_zone for id_ in moved})
    await watch_from(writer, [(id_, zones[id_][-1].time_zone, at) for id_, at in batch.changed_since.items()])
    return resets
