"""The keys of stored events, each with its attribute and the reader of its value."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus
from app.domain.events import kinds
from app.domain.events.account_kinds import StatedTerms
from app.domain.events.facts import Change, OrderChanges, Progress
from app.domain.orders.enums import OrderStatus, RejectionCategory, ServiceLevel
from app.domain.sla.enums import Plan
from app.domain.specifications import steps_of, stored_steps

Data: TypeAlias = dict[str, Any]


class Keys:
    """The keys of a stored object, each with its attribute and the reader of its value."""

    def __init__(self, readers: Mapping[str, tuple[str, Callable[[Any], object]]]) -> None:
        self.readers = readers
        attributes = [attribute for attribute, _ in readers.values()]
        # with one attribute again at the end, as the getter of a single one returns no tuple
        self._values: Callable[[object], tuple[object, ...]] = attrgetter(*attributes, attributes[0])

    def write(self, of: object) -> Data:
        """Return the values of an object's attributes by their keys, for `db.connections` to write."""
        return dict(zip(self.readers, self._values(of), strict=False))

    def read(self, data: Mapping[str, Any]) -> Data:
        """Return values by their attributes; None for a key that is missing or null."""
        return {
            attribute: None if (value := data.get(key)) is None else convert(value)
            for key, (attribute, convert) in self.readers.items()
        }


INSTANT: Final = datetime.fromisoformat
ACCOUNT: Final = Keys(
    {
        "ref": ("ref", str),
        "name": ("name", str),
        "plan": ("plan", Plan),
        "timeZone": ("time_zone", str),
    }
)
CHANGING: Final = Keys(
    {
        "status": ("status", OrderStatus),
        "serviceLevel": ("service_level", ServiceLevel),
        "deadlineStatus": ("deadline_status", DeadlineStatus),
        "dueAt": ("due_at", INSTANT),
        "slaVersion": ("sla_version", int),
        "imageCount": ("image_count", int),
        "price": ("price", Decimal),
        "expeditedAt": ("expedited_at", INSTANT),
        "confirmedAt": ("confirmed_at", INSTANT),
        "completedAt": ("completed_at", INSTANT),
        "cancelledAt": ("cancelled_at", INSTANT),
    }
)
ORDER: Final = Keys(
    {
        **CHANGING.readers,
        "number": ("number", int),
        "specificationId": ("specification_id", UUID),
        "specificationVersion": ("specification_version", int),
        "currency": ("currency", str),
        "placedAt": ("placed_at", INSTANT),
        "splitFrom": ("split_from", UUID),
    }
)
PROGRESS: Final = Keys(
    {
        "status": ("status", OrderStatus),
        "deliveredCount": ("delivered_count", int),
        "rejectedCount": ("rejected_count", int),
        "completedAt": ("completed_at", INSTANT),
    }
)
PLACED: Final = Keys(
    {
        "firstNumber": ("first_number", int),
        "firstPosition": ("first_position", int),
        "firstExpeditePosition": ("first_expedite_position", int),
        "pricePerImage": ("price_per_image", Decimal),
    }
)
PRICED: Final = Keys({"pricePerImage": ("price_per_image", Decimal)})
EXPEDITED: Final = Keys({"id": ("id", UUID), "expeditePosition": ("expedite_position", int)})
REJECTED: Final = Keys(
    {
        "id": ("id", UUID),
        "rejection": ("rejection_id", UUID),
        "dueAt": ("due_at", INSTANT),
        "slaVersion": ("sla_version", int),
        "category": ("category", RejectionCategory),
    }
)
SPLIT_OFF: Final = Keys(
    {
        "id": ("id", UUID),
        "number": ("number", int),
        "serviceLevel": ("service_level", ServiceLevel),
    }
)
LEASE: Final = Keys({"leaseUntil": ("lease_until", INSTANT)})
DEADLINE: Final = Keys({"dueAt": ("due_at", INSTANT)})
OPERATIONS: Final = Keys({"steps": ("steps", tuple), "operationCount": ("operation_count", int)})
PREVIOUS_DEADLINE: Final = Keys({"dueAt": ("previous", INSTANT)})
ALERT: Final = Keys({"dueAt": ("due_at", INSTANT), "kind": ("kind", DeadlineKind)})
SPECIFICATION: Final = Keys(
    {
        "id": ("specification_id", UUID),
        "version": ("version", int),
        "archivedAt": ("archived_at", INSTANT),
    }
)
TERMS: Final = Keys(
    {
        "name": ("name", str),
        "pricePerImage": ("price_per_image", Decimal),
        "currency": ("currency", str),
        "priceNegotiated": ("price_negotiated", bool),
    }
)
NEW_ZONE: Final = Keys({"timeZone": ("time_zone", str)})
PREVIOUS_ZONE: Final = Keys({"timeZone": ("previous", str)})


def write_changes(changes: OrderChanges) -> Data:
    """Return the changes of an order under `before` and `after`."""
    found: dict[str, Change[Any] | None] = {
        key: getattr(changes, attribute) for key, (attribute, _) in CHANGING.readers.items()
    }
    changed = {key: change for key, change in found.items() if change is not None}
    return {
        "before": {key: change.before for key, change in changed.items()},
        "after": {key: change.after for key, change in changed.items()},
    }


def read_changes(data: Data) -> OrderChanges:
    """Return the changes of an order from `before` and `after`; none where these are null."""
    stored: Data = data["after"] or {}
    before, after = CHANGING.read(data["before"] or {}), CHANGING.read(stored)
    changed = [attribute for key, (attribute, _) in CHANGING.readers.items() if key in stored]
    return OrderChanges(**{attribute: Change(before[attribute], after[attribute]) for attribute in changed})


def write_progress(event: kinds.ImagesDelivered | kinds.ImagesRejected) -> Data:
    """Return the progress of an order under `before` and `after`."""
    return {"before": PROGRESS.write(event.before), "after": PROGRESS.write(event.after)}


def read_progress(data: Data) -> tuple[Progress, Progress]:
    """Return the progress of an order before and after an event."""
    before, after = (Progress(**PROGRESS.read(data[side])) for side in ("before", "after"))
    return before, after


def write_terms(terms: StatedTerms) -> Data:
    """Return the terms of a specification that an event states, without its instructions."""
    stated = {key: value for key, value in TERMS.write(terms).items() if value is not None}
    return stated if terms.steps is None else {**stated, "steps": stored_steps(terms.steps)}


def read_terms(data: Data, instructions: str | None) -> StatedTerms:
    """Return the terms of a specification that an event states, with its instructions, which are a text beside it."""
    steps = steps_of(data["steps"]) if "steps" in data else None
    return StatedTerms(steps=steps, instructions=instructions, **TERMS.read(data))


def read_ids(data: Data) -> tuple[UUID, ...]:
    """Return the ids of the images that an event concerns."""
    return tuple(map(UUID, data["images"]))
