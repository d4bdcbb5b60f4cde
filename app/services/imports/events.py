"""Writes the events of a batch, and removes or withdraws earlier events that the batch makes untrue.

Events that the same run wrote are not final: they are deleted. All others are withdrawn. Events that are still true
stay as they are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.kinds import Event
from app.domain.events.orders import NewEvent
from app.domain.events.stored import from_json
from app.services.accounts.counters import Counters
from app.services.events import withdraw_events, write_events
from app.services.imports.batch import Opening
from db.connections import Record, Statement
from db.queries.imports import EVENTS_OF_OPENINGS, EVENTS_OF_ORDERS
from db.writer import Writer

_Moment: TypeAlias = tuple[UUID, UUID | None, datetime]  # account, order, instant

_REWRITTEN: Final = (
    EventType.IMAGES_DELIVERED,
    EventType.IMAGES_REJECTED,
    EventType.DEADLINE_CONFIRMED,
    EventType.DEADLINE_MET,
)


# Deletes events of an account; the primary key.
FORGET_EVENTS: Final = Statement(
    "forget_events_of_import", "DELETE FROM events WHERE account_id = $1 AND sequence = ANY($2::bigint[])"
)


@dataclass(frozen=True, slots=True)
class BatchEvents:
    """The events of a batch (`new_events`), and earlier events that it makes `untrue`; both by account."""

    new_events: dict[UUID, list[NewEvent]]
    refuted: defaultdict[UUID, list[Record]] = field(default_factory=partial(defaultdict[UUID, list[Record]], list))

    def refute(self, events: Iterable[Record]) -> None:
        """Note events that are not true any more."""
        for event in events:
            self.refuted[event["account_id"]].append(event)

    async def move_openings(self, writer: Writer, openings: Mapping[UUID, Opening]) -> None:
        """Replace the events of openings that are at another instant now than before."""
        at = {id_: opening.account.created_at for id_, opening in openings.items()}
        rows = [(id_, each.before) for id_, each in openings.items() if each.before not in {None, at[id_]}]
        earlier = await writer.fetch(EVENTS_OF_OPENINGS, *zip(*rows, strict=True)) if rows else []
        self.refute(earlier)
        for event in reversed(earlier):
            account_id = event["account_id"]
            self.new_events[account_id].insert(0, NewEvent(at[account_id], None, None, _event(event)))

    async def rewrite(self, writer: Writer, rewritten_since: Mapping[UUID, tuple[UUID, datetime]]) -> None:
        """Replace the events of images after an instant, given by order with its account, by those of the batch.

        All events of an order at one instant stay, or all are replaced, so that they stay in order.
        """
        orders = [(account_id, order_id, at) for order_id, (account_id, at) in rewritten_since.items()]
        earlier = await writer.fetch(EVENTS_OF_ORDERS, *zip(*orders, strict=True), _REWRITTEN) if orders else []
        stored: defaultdict[_Moment, list[Record]] = defaultdict(list)
        for event in earlier:
            stored[event["account_id"], event["order_id"], event["at"]].append(event)
        rewritten = self._rewritten_at(stored)
        stays: set[_Moment] = set()
        for moment, events in stored.items():
            if [_event(each) for each in events] == rewritten[moment]:
                stays.add(moment)
            elif [each["type"] for each in events] != [EventType.DEADLINE_MET]:  # alone it is told by a split
                self.refute(events)
        for account_id in {account_id for account_id, _, _ in stays}:
            self.new_events[account_id] = [
                each for each in self.new_events[account_id] if _rewritten_moment(account_id, each) not in stays
            ]

    def _rewritten_at(self, moments: Collection[_Moment]) -> Mapping[_Moment, Sequence[Event]]:
        """Return the events that the batch has at these moments."""
        rewritten: defaultdict[_Moment, list[Event]] = defaultdict(list)
        for account_id in {account_id for account_id, _, _ in moments}:
            for each in self.new_events[account_id]:
                moment = _rewritten_moment(account_id, each)
                if moment is not None and moment in moments:
                    rewritten[moment].append(each.event)
        return rewritten

    async def write(self, writer: Writer, all_counters: Mapping[UUID, Counters], run: int, now: datetime) -> None:
        """Write it all at `now` (UTC) in this run of `loupe import`; counters are locked, and count on."""
        for account_id, events in sorted(self.refuted.items()):
            own = [each["sequence"] for each in events if each["import_run"] == run]
            await writer.execute(FORGET_EVENTS, account_id, own)
            others = [each for each in events if each["import_run"] != run]
            await withdraw_events(writer, all_counters[account_id], others, now, run)
        await write_events(writer, self.new_events, all_counters, now, run)


def _rewritten_moment(account_id: UUID, new_event: NewEvent) -> _Moment | None:
    """Return the moment of an event of images of an order; None for events that a batch never replaces."""
    return (account_id, new_event.order_id, new_event.at) if new_event.type in _REWRITTEN else None


def _event(row: Record) -> Event:
    return from_json(EventType(row["type"]), row["data"], row["texts"])
