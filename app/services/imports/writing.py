"""Writes a batch in one transaction: locks the counters, adds rows by one COPY a table, changes others, then rollups.

All rows are prepared before: the next chunk may be replayed while this batch is being written.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.activity.changes import DayAmounts, DayKey, activity_changes
from app.domain.events.new_events import NewEvent
from app.domain.orders.state import OrderState
from app.domain.texts import composed
from app.services.accounts.counters import (
    FIRST_EVENT,
    Counters,
    counters_row,
    lock_counters,
    new_counters,
    save_counters,
)
from app.services.accounts.opening import ADD_ACCOUNT, version_row
from app.services.accounts.plans import predict_plan_starts
from app.services.accounts.terms import CHANGE_TIME_ZONE, EXTEND_LEDGER_DAY
from app.services.activity import add_activity
from app.services.ids import new_ids
from app.services.imports.batch import Batch, BatchOperation, NewSpecification
from app.services.imports.cache import AccountState
from app.services.imports.conflicts import AccountMoved, require_unmoved
from app.services.imports.events import move_openings, rewrite, write_new_events
from app.services.imports.midnight import write_cursors
from app.services.imports.openings import write_openings
from app.services.imports.runs import ImportRun
from app.services.orders.producing import operation_row
from app.services.orders.rows import OrderRows, Row, changed_rows
from app.services.orders.writing import write_ledger_days, write_orders
from app.services.rollups import recount_upload_weeks, write_rollups
from app.services.specifications import specification_version
from db.settled import settle
from db.tables.accounts import AccountCounters, TimeZonePeriod
from db.tables.imports import ImportLine
from db.tables.inquiries import Inquiry
from db.tables.operations import Operation
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A batch with its rows and copies of its accounts, whose own states go on with the next chunk."""

    batch: Batch
    accounts: Mapping[UUID, AccountState]
    orders: OrderRows
    new_events: Mapping[UUID, Sequence[NewEvent]]


def prepare(batch: Batch, minutes_since: datetime) -> PreparedBatch:
    """Prepare the rows of a batch, and count its events in the states of its accounts.

    Rollups of minutes are written from `minutes_since` on (UTC), or from where an account has them.
    """
    accounts = {
        id_: replace(state, minutes_since=max(state.minutes_since, minutes_since))
        for id_, state in batch.accounts.items()
    }
    new_events = batch.all_new_events()
    for id_, state in batch.accounts.items():
        state.next_sequence = (state.next_sequence or FIRST_EVENT) + len(new_events[id_])
    before = ((order.account_id, order.before) for order in batch.amended.values())
    after = ((order.account_id, order.state) for order in batch.orders.values())
    return PreparedBatch(batch, accounts, changed_rows(before, after), new_events)


async def write(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
    """Write a batch of a run; the caller commits. Raises AccountMoved."""
    batch = prepared.batch
    all_counters = await _locked_counters(writer, prepared, run.started_at)
    stored = {id_ for id_, state in prepared.accounts.items() if state.next_sequence is not None}
    await run.note(writer, [counters for id_, counters in all_counters.items() if id_ in stored])
    now = (await settle(writer, run.clock, ())).now
    if batch.openings:
        await write_openings(writer, batch.openings)
    if batch.versions or batch.moved:
        await _write_terms_and_zones(writer, prepared)
    untrue = await write_cursors(writer, batch, {id_: state.account.zones for id_, state in prepared.accounts.items()})
    if batch.specifications:
        await _write_specifications(writer, batch.specifications)
    await write_orders(writer, prepared.orders)
    await writer.copy(Inquiry, (inquiry.row(account_id) for account_id, inquiry in batch.inquiries))
    await writer.copy(Operation, _operation_rows(batch.operations))
    new_events = {id_: list(events) for id_, events in prepared.new_events.items()}
    if batch.openings:
        untrue += await move_openings(writer, batch.openings, new_events)
    if batch.amended:
        untrue += await rewrite(writer, batch.amended, new_events)
    await write_new_events(writer, new_events, untrue, all_counters, run.number, now)
    await _write_counters(writer, prepared, all_counters, run)
    await writer.copy(ImportLine, ((*key, *known) for key, known in batch.lines.items()))
    await write_ledger_days(writer, [(account_id, day) for (account_id, _), day in sorted(batch.days.items())])
    extended = ((*key, closes_at) for key, closes_at in sorted(batch.extended.items()))
    await writer.execute_many(EXTEND_LEDGER_DAY, extended)
    await _write_rollups(writer, prepared)
    await add_activity(writer, _activity_changes(prepared, all_counters))


async def _locked_counters(writer: Writer, prepared: PreparedBatch, started_at: datetime) -> dict[UUID, Counters]:
    """Lock the counters of stored accounts, and add new accounts; raises AccountMoved."""
    expected = {id_: each.next_sequence for id_, each in prepared.accounts.items() if each.next_sequence is not None}
    all_counters = await lock_counters(writer, expected)
    for id_, counters in all_counters.items():
        state = prepared.batch.accounts[id_]
        sequence = expected[id_] + state.extra_events
        if counters.next_event_sequence != sequence:
            await require_unmoved(writer, id_, state.ref, sequence, counters.next_event_sequence, started_at)
    new = [(each.line, id_) for id_, each in prepared.batch.openings.items() if each.line is not None]
    for line, id_ in sorted(new, key=lambda each: each[0].ref):  # or two could deadlock
        account = prepared.accounts[id_].account
        row = (id_, line.ref, composed(line.name), line.plan, account.zone.key, account.created_at)
        if await writer.fetch_row(ADD_ACCOUNT, *row) is None:
            raise AccountMoved(line.ref)
        all_counters[id_] = new_counters(id_, account.created_at)
    return all_counters


async def _write_terms_and_zones(writer: Writer, prepared: PreparedBatch) -> None:
    batch = prepared.batch
    periods = ((id_, *astuple(period)) for id_, period in batch.periods)
    await writer.copy(TimeZonePeriod, periods)
    await writer.insert([version_row(id_, version) for id_, version in batch.versions])
    zones = ((id_, prepared.accounts[id_].account.zone.key) for id_ in sorted(batch.moved))
    await writer.execute_many(CHANGE_TIME_ZONE, zones)
    await predict_plan_starts(writer, {id_: prepared.accounts[id_].account for id_ in batch.moved})


async def _write_specifications(writer: Writer, specifications: Sequence[NewSpecification]) -> None:
    await writer.copy(Specification, ((new.account_id, new.id, 1, new.created_at, None) for new in specifications))
    versions = (
        specification_version((new.account_id, new.id), 1, new.line.terms, new.created_at) for new in specifications
    )
    await writer.copy(SpecificationVersion, versions)


def _operation_rows(operations: Sequence[BatchOperation]) -> Iterator[Row]:
    """Yield the rows of operations; among those of one instant ids ascend in the order of the file."""
    of_instant: defaultdict[datetime, list[BatchOperation]] = defaultdict(list)
    for operation in operations:
        of_instant[operation.at].append(operation)
    for at, done in of_instant.items():
        for id_, each in zip(new_ids(at, len(done)), done, strict=True):
            yield operation_row(each.account_id, id_, at, each.operation)


async def _write_counters(
    writer: Writer, prepared: PreparedBatch, all_counters: Mapping[UUID, Counters], run: ImportRun
) -> None:
    """Write the counters as the batch leaves them, with the run; count the events of others in the accounts' states."""
    new: list[Row] = []
    changed: list[Counters] = []
    for id_, counters in sorted(all_counters.items()):
        state = prepared.accounts[id_]
        opening = prepared.batch.openings.get(id_)
        if opening is not None and opening.before is not None:
            counters.begin(opening.before, state.account.created_at)
        if id_ in prepared.batch.moved:  # other ledger days since the move
            counters.activity_until = None
        counters.next_order_number = state.next_order_number
        counters.last_at = max(counters.last_at, state.last_at)
        counters.watermark = state.watermark
        counters.minutes_since = max(counters.minutes_since, state.minutes_since)
        if state.next_sequence is None:
            new.append(
                (*counters_row(counters).values(), run.number, FIRST_EVENT, None, None, counters.rollups_sequence)
            )
        else:
            expected = state.next_sequence + len(prepared.new_events[id_])
            prepared.batch.accounts[id_].extra_events = counters.next_event_sequence - expected
            changed.append(counters)
    await save_counters(writer, changed)
    if new:
        await writer.copy(AccountCounters, new)
    run.accounts.update(all_counters)


async def _write_rollups(writer: Writer, prepared: PreparedBatch) -> None:
    tallies = prepared.orders.tallies
    minutes_since = {id_: prepared.accounts[id_].minutes_since for id_ in tallies}
    zones = {id_: prepared.accounts[id_].account.zone for id_ in tallies}
    await write_rollups(writer, tallies, minutes_since, zones)
    for id_ in sorted(prepared.batch.moved):
        state = prepared.accounts[id_]
        since, until = state.account.created_at, state.watermark
        await recount_upload_weeks(writer, id_, state.account.zone, since=since, until=until)


def _activity_changes(
    prepared: PreparedBatch, all_counters: Mapping[UUID, Counters]
) -> dict[UUID, dict[DayKey, DayAmounts]]:
    """Return the changes to the closed ledger days of accounts that have their rows."""
    orders: defaultdict[UUID, tuple[list[OrderState], list[OrderState]]] = defaultdict(lambda: ([], []))
    for amended in prepared.batch.amended.values():
        orders[amended.account_id][0].append(amended.before)
    for order in prepared.batch.orders.values():
        orders[order.account_id][1].append(order.state)
    return {
        id_: activity_changes(*states, all_counters[id_].activity_until, prepared.accounts[id_].account.zones)
        for id_, states in orders.items()
    }
