"""Every stored fact of an event is in the API, and facts for staff only are hidden from clients."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import pytest
from graphql import FieldNode, FragmentDefinitionNode, GraphQLInterfaceType, GraphQLObjectType, parse

from api.event.reads import EVENT_TYPES
from api.ids import NodeType, read_global_id
from api.schema import schema
from app.domain.events.enums import EventType
from db.connections import Pool, Record
from engine.ids import MalformedId, numbered
from engine.scalars import read_duration
from tests.support.clock import FrozenClock
from tests.support.events.api_fields import EVERY_EVENT, FIELDS
from tests.support.events.shown_keys import SHOWN
from tests.support.events.texts import with_texts
from tests.support.one_of_each import live
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

CORE: Final = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
STAFFS: Final = {
    "AccountCreated": "ref",
    "ImagesClaimed": "worker",
    "ClaimExpired": "worker",
    "ImagesDelivered": "worker",
    "OperationsRecorded": "worker",
    "DeadlineConfirmed": "note",
    "SlaNegotiated": "note",
    "SlaWithdrawn": "note",
    "DeadlineRevised": "note",
    "AccountClosed": "reason",
    "AccountReopened": "reason",
}
"""The field for staff only of each type."""

CLIENTS: Final = "SELECT id FROM accounts WHERE name = 'Live'"
STORED: Final = "SELECT * FROM events ORDER BY account_id, sequence"


@pytest.fixture
async def stored(database: str, pool: Pool, clock: FrozenClock) -> Sequence[Record]:
    """The events of two accounts with every type of event."""
    await live(database)
    clock.advance(timedelta(days=2))
    return await pool.fetch(STORED)


async def shown(client: Client, stored: Sequence[Record]) -> list[dict[str, Any]]:
    """Read every field of the events, a page at a time."""
    ids = [str(numbered(NodeType.EVENT, row["account_id"], row["sequence"])) for row in stored]
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), 10):
        found += (await client.data(EVERY_EVENT, {"ids": ids[start : start + 10]}))["nodes"]
    return found


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield the values of JSON by their paths: after.dueAt, images[].id."""
    if isinstance(value, dict):
        for key, part in cast("dict[str, object]", value).items():
            yield from leaves(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from leaves(part, f"{path}[]")
    else:
        yield path, value


def by_path(value: object) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for path, leaf in leaves(value):
        found.setdefault(path, []).append(leaf)
    return found


def plain(value: object, path: str) -> object:
    """Return the value of a leaf, however it is written: an id, an instant, a number, seconds, a time of the day."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value)) / (1000 if path.endswith("milliseconds") else 1)
    if not isinstance(value, str):
        return value
    with suppress(MalformedId):
        named = read_global_id(value)
        return named.number if named.type == NodeType.EVENT else str(named.key)
    for read in (Decimal, seconds, datetime.fromisoformat, time.fromisoformat):
        with suppress(InvalidOperation, ValueError):
            return read(value)
    return value


def seconds(duration: str) -> Decimal:
    return Decimal(read_duration(duration) // timedelta(seconds=1))


def test_every_event_type_has_a_schema_type_with_its_name() -> None:
    assert set(SHOWN) == {*EventType} == set(EVENT_TYPES)
    event = CORE.type_map["Event"]
    assert isinstance(event, GraphQLInterfaceType)
    assert {each.name for each in CORE.get_implementations(event).objects} == set(FIELDS)
    assert [f"{each.title().replace('_', '')}" for each in EventType] == [
        each.__name__ for each in EVENT_TYPES.values()
    ]


def test_the_test_operation_selects_every_field_of_every_event_type() -> None:
    event = CORE.type_map["Event"]
    assert isinstance(event, GraphQLInterfaceType)
    for name, asked in FIELDS.items():
        type_ = CORE.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        document = parse(f"fragment all on {name} {{ {asked} }}").definitions[0]
        assert isinstance(document, FragmentDefinitionNode)
        selected = [each.name.value for each in document.selection_set.selections if isinstance(each, FieldNode)]
        assert set(selected) == set(type_.fields) - set(event.fields), name


async def test_every_key_of_every_stored_event_is_shown_by_a_field(stored: Sequence[Record], staff: Client) -> None:
    assert {row["type"] for row in stored} == {*EventType}
    for row, node in zip(stored, await shown(staff, stored), strict=True):
        answered = by_path(node)
        for path, values in by_path(row["data"] | (row["texts"] or {})).items():
            field = SHOWN[row["type"]][path]
            if not field.startswith("-"):
                expected = [plain(value, path) for value in values]
                found = answered.get(field, [None])
                assert (row["type"], path, [plain(value, field) for value in found]) == (row["type"], path, expected)


async def test_the_event_of_a_version_made_by_the_catalogue_shows_it(stored: Sequence[Record], staff: Client) -> None:
    made = [node for node in await shown(staff, stored) if node.get("byCatalogue")]
    assert [(node["newPricePerImage"]["amount"], node["previousPricePerImage"]["amount"]) for node in made] == [
        ("1.55", "1.45")
    ]


async def test_expedite_positions_follow_from_the_first_image(stored: Sequence[Record], staff: Client) -> None:
    for row, node in zip(stored, await shown(staff, stored), strict=True):
        if row["type"] == "ORDER_EXPEDITED":
            first = node["firstExpeditePosition"]
            positions = [image["expeditePosition"] for image in row["data"]["images"]]
            assert positions == list(range(first, first + len(positions)))


async def test_workers_and_notes_are_shown_to_staff_and_null_to_clients(
    stored: Sequence[Record], pool: Pool, staff: Client, client_of: NewClient
) -> None:
    [account] = await pool.fetch(CLIENTS)
    client = await client_of(Studio(id=account["id"]))
    own = [row for row in stored if row["account_id"] == account["id"]]
    seen: set[str] = set()
    for to_staff, to_client in zip(await shown(staff, own), await shown(client, own), strict=True):
        name = STAFFS.get(to_staff["__typename"])
        if name is not None and to_staff[name] is not None:
            seen.add(to_staff["__typename"])
            assert to_client[name] is None
        assert to_staff | ({} if name is None else {name: None}) == to_client
        assert not any(text in str(to_client) for text in ("Ada", "as agreed"))
    assert seen == set(STAFFS) - {"AccountCreated"}  # an account made by hand has no reference


async def test_erased_texts_are_null_or_erased_and_all_else_is_unchanged(
    stored: Sequence[Record], pool: Pool, staff: Client
) -> None:
    before = await shown(staff, stored)
    await pool.fetch("UPDATE events SET texts = '{}' WHERE texts IS NOT NULL RETURNING 1")
    after = await shown(staff, stored)
    changed = {
        (one["__typename"], path, str(now[0]))
        for one, other in zip(before, after, strict=True)
        for (path, was), (_, now) in zip(by_path(one).items(), by_path(other).items(), strict=True)
        if was != now
    }
    assert changed == {
        ("OrderPlaced", "name", "erased"),
        ("OrderPlaced", "externalReference", "None"),
        ("OrderPlaced", "instructions", "None"),
        ("ImagesClaimed", "worker", "None"),
        ("ClaimExpired", "worker", "None"),
        ("ImagesDelivered", "worker", "None"),
        ("OperationsRecorded", "worker", "None"),
        ("ImagesRejected", "rejectedImages.nodes[].reason", "erased"),
        ("DeadlineConfirmed", "note", "None"),
        ("DeadlineConfirmed", "message", "None"),
        ("SlaNegotiated", "note", "None"),
        ("SpecificationChanged", "newInstructions", "None"),
        ("SlaNegotiated", "message", "None"),
        ("DeadlineRevised", "note", "None"),
        ("DeadlineRevised", "message", "None"),
        ("SlaWithdrawn", "note", "None"),
        ("SlaWithdrawn", "message", "None"),
        ("AccountClosed", "reason", "None"),
        ("AccountReopened", "reason", "None"),
        ("InquiryOpened", "text", "erased"),
        ("InquiryAnswered", "answer", "erased"),
        ("SuccessManagerChanged", "successManager.name", "erased"),
        ("SuccessManagerChanged", "successManager.email", "None"),
        ("SuccessManagerChanged", "previousSuccessManager.name", "erased"),
        ("SuccessManagerChanged", "previousSuccessManager.email", "None"),
        ("ContactChanged", "contact.name", "erased"),
        ("ContactChanged", "contact.email", "None"),
        ("ContactChanged", "previousContact.name", "erased"),
        ("ContactChanged", "previousContact.email", "None"),
    }


async def test_events_in_the_earlier_stored_form_are_shown_the_same(
    stored: Sequence[Record], pool: Pool, staff: Client
) -> None:
    before = await shown(staff, stored)
    for row in stored:
        await pool.fetch(
            "UPDATE events SET data = $3, texts = NULL WHERE account_id = $1 AND sequence = $2 RETURNING 1",
            *(row["account_id"], row["sequence"], with_texts(row)),
        )
    assert await shown(staff, stored) == before


async def test_images_of_an_event_are_listed_in_pages(stored: Sequence[Record], staff: Client) -> None:
    page = """query ($id: ID!, $after: String) { node(id: $id) { ... on OrderPlaced { images(first: 1, after: $after) {
      nodes { filename } pageInfo { endCursor hasNextPage hasPreviousPage } totalCount } } } }"""
    placed = next(row for row in stored if row["type"] == "ORDER_PLACED" and len(row["data"]["images"]) > 1)
    id_ = str(numbered(NodeType.EVENT, placed["account_id"], placed["sequence"]))
    found, after, images = list[str](), None, dict[str, Any]()
    for index in range(len(placed["data"]["images"])):
        images = (await staff.data(page, {"id": id_, "after": after}))["node"]["images"]
        found += [image["filename"] for image in images["nodes"]]
        after = images["pageInfo"]["endCursor"]
        assert images["pageInfo"]["hasPreviousPage"] == (index > 0)
        assert images["totalCount"] == len(placed["data"]["images"])
    assert (found, images["pageInfo"]["hasNextPage"]) == (placed["texts"]["filenames"], False)
