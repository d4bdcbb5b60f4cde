"""Writing events, each with its place in its account's sequence."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from app.domain.order_events import Happening
from app.services.heads import Head
from db.connections import Writer
from db.tables import Event


async def write_events(
    writer: Writer, happenings: Mapping[UUID, Iterable[Happening]], heads: Mapping[UUID, Head]
) -> None:
    """Write what happened to accounts, whose heads are locked, in order; the heads count on."""
    await writer.copy(Event, _rows(happenings, heads))


def _rows(happenings: Mapping[UUID, Iterable[Happening]], heads: Mapping[UUID, Head]) -> Iterator[tuple[Any, ...]]:
    for account_id, told in happenings.items():
        head = heads[account_id]
        for each in told:
            sequence = head.take_event_sequence()
            yield account_id, sequence, each.at, each.type, each.order_id, each.image_id, each.data
