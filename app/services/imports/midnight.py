"""What the jobs at midnight did ahead of what an import tells is undone, so that they do it anew from there."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.domain.ledger.days import ZonePeriod, first_ledger_day
from app.services.imports.batch import Batch
from app.services.jobs.cursors import (
    accounts_done_beyond,
    begin_all_cursors,
    notify_zones,
    undo_after,
    watch_from,
)
from db.connections import Record
from db.writer import Writer


async def write_cursors(writer: Writer, batch: Batch, zones: Mapping[UUID, Sequence[ZonePeriod]]) -> Sequence[Record]:
    """Let the jobs begin with the new accounts of a batch, and go back to where it tells of others.

    `zones` are those of its accounts after it; the heads of those that are there already are locked. Returns the events
    of resets that are to be withdrawn.
    """
    new = {account.id for account in batch.new_accounts}
    await begin_all_cursors(writer, [(id_, zones[id_][-1].time_zone, first_ledger_day(zones[id_])) for id_ in new])
    resets = await _go_back(writer, batch, {id_: periods for id_, periods in zones.items() if id_ not in new})
    await watch_from(writer, [(id_, zones[id_][-1].time_zone, since) for id_, since in batch.since.items()])
    return resets


async def _go_back(writer: Writer, batch: Batch, zones: Mapping[UUID, Sequence[ZonePeriod]]) -> Sequence[Record]:
    anew = {id_ for id_, opening in batch.openings.items() if opening.before is not None}
    since = {id_: batch.since[id_] for id_ in zones if id_ in batch.since and id_ not in anew}
    done = await accounts_done_beyond(writer, since)
    moved = batch.moved & zones.keys()
    resets: list[Record] = []
    for id_ in sorted(anew | done | moved):  # in everybody's order, or two could wait for each other
        resets += await undo_after(writer, id_, since.get(id_), zones[id_])
    if moved:
        await notify_zones(writer, {zones[id_][-1].time_zone for id_ in moved})
    return resets
