"""Writes a batch in one transaction: locks the counters, then one COPY for each table, then what changes, then rollups.

All is worked out before: what is remembered may go on with the next batch while this one is being written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.events.orders import NewEvent
from app.domain.ledger.days import ZonePeriod
from app.domain.specifications import kept_steps
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
from app.services.accounts.terms import CHANGE_TIME_ZONE, EXTEND_LEDGER_DAY
from app.services.imports.batch import Batch, NewSpecification
from app.services.imports.conflicts import AccountMoved, require_unmoved
from app.services.imports.events import BatchEvents
from app.services.imports.midnight import write_cursors
from app.services.imports.openings import write_openings
from app.services.imports.runs import ImportRun
from app.services.imports.state import AccountState
from app.services.orders.rows import OrderRows, Row, changed_rows
from app.services.orders.writing import write_ledger_days, write_orders
from app.services.rollups import recount_upload_weeks, write_rollups
from db.settled import settle
from db.tables.accounts import AccountCounters, TimeZonePeriod
from db.tables.imports import ImportLine
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer


@dataclass(frozen=True, slots=True)
class _Account:
    """Where a batch leaves an account.

    `expected` is the place of the next event by the counters that the batch before left, None for a new account.
    """

    id: UUID
    ref: str
    expected: int | None
    next_order_number: int
    watermark: datetime
    last_at: datetime
    minutes_since: datetime
    zone: ZoneInfo
    zones: Sequence[ZonePeriod]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A batch with its rows, independent of what is remembered."""

    batch: Batch
    accounts: Mapping[UUID, _Account]
    orders: OrderRows
    new_events: Mapping[UUID, Sequence[NewEvent]]


def prepare(batch: Batch, minutes_since: datetime) -> PreparedBatch:
    """Work out the rows of a batch; from then on its accounts are taken to be in the database as they are now.

    Rollups of minutes are written from `minutes_since` on, or from where an account has them.
    """
    accounts = {id_: _account(state, minutes_since) for id_, state in batch.accounts.items()}
    new_events = batch.new_events()
    for id_, state in batch.accounts.items():
        state.written = (state.written or FIRST_EVENT) + len(new_events[id_])
    return PreparedBatch(batch, accounts, changed_rows(batch.stored.values(), batch.orders()), new_events)


async def write(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
    """Write a batch of a run; the caller commits. Raises AccountMoved."""
    all_counters = await _locked_counters(writer, prepared)
    now, batch = (await settle(writer, run.clock, ())).now, prepared.batch
    await _write_accounts(writer, prepared)
    zones = {id_: account.zones for id_, account in prepared.accounts.items()}
    events = BatchEvents({id_: list(told) for id_, told in prepared.new_events.items()})
    events.refute(await write_cursors(writer, batch, zones))
    await _write_specifications(writer, batch.specifications)
    await write_orders(writer, prepared.orders)
    await events.move_openings(writer, batch.openings)
    await events.rewrite(writer, batch.rewritten_since)
    await events.write(writer, all_counters, run.number, now)
    await _write_counters(writer, prepared, all_counters, run)
    lines = ((*key, *known) for key, known in batch.lines.items())
    await writer.copy(ImportLine, lines)
    await write_ledger_days(writer, [(account_id, day) for (account_id, _), day in sorted(batch.days.items())])
    extended = ((*key, closes_at) for key, closes_at in sorted(batch.extended.items()))
    await writer.execute_many(EXTEND_LEDGER_DAY, extended)
    await _write_rollups(writer, prepared)


def _account(state: AccountState, minutes_since: datetime) -> _Account:
    return _Account(
        id=state.id,
        ref=state.ref,
        expected=state.written,
        next_order_number=state.next_order_number,
        watermark=state.watermark,
        last_at=state.last_at,
        minutes_since=max(state.minutes_since, minutes_since),
        zone=state.zone,
        zones=state.account.zones,
        created_at=state.created_at,
    )


async def _locked_counters(writer: Writer, prepared: PreparedBatch) -> dict[UUID, Counters]:
    """Lock the counters of accounts that are there; begin the others."""
    expected = {id_: account.expected for id_, account in prepared.accounts.items() if account.expected is not None}
    all_counters = await lock_counters(writer, expected)
    for id_, counters in all_counters.items():
        state = prepared.batch.accounts[id_]
        due = expected[id_] + state.uncounted
        await require_unmoved(writer, id_, state.ref, due, counters.next_event_sequence)
    for new in sorted(prepared.batch.new_accounts, key=lambda new: new.line.ref):  # or two could wait for each other
        line, account = new.line, prepared.accounts[new.id]
        begun = (new.id, line.ref, composed(line.name), line.plan, account.zone.key, account.created_at)
        if await writer.fetch_row(ADD_ACCOUNT, *begun) is None:
            raise AccountMoved(line.ref)
        all_counters[new.id] = new_counters(new.id, account.created_at)
    return all_counters


async def _write_accounts(writer: Writer, prepared: PreparedBatch) -> None:
    batch = prepared.batch
    await write_openings(writer, batch.openings)
    periods = ((id_, period.starts_at, period.time_zone) for id_, period in batch.periods)
    await writer.copy(TimeZonePeriod, periods)
    await writer.insert([version_row(id_, version) for id_, version in batch.versions])
    zones = ((id_, prepared.accounts[id_].zone.key) for id_ in sorted(batch.moved))
    await writer.execute_many(CHANGE_TIME_ZONE, zones)


async def _write_specifications(writer: Writer, specifications: Sequence[NewSpecification]) -> None:
    await writer.copy(Specification, ((new.account_id, new.id, 1, new.created_at, None) for new in specifications))
    versions = (
        (
            new.account_id,
            new.id,
            1,
            composed(new.line.name),
            new.line.price_per_image,
            new.line.currency,
            kept_steps(new.line.wording.steps),
            new.created_at,
        )
        for new in specifications
    )
    await writer.copy(SpecificationVersion, versions)


async def _write_counters(
    writer: Writer, prepared: PreparedBatch, all_counters: Mapping[UUID, Counters], run: ImportRun
) -> None:
    begun: list[Row] = []
    advanced: list[Counters] = []
    for id_, counters in sorted(all_counters.items()):
        account = prepared.accounts[id_]
        if account.expected is not None:
            counted = account.expected + len(prepared.new_events[id_])
            prepared.batch.accounts[id_].uncounted = counters.next_event_sequence - counted
        opening = prepared.batch.openings.get(id_)
        if opening is not None and opening.before is not None:
            counters.begin(opening.before, account.created_at)
        counters.next_order_number = account.next_order_number
        counters.last_at = max(counters.last_at, account.last_at)
        counters.watermark = account.watermark
        counters.minutes_since = max(counters.minutes_since, account.minutes_since)
        if account.expected is not None:
            advanced.append(counters)
        else:
            begun.append((*counters_row(counters).values(), run.number))
    await save_counters(writer, advanced)
    await writer.copy(AccountCounters, begun)
    await run.note(writer, [counters.account_id for counters in advanced])
    run.accounts.update(all_counters)


async def _write_rollups(writer: Writer, prepared: PreparedBatch) -> None:
    tallies = prepared.orders.tallies
    minutes_since = {id_: prepared.accounts[id_].minutes_since for id_ in tallies}
    zones = {id_: prepared.accounts[id_].zone for id_ in tallies}
    await write_rollups(writer, tallies, minutes_since, zones)
    for id_ in sorted(prepared.batch.moved):
        account = prepared.accounts[id_]
        await recount_upload_weeks(writer, id_, account.zone, since=account.created_at, until=account.watermark)
