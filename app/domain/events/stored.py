"""The stored form of events: the columns `type`, `data` and `texts` of the table `events`.

`data` has the facts before and after, under keys that earlier releases wrote and read, and the `version` of this form.
Rows without one are of version 1, whose texts are in `data`. Instants are UTC in ISO 8601, amounts strings, ids UUIDs.

Texts that may hold a person's data are in `texts`, beside the event: the `name`, `externalReference` and `instructions`
of a new order, the `filenames`, `imageReferences`, `imageInstructions`, `imagePreviews`, `results`, `resultPreviews`
and `reasons` of images, in the event's order of them, the `instructions` and `previousInstructions` of a specification,
the name of a `worker`, the `note` of staff and their `message` to the client, the `name` and `email` of a success
manager and of the one before, and the `text` of an inquiry and its `answer`. To erase them, set `texts` to '{}'. The
names of accounts and specifications are in `data`, as are all texts of a row of version 1: they are erased by removing
their keys (`db.queries.texts_of_events`). Either reads as None, or as ERASED where a text cannot be None.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.domain.events import keys, kinds
from app.domain.events.account_forms import ACCOUNT_FORMS
from app.domain.events.alert_forms import ALERT_FORMS
from app.domain.events.enums import EventType
from app.domain.events.facts import (
    ERASED,
    ExpeditedImage,
    OrderChanges,
    OrderFacts,
    PlacedImage,
    RejectedImage,
    SplitOff,
)
from app.domain.events.forms import Form, StoredTexts, Texts
from app.domain.events.inquiry_forms import INQUIRY_FORMS
from app.domain.events.keys import Data
from app.domain.orders.results import ImageResult, stated_results

VERSION: Final = 2


def to_json(event: kinds.Event) -> tuple[Data, Texts | None]:
    """Return the `data` and the `texts` of an event, None without any, in values that `db.connections` writes."""
    data, texts = _FORMS[event.type].write(event)
    data["version"] = VERSION
    for side in (data.get("before"), data.get("after")):
        if side and side.get("name") == ERASED:
            del side["name"]
    kept = {name: _unless_erased(text) for name, text in texts.items()}
    return data, {name: text for name, text in kept.items() if text is not None} or None


def _unless_erased(text: str | list[str | None] | None) -> str | list[str | None] | None:
    """Return a text, or one for each image, without ERASED, which is how an erased one reads."""
    if isinstance(text, list):
        return _unless_all_none([None if each == ERASED else each for each in text])
    return None if text == ERASED else text


def from_json(type_: EventType, data: Data, texts: Texts | None) -> kinds.Event:
    """Return the event of a row of any version; unknown keys are ignored."""
    event: kinds.Event = _FORMS[type_].read(data, StoredTexts(texts))
    return event


def _write_placed(event: kinds.OrderPlaced) -> tuple[Data, Data]:
    order = {"before": None, "after": keys.ORDER.write(event.order)}
    images = [{"id": image.id} for image in event.images]
    texts = {
        **_texts_of_order(event.order),
        "filenames": [image.filename for image in event.images],
        "imageReferences": _unless_all_none([image.external_reference for image in event.images]),
        "imageInstructions": _unless_all_none([image.instructions for image in event.images]),
        "imagePreviews": _unless_all_none([image.preview_url for image in event.images]),
    }
    return {**order, **keys.PLACED.write(event), "images": images}, texts


def _texts_of_order(order: OrderFacts) -> Data:
    return {"name": order.name, "externalReference": order.external_reference, "instructions": order.instructions}


def _unless_all_none(texts: list[str | None]) -> list[str | None] | None:
    return texts if any(text is not None for text in texts) else None


def _read_placed(data: Data, texts: StoredTexts) -> kinds.OrderPlaced:
    images: list[Data] = data["images"]
    columns = (
        [UUID(each["id"]) for each in images],
        texts.each("filenames", images, "filename"),
        texts.optional("imageReferences", len(images)),
        texts.optional("imageInstructions", len(images)),
        texts.optional("imagePreviews", len(images)),
    )
    return kinds.OrderPlaced(
        order=_read_order(data["after"], texts),
        images=tuple(map(PlacedImage, *columns)),
        **keys.PLACED.read(data),
    )


def _read_order(after: Data, texts: StoredTexts) -> OrderFacts:
    return OrderFacts(
        name=texts.one("name", after) or ERASED,
        external_reference=texts.one("externalReference", after),
        instructions=texts.one("instructions", after),
        **keys.ORDER.read(after),
    )


def _write_split(event: kinds.OrderSplit) -> tuple[Data, Data]:
    """Return a split; one at placing changed nothing, and has no facts before or after."""
    change = keys.write_changes(event.changes)
    change = change if change["after"] else {"before": None, "after": None}
    return {**change, "into": [_write_split_off(each) for each in event.into]}, {}


def _write_split_off(order: SplitOff) -> Data:
    written = keys.SPLIT_OFF.write(order)
    return {**written, "images": order.images} if order.images else written


def _read_split(data: Data, _: StoredTexts) -> kinds.OrderSplit:
    into = tuple(
        SplitOff(images=keys.read_ids(each) if "images" in each else (), **keys.SPLIT_OFF.read(each))
        for each in data["into"]
    )
    return kinds.OrderSplit(keys.read_changes(data), into)


def _write_expedited(event: kinds.OrderExpedited) -> tuple[Data, Data]:
    rest: Data = {
        **keys.PRICED.write(event),
        "images": [keys.EXPEDITED.write(image) for image in event.images],
    }
    if event.order is None:
        return {**keys.write_changes(event.changes), **rest}, {}
    return {"before": None, "after": keys.ORDER.write(event.order), **rest}, _texts_of_order(event.order)


def _read_expedited(data: Data, texts: StoredTexts) -> kinds.OrderExpedited:
    is_new = data["before"] is None
    return kinds.OrderExpedited(
        order=_read_order(data["after"], texts) if is_new else None,
        changes=OrderChanges() if is_new else keys.read_changes(data),
        images=tuple(ExpeditedImage(**keys.EXPEDITED.read(each)) for each in data["images"]),
        **keys.PRICED.read(data),
    )


def _write_end(event: kinds.OrderCancelled | kinds.OrderCompleted) -> tuple[Data, Data]:
    return keys.write_changes(event.changes), {}


def _read_cancelled(data: Data, _: StoredTexts) -> kinds.OrderCancelled:
    return kinds.OrderCancelled(keys.read_changes(data))


def _read_completed(data: Data, _: StoredTexts) -> kinds.OrderCompleted:
    return kinds.OrderCompleted(keys.read_changes(data))


def _write_claimed(event: kinds.ImagesClaimed) -> tuple[Data, Data]:
    lease = keys.LEASE.write(event)
    return {"before": None, "after": lease, "images": event.images}, {"worker": event.worker}


def _read_claimed(data: Data, texts: StoredTexts) -> kinds.ImagesClaimed:
    lease = data["after"]
    return kinds.ImagesClaimed(texts.one("worker", lease), images=keys.read_ids(data), **keys.LEASE.read(lease))


def _write_expired(event: kinds.ClaimExpired) -> tuple[Data, Data]:
    lease = keys.LEASE.write(event)
    return {"before": lease, "after": None, "images": event.images}, {"worker": event.worker}


def _read_expired(data: Data, texts: StoredTexts) -> kinds.ClaimExpired:
    lease = data["before"]
    return kinds.ClaimExpired(texts.one("worker", lease), images=keys.read_ids(data), **keys.LEASE.read(lease))


def _write_delivered(event: kinds.ImagesDelivered) -> tuple[Data, Data]:
    texts = {
        "worker": event.worker,
        "results": _unless_all_none([result.url for result in event.results]),
        "resultPreviews": _unless_all_none([result.preview_url for result in event.results]),
    }
    return {**keys.write_progress(event), "images": event.images}, texts


def _read_delivered(data: Data, texts: StoredTexts) -> kinds.ImagesDelivered:
    images = keys.read_ids(data)
    columns = (texts.optional(name, len(images)) for name in ("results", "resultPreviews"))
    return kinds.ImagesDelivered(
        *keys.read_progress(data),
        images=images,
        worker=texts.one("worker", data),
        results=stated_results(map(ImageResult, *columns)),
    )


def _write_rejected(event: kinds.ImagesRejected) -> tuple[Data, Data]:
    images = [keys.REJECTED.write(image) for image in event.images]
    return {**keys.write_progress(event), "images": images}, {"reasons": [image.reason for image in event.images]}


def _read_rejected(data: Data, texts: StoredTexts) -> kinds.ImagesRejected:
    images, reasons = data["images"], texts.each("reasons", data["images"], "reason")
    rejected = (
        RejectedImage(reason=reason, **keys.REJECTED.read(each)) for each, reason in zip(images, reasons, strict=True)
    )
    return kinds.ImagesRejected(*keys.read_progress(data), images=tuple(rejected))


def _write_confirmed(event: kinds.DeadlineConfirmed) -> tuple[Data, Data]:
    rest = {"images": event.images, **keys.PRICED.write(event)}
    return {**keys.write_changes(event.changes), **rest}, {"note": event.note, "message": event.message}


def _read_confirmed(data: Data, texts: StoredTexts) -> kinds.DeadlineConfirmed:
    return kinds.DeadlineConfirmed(
        keys.read_changes(data),
        keys.read_ids(data),
        note=texts.one("note", data),
        message=texts.one("message", data),
        **keys.PRICED.read(data),
    )


def _write_withdrawn(event: kinds.EventWithdrawn) -> tuple[Data, Data]:
    return {"before": None, "after": None, "event": event.event}, {}


def _read_withdrawn(data: Data, _: StoredTexts) -> kinds.EventWithdrawn:
    return kinds.EventWithdrawn(data["event"])


def _write_images_cancelled(event: kinds.ImagesCancelled) -> tuple[Data, Data]:
    return {**keys.write_changes(event.changes), "images": event.images}, {}


def _read_images_cancelled(data: Data, _: StoredTexts) -> kinds.ImagesCancelled:
    return kinds.ImagesCancelled(keys.read_changes(data), keys.read_ids(data))


def _write_revised(event: kinds.DeadlineRevised) -> tuple[Data, Data]:
    before, after = keys.PREVIOUS_DEADLINE.write(event), keys.DEADLINE.write(event)
    return {"before": before, "after": after, "images": event.images}, {"note": event.note, "message": event.message}


def _read_revised(data: Data, texts: StoredTexts) -> kinds.DeadlineRevised:
    return kinds.DeadlineRevised(
        images=keys.read_ids(data),
        note=texts.one("note", data),
        message=texts.one("message", data),
        **keys.PREVIOUS_DEADLINE.read(data["before"]),
        **keys.DEADLINE.read(data["after"]),
    )


def _write_operations(event: kinds.OperationsRecorded) -> tuple[Data, Data]:
    data = {"before": None, "after": None, "images": event.images, **keys.OPERATIONS.write(event)}
    return data, {"worker": event.worker}


def _read_operations(data: Data, texts: StoredTexts) -> kinds.OperationsRecorded:
    return kinds.OperationsRecorded(
        images=keys.read_ids(data), worker=texts.one("worker", data), **keys.OPERATIONS.read(data)
    )


_FORMS: Final[Mapping[EventType, Form[Any]]] = {
    EventType.ORDER_PLACED: Form(_write_placed, _read_placed),
    EventType.ORDER_SPLIT: Form(_write_split, _read_split),
    EventType.ORDER_EXPEDITED: Form(_write_expedited, _read_expedited),
    EventType.ORDER_CANCELLED: Form(_write_end, _read_cancelled),
    EventType.ORDER_COMPLETED: Form(_write_end, _read_completed),
    EventType.IMAGES_CLAIMED: Form(_write_claimed, _read_claimed),
    EventType.CLAIM_EXPIRED: Form(_write_expired, _read_expired),
    EventType.IMAGES_DELIVERED: Form(_write_delivered, _read_delivered),
    EventType.IMAGES_REJECTED: Form(_write_rejected, _read_rejected),
    EventType.DEADLINE_CONFIRMED: Form(_write_confirmed, _read_confirmed),
    **ALERT_FORMS,
    **ACCOUNT_FORMS,
    EventType.EVENT_WITHDRAWN: Form(_write_withdrawn, _read_withdrawn),
    EventType.IMAGES_CANCELLED: Form(_write_images_cancelled, _read_images_cancelled),
    EventType.DEADLINE_REVISED: Form(_write_revised, _read_revised),
    **INQUIRY_FORMS,
    EventType.OPERATIONS_RECORDED: Form(_write_operations, _read_operations),
}
