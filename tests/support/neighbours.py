"""A client and another account with the same history, and all that leads from one node to others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import pytest
from graphql import ObjectTypeDefinitionNode, parse, print_ast

from api.ids import account_global_id, read_global_id
from api.schema import schema
from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.events.samples import events_of_images, inquiry_event
from tests.support.midnight_jobs import take_snapshots
from tests.support.rows import new_inquiry, review_row
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

NOON: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)

ORDER: Final = """
fragment order on Order {
  id number name url
  specification { id name }
  images(first: 5) { nodes { id filename rejections { id reason } } }
  events(first: 9) { nodes { id ...event } }
}
"""

EVENT: Final = """
fragment event on Event {
  __typename
  ... on InquiryOpened { text inquiry { id text } }
  ... on OrderPlaced { name specification { id name } images(first: 2) { nodes { id filename } } }
  ... on ImagesRejected { rejectedImages(first: 2) { nodes { reason image { id filename } rejection { id reason } } } }
}
"""

# Every field that leads from a node to others, and every text written by people.
EVERYTHING: Final = (
    """
fragment everything on Node {
  __typename
  id
  ... on Account { name orders(first: 5) { nodes { ...order } } specifications { nodes { id name } }
    slaVersions { nodes { id } } orderFeed { id }
    pulse { productivity { allTimeProcessed images { nodes { id } } } } dailyGuarantee { used }
    inquiries { nodes { id text } } pulseHistory { nodes { id } }
    everything: events(first: 9) { nodes { id ...event } } }
  ... on Order { ...order account { id name } splitFrom { id } splitInto { id } }
  ... on Image { filename order { id name } rejections { id reason } }
  ... on Rejection { reason }
  ... on Inquiry { text account { id name } about: order { id name } }
  ... on Specification { name pricePerImage { amount } steps { step } }
  ... on Event { ...event happenedTo: order { id name } of: account { id name } }
  ... on PulseSnapshot { kept: pulse { productivity { images { nodes { id filename } } } } }
  ... on SLA { version compliance { standard { metCount missedCount openImages { nodes { id filename } } } } }
}
"""
    + ORDER
    + EVENT
)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A client who sends requests, and the ids of another account, from that account's own responses."""

    ours: Studio
    theirs: Studio
    client: Client
    neighbour: Client
    their_ids: list[str]

    def assert_nothing_of_theirs(self, text: str) -> None:
        theirs = self.theirs
        rows = (theirs.orders, theirs.images, theirs.rejections, theirs.specifications, theirs.inquiries)
        keys = [str(self.theirs.id), *(str(row.id) for each in rows for row in each)]
        assert [trace for trace in ("bravo", *self.their_ids, *keys) if trace in text.lower() or trace in text] == []

    def assert_all_ours(self, answer: object) -> None:
        assert {read_global_id(id_).account_id for id_ in values_of(answer, "id")} <= {self.ours.id}


def values_of(answer: object, name: str) -> Iterator[str]:
    """Yield the values of all fields with a name, at any depth."""
    if isinstance(answer, list):
        for each in cast("list[object]", answer):
            yield from values_of(each, name)
    elif isinstance(answer, dict):
        for key, value in cast("dict[str, object]", answer).items():
            if key == name:
                yield str(value)
            else:
                yield from values_of(value, name)


def add_history(studio: Studio, mark: str) -> None:
    """Add the history that both studios have, minute by minute, with a mark on everything people write."""
    studio.specification(f"{mark}-specification")
    friday = NOON - 4 * DAY
    kept = Photo(f"{mark}-kept.jpg", friday + HOUR)
    back = Photo(f"{mark}-back.jpg", friday + HOUR, ((NOON - DAY, None),))
    first = studio.order(friday, [kept, back], name=f"{mark}-first")
    studio.order(
        friday, [Photo(f"{mark}-late.jpg", NOON - HOUR)], name=f"{mark}-first", split_from=first.id, position=3
    )
    studio.order(NOON - HOUR, [Photo(f"{mark}-open.jpg")], name=f"{mark}-open", position=1)
    studio.order(NOON - HOUR, name=f"{mark}-additional", level=ServiceLevel.ADDITIONAL, position=201)
    studio.reviews.append(review_row(studio.images[-1], 1, NOON - HOUR, NOON - 30 * MINUTE, NOON - 20 * MINUTE))
    studio.orders[-1].review_by = studio.images[-1].review_by = NOON + HOUR
    studio.inquiries.append(new_inquiry(studio.id, NOON - DAY, f"{mark}-inquiry", order_id=first.id))
    studio.inquiries.append(new_inquiry(studio.id, NOON - HOUR, f"{mark}-question"))
    studio.event(NOON - DAY, first, inquiry_event(studio.inquiries[0]))
    for rejection in studio.rejections:
        rejection.reason = f"{mark}-reason"
    for event in events_of_images(first, studio.rejections, NOON - DAY):
        studio.event(NOON - DAY, first, event)


async def all_ids(client: Client, studio: Studio) -> list[str]:
    """Return the ids that a client sees of its own account."""
    query = "query ($id: ID!) { node(id: $id) { ...everything } }" + EVERYTHING
    data = await client.data(query, {"id": account_global_id(studio.id)})
    return sorted(set(values_of(data, "id")))


@pytest.fixture
async def neighbours(client_of: NewClient, pool: Pool, clock: FrozenClock) -> Neighbours:
    ours, theirs = await open_account(pool, Studio(name="Alpha")), await open_account(pool, Studio(name="Bravo"))
    add_history(ours, "alpha")
    add_history(theirs, "bravo")
    theirs.order(NOON - HOUR + MINUTE, [Photo("bravo-more.jpg")], name="bravo-more", position=2)
    await write(pool, ours)
    await write(pool, theirs)
    for studio in (ours, theirs):
        await take_snapshots(pool, clock, studio, NOON - 2 * DAY)
    client, neighbour = await client_of(ours), await client_of(theirs)
    return Neighbours(ours, theirs, client, neighbour, await all_ids(neighbour, theirs))


def fields_of_the_schema() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield all fields with their type's name, and the arguments of each with their types."""
    for definition in parse(schema.as_str()).definitions:
        if isinstance(definition, ObjectTypeDefinitionNode):
            for each in definition.fields or ():
                arguments = {argument.name.value: print_ast(argument.type) for argument in each.arguments or ()}
                yield f"{definition.name.value}.{each.name.value}", arguments
