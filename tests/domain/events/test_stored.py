"""Stored events of this release and of 0.1.0."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

import orjson
import pytest

from app.domain.events import account_kinds, kinds
from app.domain.events.enums import EventType
from app.domain.events.stored import VERSION, from_json, to_json
from app.domain.orders.results import ImageResult
from app.domain.specifications import SpecifiedStep
from db.json_values import encode_json
from tests.support.events.released import OLD_ROWS
from tests.support.events.texts import with_texts
from tests.support.events.typed import SPECIFICATION, TEXTS, TYPED

RELEASED = Path(__file__).parents[2] / "released"
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
    EventType.OPERATIONS_RECORDED,
    EventType.CONTACT_CHANGED,
    EventType.DASHBOARD_ACCESS_CHANGED,
    EventType.SLA_WITHDRAWN,
    EventType.PLAN_CHANGED,
    EventType.INQUIRY_OPENED,
    EventType.INQUIRY_ANSWERED,
    EventType.INQUIRY_OVERDUE,
    EventType.REVIEW_OVERDUE,
    EventType.TEXTS_ERASED,
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


def test_the_addresses_of_pictures_are_texts_beside_the_event() -> None:
    placed = next(each for each in TYPED if isinstance(each, kinds.OrderPlaced))
    first, second = placed.images
    shown = replace(placed, images=(first._replace(preview_url="https://pictures.example/a.jpg"), second))
    data, texts = stored(shown)
    assert texts == TEXTS[EventType.ORDER_PLACED] | {"imagePreviews": ["https://pictures.example/a.jpg", None]}
    assert from_json(shown.type, data, texts) == shown
    delivered = next(each for each in TYPED if isinstance(each, kinds.ImagesDelivered))
    result = ImageResult("https://pictures.example/done.jpg")
    done = replace(delivered, results=(result,))
    data, texts = stored(done)
    assert texts == {"worker": "Ada", "results": ["https://pictures.example/done.jpg"]}
    assert from_json(done.type, data, texts) == done
    assert from_json(done.type, data, {}) == replace(delivered, worker=None)
