"""Stored events of this release and of 0.1.0."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID

import orjson
import pytest

from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus
from app.domain.events import account_kinds, facts, kinds
from app.domain.events.enums import EventType
from app.domain.events.facts import Change, OrderChanges, OrderFacts, Progress
from app.domain.events.stored import VERSION, from_json, to_json
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay
from app.domain.orders.enums import OrderStatus, ServiceLevel
from app.domain.sla.enums import Plan
from app.domain.specifications import SpecifiedStep
from db.connections import encode_json
from tests.support.events.released import OLD_ROWS
from tests.support.events.texts import with_texts

RELEASED = Path(__file__).parents[2] / "released"
NOTHING = OrderChanges()
IMAGES = tuple(UUID(f"019cd27c-7de0-7000-90e2-5717076f37{last}") for last in ("89", "8c", "8d", "8e"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


FIRST_DAY = RecordedDay(LedgerDay(date(2026, 3, 3), at("02T23:00"), at("03T23:00")), 1, Allowance(4, 6, 2, 1))
SECOND_DAY = RecordedDay(LedgerDay(date(2026, 3, 4), at("03T23:00"), at("04T23:00")), 1, Allowance(4, 0, 2, 0))
O_1 = OrderFacts(
    number=1,
    name="Order o-1",
    status=OrderStatus.IN_PRODUCTION,
    specification_id=UUID("019cd277-ea00-7000-988c-8e2bc324c985"),
    specification_version=1,
    service_level=ServiceLevel.STANDARD,
    deadline_status=DeadlineStatus.CONFIRMED,
    due_at=at("04T08:00"),
    sla_version=1,
    image_count=2,
    price=Decimal("2.90"),
    currency="USD",
    placed_at=at("03T10:00"),
    expedited_at=None,
    confirmed_at=None,
    completed_at=None,
    cancelled_at=None,
    split_from=None,
)
O_2 = OrderFacts(
    number=3,
    name="Order o-2",
    status=OrderStatus.IN_PRODUCTION,
    specification_id=UUID("019cd277-ea00-7000-988c-8e2bc324c985"),
    specification_version=1,
    service_level=ServiceLevel.EXPEDITED,
    deadline_status=DeadlineStatus.CONFIRMED,
    due_at=at("03T14:00"),
    sla_version=1,
    image_count=1,
    price=Decimal("2.90"),
    currency="USD",
    placed_at=at("03T10:00"),
    expedited_at=at("03T11:00"),
    confirmed_at=None,
    completed_at=None,
    cancelled_at=None,
    split_from=UUID("019cb323-e500-7000-99a8-8fc6b8b6d8fe"),
)
OPEN, READY = OrderStatus.IN_PRODUCTION, OrderStatus.READY_FOR_DOWNLOAD
STEPS = (SpecifiedStep("CLIPPING", 180_000), SpecifiedStep("SHADOW", 95_500))
SPECIFICATION = UUID("019cd277-ea00-7000-988c-8e2bc324c985")
REWORDED, ARCHIVED = UUID("019cd278-d460-7000-80b6-dcdc07d4bedc"), UUID("019cd279-bec0-7000-94c9-14fb06839eb9")
TYPED: list[kinds.Event] = [
    account_kinds.AccountCreated("acme", "ACME", Plan.PROFESSIONAL, "Europe/Copenhagen", 4, 2),
    account_kinds.SpecificationChanged(
        SPECIFICATION, 1, after=account_kinds.StatedTerms("Ghost mannequin", Decimal("1.45"), "USD", STEPS)
    ),
    account_kinds.SpecificationChanged(
        REWORDED, 2, account_kinds.StatedTerms("Ghost"), account_kinds.StatedTerms("Ghost mannequin")
    ),
    account_kinds.SpecificationChanged(ARCHIVED, archived_at=at("09T12:04")),
    kinds.OrderPlaced(
        order=O_1,
        first_number=1,
        first_position=1,
        first_expedite_position=None,
        price_per_image=Decimal("1.45"),
        images=(
            facts.PlacedImage(UUID("019cb323-e500-7000-9644-434b008a05a7"), "a.jpg"),
            facts.PlacedImage(UUID("019cb323-e500-7000-9644-434b008a05a8"), "b.jpg"),
        ),
    ),
    kinds.OrderSplit(
        NOTHING, (facts.SplitOff(UUID("019cd27c-7de0-7000-90e2-5717076f3788"), 2, ServiceLevel.ADDITIONAL),)
    ),
    kinds.OrderSplit(
        OrderChanges(image_count=Change(2, 1), price=Change(Decimal("2.90"), Decimal("1.45"))),
        (facts.SplitOff(UUID("019cb35a-d380-7000-92ea-ba983a902931"), 3, ServiceLevel.EXPEDITED),),
    ),
    kinds.OrderExpedited(
        order=O_2,
        changes=NOTHING,
        price_per_image=Decimal("2.90"),
        images=(facts.ExpeditedImage(UUID("019cb323-e500-7000-99a8-8fc6b8b6d900"), 1),),
    ),
    kinds.OrderCancelled(
        OrderChanges(status=Change(OPEN, OrderStatus.CANCELLED), cancelled_at=Change(None, at("04T10:30")))
    ),
    kinds.OrderCompleted(
        OrderChanges(status=Change(READY, OrderStatus.COMPLETED), completed_at=Change(None, at("09T12:15")))
    ),
    kinds.ImagesClaimed("Ada", at("09T13:10"), IMAGES[1:2]),
    kinds.ClaimExpired("Ada", at("09T13:16"), IMAGES[:1]),
    kinds.ImagesDelivered(Progress(OPEN, 0, 0, None), Progress(READY, 1, 0, None), IMAGES[1:2], "Ada"),
    kinds.ImagesDelivered(
        Progress(OPEN, 0, 0, None),
        Progress(READY, 1, 0, None),
        (UUID("019cb323-e500-7000-99a8-8fc6b8b6d900"),),
    ),
    kinds.ImagesRejected(
        Progress(READY, 2, 0, None),
        Progress(OPEN, 1, 1, None),
        (
            facts.RejectedImage(
                UUID("019cb323-e500-7000-9644-434b008a05a7"),
                UUID("019cb7dc-6400-7000-8885-c7a87204e52d"),
                "halo",
                at("04T13:00"),
                1,
            ),
        ),
    ),
    kinds.DeadlineConfirmed(
        OrderChanges(
            deadline_status=Change(DeadlineStatus.TO_BE_CONFIRMED, DeadlineStatus.CONFIRMED),
            due_at=Change(None, at("10T18:00")),
            confirmed_at=Change(None, at("09T12:07")),
        ),
        IMAGES[2:],
        Decimal("1.45"),
        "Ada can",
    ),
    kinds.DeadlineAtRisk(DeadlineKind.DELIVERY, at("10T08:00"), IMAGES[:1]),
    kinds.DeadlineMissed(DeadlineKind.REDO, at("10T08:00"), IMAGES[:1]),
    kinds.DeadlineMet(at("09T15:06")),
    account_kinds.SlaNegotiated(2, date(2026, 3, 18), 8, None, 1, 4, 2, "as agreed"),
    account_kinds.TimeZoneChanged("Europe/London", "Europe/Copenhagen"),
    account_kinds.GuaranteeReset(FIRST_DAY, SECOND_DAY),
    kinds.EventWithdrawn(7),
]
"""The typed events of OLD_ROWS."""
TEXTS: dict[EventType, dict[str, Any]] = {
    EventType.ORDER_PLACED: {"name": "Order o-1", "filenames": ["a.jpg", "b.jpg"]},
    EventType.ORDER_EXPEDITED: {"name": "Order o-2"},
    EventType.IMAGES_CLAIMED: {"worker": "Ada"},
    EventType.CLAIM_EXPIRED: {"worker": "Ada"},
    EventType.IMAGES_DELIVERED: {"worker": "Ada"},
    EventType.IMAGES_REJECTED: {"reasons": ["halo"]},
    EventType.DEADLINE_CONFIRMED: {"note": "Ada can"},
    EventType.SLA_NEGOTIATED: {"note": "as agreed"},
}
EACH = range(len(OLD_ROWS))
NAMES = [type_ for type_, _ in OLD_ROWS]


def stored(event: kinds.Event) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The columns of an event as they are read."""
    data, texts = orjson.loads(encode_json(to_json(event)))
    return data, texts


def without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return {key: without_nulls(each) for key, each in parts.items() if each is not None}
    return [without_nulls(each) for each in cast("Iterable[Any]", value)] if isinstance(value, list) else value


NEWER = {
    EventType.ACCOUNT_RENAMED,
    EventType.SUCCESS_MANAGER_CHANGED,
    EventType.ACCOUNT_CLOSED,
    EventType.ACCOUNT_REOPENED,
    EventType.IMAGES_CANCELLED,
    EventType.DEADLINE_REVISED,
    EventType.SLA_WITHDRAWN,
    EventType.PLAN_CHANGED,
}
"""The types of events that release 0.1.0 did not have."""


def test_every_event_type_has_a_class_and_a_row_of_release_0_1_0_unless_it_is_newer() -> None:
    assert {type_ for type_, _ in OLD_ROWS} == set(EventType) - NEWER
    assert [each.type for each in get_args(kinds.Event)] == list(EventType)


@pytest.mark.parametrize("index", EACH, ids=NAMES)
def test_a_row_of_release_0_1_0_is_read_as_a_typed_event(index: int) -> None:
    type_, data = OLD_ROWS[index]
    assert from_json(EventType(type_), data, None) == TYPED[index]


@pytest.mark.parametrize("index", EACH, ids=NAMES)
def test_an_event_is_stored_under_the_released_keys_with_a_version_and_separate_texts(index: int) -> None:
    type_, old = OLD_ROWS[index]
    data, texts = stored(TYPED[index])
    assert data["version"] == VERSION
    assert without_nulls(with_texts({"type": type_, "data": data, "texts": texts})) == without_nulls(old)
    assert texts == (None if "worker" not in old and type_ == "IMAGES_DELIVERED" else TEXTS.get(EventType(type_)))
    assert not any(text in str(data) for text in ("Order o-", ".jpg", "Ada", "halo", "agreed"))


@pytest.mark.parametrize("index", EACH, ids=NAMES)
def test_a_stored_event_is_read_back_equal(index: int) -> None:
    assert from_json(TYPED[index].type, *stored(TYPED[index])) == TYPED[index]


@pytest.mark.parametrize("type_", TEXTS)
def test_an_erased_text_reads_as_none_or_erased_and_the_rest_is_unchanged(type_: EventType) -> None:
    event = next(each for each in TYPED if each.type is type_)
    data, _ = stored(event)
    erasures: tuple[dict[str, Any] | None, ...] = ({}, None)
    for texts in erasures:
        erased = from_json(type_, data, texts)
        assert erased == from_json(type_, stored(erased)[0], texts)
        assert not any(text in str(erased) for text in ("Order o-", ".jpg", "Ada", "halo", "agreed"))
        assert re.sub("Order o-.|[ab].jpg|halo", "erased", repr(event)) == re.sub(
            "(worker|note)=None", lambda found: f"{found[1]}={getattr(event, found[1])!r}", repr(erased)
        )


def test_a_version_made_by_the_catalogue_keeps_its_instructions_beside_the_event() -> None:
    steps = (SpecifiedStep("CLIPPING", 180_000, negotiated=False), SpecifiedStep("SHADOW", 95_500))
    before = account_kinds.StatedTerms(price_negotiated=True, instructions="No halo.")
    after = account_kinds.StatedTerms(
        None, Decimal("1.60"), "USD", steps, price_negotiated=False, instructions="No dust."
    )
    event = account_kinds.SpecificationChanged(SPECIFICATION, 3, before, after, by_catalogue=True)
    data, texts = stored(event)
    assert texts == {"instructions": "No dust.", "previousInstructions": "No halo."}
    assert data == {
        "before": {"id": str(SPECIFICATION), "version": 2, "priceNegotiated": True},
        "after": {
            "id": str(SPECIFICATION),
            "version": 3,
            "pricePerImage": "1.60",
            "currency": "USD",
            "priceNegotiated": False,
            "steps": [
                {"step": "CLIPPING", "milliseconds": 180_000, "negotiated": False},
                {"step": "SHADOW", "milliseconds": 95_500},
            ],
        },
        "byCatalogue": True,
        "version": VERSION,
    }
    assert from_json(event.type, data, texts) == event
    erased = replace(event, before=replace(before, instructions=None), after=replace(after, instructions=None))
    assert from_json(event.type, data, {}) == erased


def test_the_texts_of_a_row_of_release_0_1_0_are_erased_by_removing_them() -> None:
    _, data = next(row for row in OLD_ROWS if row[0] == "ORDER_PLACED")
    bare = orjson.loads(orjson.dumps(data).replace(b'"name":"Order o-1",', b"").replace(b'"filename"', b'"was"'))
    event = from_json(EventType.ORDER_PLACED, bare, None)
    assert isinstance(event, kinds.OrderPlaced)
    assert (event.order.name, [image.filename for image in event.images]) == ("erased", ["erased", "erased"])
    masked = from_json(EventType.ORDER_PLACED, data, {})
    assert masked == event


def test_every_event_of_the_previous_release_has_the_same_fields_as_a_typed_event() -> None:
    rows = re.findall(r"INTO public\.events VALUES \('[^']+', \d+, '[^']+', '(\w+)', .*?, '(\{.*\})'", _dump())
    assert len(rows) == 60
    for type_, text in rows:
        old = orjson.loads(text)
        data, texts = stored(from_json(EventType(type_), old, None))
        assert without_nulls(with_texts({"type": type_, "data": data, "texts": texts})) == without_nulls(old)


def test_keys_of_a_later_release_are_ignored() -> None:
    for (type_, data), event in zip(OLD_ROWS, TYPED, strict=True):
        later = {**data, "version": 99, "new": 1, **({"after": {**data["after"], "new": 1}} if data["after"] else {})}
        assert from_json(EventType(type_), later, None) == event


def _dump() -> str:
    return (RELEASED / "dump.sql").read_text()
