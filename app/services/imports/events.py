"""Writes the events of a batch, and removes or withdraws earlier events that the batch makes untrue.

Events that the same run wrote are not final: they are deleted. All others are withdrawn. Events that are still true
stay as they are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias, cast
from uuid import UUID

from app.domain.events.orders import Happening
from app.domain.vocabulary import EventType
from app.services.accounts.counters import Head
from app.services.events import withdraw_events, write_events
from app.services.imports.batch import Beginning
from db.connections import Record, Statement, Writer, read_back

_Moment: TypeAlias = tuple[UUID, UUID | None, datetime]  # account, order, instant
_Said: TypeAlias = tuple[str, object]  # type, data

_RETOLD: Final = (
    EventType.IMAGES_DELIVERED,
    EventType.IMAGES_REJECTED,
    EventType.DEADLINE_CONFIRMED,
    EventType.DEADLINE_MET,
)
_COLUMNS: Final = "e.account_id, e.sequence, e.at, e.type, e.order_id, e.image_id, e.data, e.import_run"

# The events, not withdrawn, of what happened to images of orders after an instant; events_of_order_idx. A batch amends
# orders of many accounts, so all are asked at once.
EVENTS_OF_ORDERS: Final = Statement(
    "events_of_amended_orders",
    f"""
    SELECT {_COLUMNS}
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS a (account_id, order_id, at)
      JOIN events e ON e.account_id = a.account_id AND e.order_id = a.order_id AND e.at > a.at
     WHERE e.type = ANY($4::text[]) AND e.withdrawn_by IS NULL
     ORDER BY e.account_id, e.sequence
    """,  # noqa: S608 - made of fixed texts
)

# The events, not withdrawn, of the beginnings of accounts; events_of_order_idx, for they are of no order. A batch may
# begin many accounts.
EVENTS_OF_BEGINNINGS: Final = Statement(
    "events_of_beginnings",
    f"""
    SELECT {_COLUMNS}
      FROM unnest($1::uuid[], $2::timestamptz[]) AS b (account_id, at)
      JOIN events e ON e.account_id = b.account_id AND e.order_id IS NULL AND e.at = b.at
     WHERE e.type IN ('ACCOUNT_CREATED', 'SPECIFICATION_CHANGED') AND e.withdrawn_by IS NULL
     ORDER BY e.account_id, e.sequence
    """,  # noqa: S608 - made of fixed texts
)


# Deletes events of an account; the primary key.
FORGET_EVENTS: Final = Statement(
    "forget_events_of_import", "DELETE FROM events WHERE account_id = $1 AND sequence = ANY($2::bigint[])"
)


@dataclass(frozen=True, slots=True)
class BatchEvents:
    """The events of a batch (`happenings`), and earlier events that it makes `untrue`; both by account."""

    happenings: dict[UUID, list[Happening]]
    untrue: defaultdict[UUID, list[Record]] = field(default_factory=partial(defaultdict[UUID, list[Record]], list))

    def refute(self, events: Iterable[Record]) -> None:
        """Note events that are not true any more."""
        for event in events:
            self.untrue[event["account_id"]].append(event)

    async def move_beginnings(self, writer: Writer, beginnings: Mapping[UUID, Beginning]) -> None:
        """Replace the events of beginnings that are at another instant now than before."""
        at = {id_: beginning.period.starts_at for id_, beginning in beginnings.items()}
        rows = [(id_, each.before) for id_, each in beginnings.items() if each.before not in {None, at[id_]}]
        earlier = await writer.fetch(EVENTS_OF_BEGINNINGS, *zip(*rows, strict=True)) if rows else []
        self.refute(earlier)
        for event in reversed(earlier):
            account_id, type_ = event["account_id"], EventType(event["type"])
            self.happenings[account_id].insert(0, Happening(at[account_id], type_, None, None, event["data"]))

    async def retell(self, writer: Writer, retold: Mapping[UUID, tuple[UUID, datetime]]) -> None:
        """Replace the events of images after an instant, given by order with its account, by those of the batch.

        All events of an order at one instant stay, or all are replaced, so that they stay in order.
        """
        orders = [(account_id, order_id, at) for order_id, (account_id, at) in retold.items()]
        earlier = await writer.fetch(EVENTS_OF_ORDERS, *zip(*orders, strict=True), _RETOLD) if orders else []
        stored: defaultdict[_Moment, list[Record]] = defaultdict(list)
        for event in earlier:
            stored[event["account_id"], event["order_id"], event["at"]].append(event)
        rewritten = self._retold_at(stored)
        stays: set[_Moment] = set()
        for moment, events in stored.items():
            if [_said(each["type"], each["data"]) for each in events] == rewritten[moment]:
                stays.add(moment)
            elif [each["type"] for each in events] != [EventType.DEADLINE_MET]:  # alone it is told by a split
                self.refute(events)
        for account_id in {account_id for account_id, _, _ in stays}:
            self.happenings[account_id] = [
                each for each in self.happenings[account_id] if _retold_moment(account_id, each) not in stays
            ]

    def _retold_at(self, moments: Collection[_Moment]) -> Mapping[_Moment, Sequence[_Said]]:
        """Return the type and data of the events that the batch has at these moments."""
        rewritten: defaultdict[_Moment, list[_Said]] = defaultdict(list)
        for account_id in {account_id for account_id, _, _ in moments}:
            for each in self.happenings[account_id]:
                moment = _retold_moment(account_id, each)
                if moment is not None and moment in moments:
                    rewritten[moment].append(_said(each.type, read_back(each.data)))
        return rewritten

    async def write(self, writer: Writer, heads: Mapping[UUID, Head], run: int, now: datetime) -> None:
        """Write it all at `now` (UTC) in the run of `loupe import` with this number; heads are locked and updated."""
        for account_id, events in sorted(self.untrue.items()):
            own = [each["sequence"] for each in events if each["import_run"] == run]
            await writer.execute(FORGET_EVENTS, account_id, own)
            others = [each for each in events if each["import_run"] != run]
            await withdraw_events(writer, heads[account_id], others, now, run)
        await write_events(writer, self.happenings, heads, now, run)


def _retold_moment(account_id: UUID, happening: Happening) -> _Moment | None:
    """Return the moment of an event of images of an order; None for events that a batch never replaces."""
    return (account_id, happening.order_id, happening.at) if happening.type in _RETOLD else None


def _said(type_: str, data: object) -> _Said:
    """Return what an event says, by which it is compared: a field that is null says nothing."""
    return str(type_), _without_nulls(data)


def _without_nulls(value: object) -> object:
    if isinstance(value, list):
        return [_without_nulls(each) for each in cast("list[object]", value)]
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value)
        return {name: _without_nulls(part) for name, part in parts.items() if part is not None}
    return value
