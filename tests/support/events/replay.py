"""Orders replayed from the events of their account alone, and compared with the rows.

The `before` of each event has to equal the state after the events before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, TypeAlias

from db.connections import Pool, Record
from tests.support.events.replay_account import ReplayedAccount
from tests.support.events.texts import with_texts

Data: TypeAlias = dict[str, Any]

_EVENTS: Final = """
    SELECT * FROM events WHERE account_id = $1 AND withdrawn_by IS NULL AND type <> 'EVENT_WITHDRAWN'
"""
_ORDER_FIELDS: Final = {
    "number": "number",
    "name": "name",
    "status": "status",
    "serviceLevel": "service_level",
    "deadlineStatus": "deadline_status",
    "dueAt": "due_at",
    "slaVersion": "sla_version",
    "imageCount": "image_count",
    "deliveredCount": "delivered_count",
    "rejectedCount": "rejected_count",
    "price": "price",
    "currency": "currency",
    "placedAt": "placed_at",
    "expeditedAt": "expedited_at",
    "confirmedAt": "confirmed_at",
    "completedAt": "completed_at",
    "cancelledAt": "cancelled_at",
    "splitFrom": "split_from",
    "specificationId": "specification_id",
    "specificationVersion": "specification_version",
    "externalReference": "external_reference",
    "instructions": "instructions",
    "updatedAt": "updated_at",
}
_INQUIRY_FIELDS: Final = {
    "id": "id",
    "topic": "topic",
    "text": "text",
    "dueAt": "due_at",
    "answer": "answer",
    "answeredAt": "answered_at",
    "alerted": "alerted",
}
_USUAL: Final = {"deliveredCount": 0, "rejectedCount": 0, "externalReference": None, "instructions": None}
_IMAGE_FIELDS: Final = (
    "number",
    "filename",
    "position",
    "expedite_position",
    "price",
    "first_delivered_at",
    "claimed_by",
    "first_claimed_at",
    "cancelled_at",
    "external_reference",
    "instructions",
    "preview_url",
    "result_url",
    "result_preview_url",
    "delivered_by",
)


@dataclass
class Replayed:
    """Orders and images by id, with the fields that events have."""

    orders: dict[str, Data] = field(default_factory=dict[str, Data])
    images: dict[str, Data] = field(default_factory=dict[str, Data])
    account: ReplayedAccount = field(default_factory=ReplayedAccount)

    def play(self, events: Iterable[Record]) -> None:
        """Play the events of an account in the order in which they happened."""
        for event in sorted(events, key=lambda event: (event["at"], event["sequence"])):
            if event["order_id"] is None or event["type"].startswith("INQUIRY_"):
                self.account.play(event["type"], with_texts(event))
            else:
                self._play(str(event["order_id"]), event["type"], with_texts(event), event["at"])
        self.account.assert_resets_follow(
            ({"id": id_, **order} for id_, order in self.orders.items()), self.images.values()
        )

    def _play(self, order_id: str, type_: str, data: Data, at: datetime) -> None:
        match type_:
            case "IMAGES_CLAIMED":
                self._claim(order_id, data, at)
            case "CLAIM_EXPIRED":
                self._expire(order_id, data)
            case "DEADLINE_MET":
                assert data == {"before": None, "after": {"dueAt": self.orders[order_id]["dueAt"]}}
            case "DEADLINE_AT_RISK" | "DEADLINE_MISSED" | "REVIEW_OVERDUE":
                assert data["before"] is None
            case "OPERATIONS_RECORDED":
                for image in self._images_of(order_id, data["images"]):
                    assert data["worker"] in (image["claimed_by"], image["delivered_by"])
                self.orders[order_id]["updatedAt"] = at.isoformat()
            case _:
                self._change_images(order_id, type_, data, at)
                self._change(order_id, type_, data, at)

    def _change(self, order_id: str, type_: str, data: Data, at: datetime) -> None:
        """Apply an event to an order: all its fields if the order is new, else those that change from `before`."""
        before, after = data["before"], data["after"]
        if before is not None:
            known = {key: self.orders[order_id][key] for key in after}
            assert before == known, f"{type_} at {at}: before was {known}, not {before}"
            self.orders[order_id] |= after
        elif type_ == "ORDER_SPLIT":
            assert (after, self.orders[order_id]["placedAt"]) == (None, at.isoformat())
        else:
            assert order_id not in self.orders
            assert type_ in {"ORDER_PLACED", "ORDER_EXPEDITED"}
            self.orders[order_id] = {**_USUAL, **after}
        self.orders[order_id]["updatedAt"] = at.isoformat()

    def _change_images(self, order_id: str, type_: str, data: Data, at: datetime) -> None:
        match type_:
            case "ORDER_PLACED":
                self._place(order_id, data)
            case "ORDER_EXPEDITED":
                self._expedite(order_id, data)
            case "DEADLINE_CONFIRMED":
                self._confirm(order_id, data)
            case "DEADLINE_REVISED":
                for image in self._images_of(order_id, data["images"]):
                    image["due_at"] = data["after"]["dueAt"]
            case "ORDER_SPLIT":
                self._split(order_id, [each for each in data["into"] if "images" in each])
            case "IMAGES_DELIVERED":
                self._deliver(order_id, data, at)
            case "IMAGES_REJECTED":
                self._reject(order_id, data["images"], at)
            case "ORDER_CANCELLED" | "IMAGES_CANCELLED":
                self._cancel(order_id, data.get("images"), at)
            case _:
                assert type_ == "ORDER_COMPLETED"

    def _place(self, order_id: str, data: Data) -> None:
        first_expedite = data["firstExpeditePosition"]
        for offset, image in enumerate(data["images"]):
            self.images[image["id"]] = {
                "order": order_id,
                "number": data["firstNumber"] + offset,
                "filename": image["filename"],
                "external_reference": image.get("externalReference"),
                "instructions": image.get("instructions"),
                "preview_url": image.get("previewUrl"),
                "result_url": None,
                "result_preview_url": None,
                "delivered_by": None,
                "position": data["firstPosition"] + offset,
                "expedite_position": None if first_expedite is None else first_expedite + offset,
                "price": Decimal(data["pricePerImage"]),
                "due_at": data["after"]["dueAt"],
                "first_delivered_at": None,
                "claimed_by": None,
                "claimed_until": None,
                "first_claimed_at": None,
                "cancelled_at": None,
                "rejections": list[Data](),
            }

    def _expedite(self, order_id: str, data: Data) -> None:
        level = data["after"]["serviceLevel"]
        for each in data["images"]:
            image = self.images[each["id"]]
            image |= {"order": order_id, "expedite_position": each["expeditePosition"]}
            image["price"] = Decimal(data["pricePerImage"])
            if level != "EXPEDITED_PLAN":
                image["due_at"] = data["after"]["dueAt"]

    def _confirm(self, order_id: str, data: Data) -> None:
        for image in self._images_of(order_id, data["images"]):
            image |= {"due_at": data["after"]["dueAt"], "price": Decimal(data["pricePerImage"])}

    def _split(self, order_id: str, portions: Iterable[Data]) -> None:
        """Add the portions of an order as orders: with its facts, but for those that are their own."""
        for portion in portions:
            images = self._images_of(order_id, portion["images"])
            price = sum(image["price"] for image in images)
            self.orders[portion["id"]] = {
                **self.orders[order_id],
                **_USUAL,
                "number": portion["number"],
                "splitFrom": order_id,
                "imageCount": len(images),
                "price": str(price),
                "instructions": self.orders[order_id]["instructions"],
            }
            for image in images:
                image["order"] = portion["id"]

    def _claim(self, order_id: str, data: Data, at: datetime) -> None:
        assert data["before"] is None
        for image in self._images_of(order_id, data["images"]):
            assert (image["claimed_by"], image["claimed_until"]) == (None, None)
            image |= {"claimed_by": data["after"]["worker"], "claimed_until": data["after"]["leaseUntil"]}
            image["first_claimed_at"] = image["first_claimed_at"] or at

    def _expire(self, order_id: str, data: Data) -> None:
        assert data["after"] is None
        for image in self._images_of(order_id, data["images"]):
            assert data["before"] == {"worker": image["claimed_by"], "leaseUntil": image["claimed_until"]}
            image |= {"claimed_by": None, "claimed_until": None}

    def _deliver(self, order_id: str, data: Data, at: datetime) -> None:
        images = self._images_of(order_id, data["images"])
        addresses = [data.get(name) or [None] * len(images) for name in ("results", "resultPreviews")]
        for image, result_url, preview_url in zip(images, *addresses, strict=True):
            image |= {"claimed_by": None, "claimed_until": None}
            image |= {"result_url": result_url, "result_preview_url": preview_url, "delivered_by": data.get("worker")}
            if image["rejections"]:
                assert image["rejections"][-1]["redelivered_at"] is None
                image["rejections"][-1]["redelivered_at"] = at
            else:
                assert image["first_delivered_at"] is None
                image["first_delivered_at"] = at

    def _reject(self, order_id: str, rejected: Sequence[Data], at: datetime) -> None:
        for image, each in zip(self._images_of(order_id, [each["id"] for each in rejected]), rejected, strict=True):
            rejection = {"id": each["rejection"], "at": at, "reason": each["reason"], "due_at": each["dueAt"]}
            rejection |= {"sla_version": each["slaVersion"], "category": each.get("category")}
            image["rejections"].append(rejection | {"redelivered_at": None})

    def _cancel(self, order_id: str, image_ids: Iterable[str] | None, at: datetime) -> None:
        """Cancel images, or all that remain of an order."""
        of_order = [id_ for id_, image in self.images.items() if image["order"] == order_id]
        remaining = [id_ for id_ in of_order if self.images[id_]["cancelled_at"] is None]
        for image in self._images_of(order_id, remaining if image_ids is None else image_ids):
            assert (image["cancelled_at"], image["first_claimed_at"], image["first_delivered_at"]) == (None, None, None)
            image["cancelled_at"] = at

    def _images_of(self, order_id: str, image_ids: Iterable[str]) -> list[Data]:
        images = [self.images[image_id] for image_id in image_ids]
        assert {image["order"] for image in images} == {order_id}
        return images


async def assert_events_explain_rows(pool: Pool) -> None:
    """Assert that the events of all accounts replay to the rows of their orders, images, rejections and inquiries."""
    orders: dict[str, Data] = {}
    images: dict[str, Data] = {}
    inquiries: dict[str, Data] = {}
    for account in await pool.fetch("SELECT id, time_zone FROM accounts"):
        replayed = Replayed()
        replayed.play(await pool.fetch(_EVENTS, account["id"]))
        assert replayed.account.time_zone == account["time_zone"]
        orders |= replayed.orders
        images |= replayed.images
        inquiries |= replayed.account.inquiries
    assert orders == {
        str(row["id"]): {key: _as_json(row[column]) for key, column in _ORDER_FIELDS.items()}
        for row in await pool.fetch("SELECT * FROM orders")
    }
    assert inquiries == {
        str(row["id"]): {key: _as_json(row[column]) for key, column in _INQUIRY_FIELDS.items()}
        for row in await pool.fetch("SELECT * FROM inquiries")
    }
    for image in images.values():
        image["rejections"] = sorted(image["rejections"], key=itemgetter("id"))
    for id_, at in await pool.fetch("SELECT image_id::text, min(at) FROM operations GROUP BY image_id"):
        begun_at = min(at, images[id_]["first_delivered_at"] or at)  # imported operations have no events
        images[id_]["first_claimed_at"] = images[id_]["first_claimed_at"] or begun_at
    assert images == await _images(pool)


async def _images(pool: Pool) -> dict[str, Data]:
    rejections: defaultdict[str, list[Data]] = defaultdict(list)
    for row in await pool.fetch("SELECT * FROM rejections ORDER BY id"):
        rejection = {"id": str(row["id"]), "at": row["at"], "reason": row["reason"], "due_at": _as_json(row["due_at"])}
        rejection |= {"redelivered_at": row["redelivered_at"], "sla_version": row["sla_version"]}
        rejection |= {"category": row["category"]}
        rejections[str(row["image_id"])].append(rejection)
    return {
        (id_ := str(row["id"])): {column: row[column] for column in _IMAGE_FIELDS}
        | {"order": str(row["order_id"]), "rejections": rejections[id_]}
        | {name: _as_json(row[name]) for name in ("due_at", "claimed_until")}
        for row in await pool.fetch("SELECT * FROM images")
    }


def _as_json(value: object) -> object:
    """Return the JSON form of a column's value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)
