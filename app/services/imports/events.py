"""Writes the events of a batch, and removes or withdraws earlier events that the batch makes untrue.

Events that the same run wrote are not final: they are deleted. All others are withdrawn. Events that are still true
stay as they are.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.kinds import Event
from app.domain.events.new_events import NewEvent
from app.domain.events.stored import from_json
from app.services.accounts.counters import Counters
from app.services.events import withdraw_events, write_events
from app.services.imports.batch import AmendedOrder, Opening
from db.connections import Record, Statement
from db.queries.imports import EVENTS_OF_OPENINGS, EVENTS_OF_ORDERS
from db.writer import Writer

NewEvents: TypeAlias = dict[UUID, list[NewEvent]]
"""The events of a batch by account."""
_Moment: TypeAlias = tuple[UUID, UUID | None, datetime]  # account, order, instant

_REWRITTEN: Final = (
    EventType.IMAGES_DELIVERED,
    EventType.IMAGES_REJECTED,
    EventType.DEADLINE_CONFIRMED,
    EventType.DEADLINE_MET,
)


# Deletes events of an account; the primary key.
DELETE_EVENTS: Final = Statement(
    "delete_events_of_import", "DELETE FROM events WHERE account_id = $1 AND sequence = ANY($2::bigint[])"
)


async def move_openings(writer: Writer, openings: Mapping[UUID, Opening], new_events: NewEvents) -> Sequence[Record]:
    """Add the events of openings that are moved, at their new instants; return the stored ones, which are untrue."""
    at = {id_: opening.account.created_at for id_, opening in openings.items()}
    rows = [(id_, each.before) for id_, each in openings.items() if each.before not in {None, at[id_]}]
    stored = await writer.fetch(EVENTS_OF_OPENINGS, *zip(*rows, strict=True)) if rows else []
    for row in reversed(stored):
        account_id = row["account_id"]
        new_events[account_id].insert(0, NewEvent(at[account_id], None, None, _event(row)))
    return stored


async def rewrite(writer: Writer, amended: Mapping[UUID, AmendedOrder], new_events: NewEvents) -> Sequence[Record]:
    """Compare the stored events of images of amended orders with those of the batch; return those that are untrue.

    All events of an order at one instant stay, or all are replaced, so that they stay in order. New events whose stored
    ones stay are removed.
    """
    keys = [(order.account_id, order_id, order.since) for order_id, order in amended.items()]
    stored: defaultdict[_Moment, list[Record]] = defaultdict(list)
    for row in await writer.fetch(EVENTS_OF_ORDERS, *zip(*keys, strict=True), _REWRITTEN):
        stored[row["account_id"], row["order_id"], row["at"]].append(row)
    rewritten = _rewritten_at(stored, new_events)
    untrue: list[Record] = []
    stays: set[_Moment] = set()
    for moment, rows in stored.items():
        if [_event(row) for row in rows] == rewritten[moment]:
            stays.add(moment)
        elif [row["type"] for row in rows] != [EventType.DEADLINE_MET]:  # alone it is of a split
            untrue += rows
    for account_id in {account_id for account_id, _, _ in stays}:
        new_events[account_id] = [
            each for each in new_events[account_id] if _rewritten_moment(account_id, each) not in stays
        ]
    return untrue


async def write_new_events(
    writer: Writer,
    new_events: NewEvents,
    untrue: Sequence[Record],
    all_counters: Mapping[UUID, Counters],
    run: int,
    now: datetime,
) -> None:
    """Remove or withdraw untrue events, then add new ones at `now` (UTC) in this run of `loupe import`.

    The counters of the accounts are locked, and count on.
    """
    for account_id, rows in groupby(sorted(untrue, key=_account_id), _account_id):
        events = list(rows)
        own = [each["sequence"] for each in events if each["import_run"] == run]
        await writer.execute(DELETE_EVENTS, account_id, own)
        others = [each for each in events if each["import_run"] != run]
        await withdraw_events(writer, all_counters[account_id], others, now, run)
    await write_events(writer, new_events, all_counters, now, run)


def _account_id(row: Record) -> UUID:
    account_id: UUID = row["account_id"]
    return account_id


def _rewritten_at(moments: Collection[_Moment], new_events: NewEvents) -> Mapping[_Moment, Sequence[Event]]:
    """Return the events that the batch has at these moments."""
    rewritten: defaultdict[_Moment, list[Event]] = defaultdict(list)
    for account_id in {account_id for account_id, _, _ in moments}:
        for each in new_events[account_id]:
            moment = _rewritten_moment(account_id, each)
            if moment is not None and moment in moments:
                rewritten[moment].append(each.event)
    return rewritten


def _rewritten_moment(account_id: UUID, new_event: NewEvent) -> _Moment | None:
    """Return the moment of an event of images of an order; None for events that a batch never replaces."""
    return (account_id, new_event.order_id, new_event.at) if new_event.type in _REWRITTEN else None


def _event(row: Record) -> Event:
    return from_json(EventType(row["type"]), row["data"], row["texts"])
