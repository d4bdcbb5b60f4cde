"""Orders as the events of an account tell them, and nothing else does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, TypeAlias

from db.connections import Pool, Record

Data: TypeAlias = dict[str, Any]

_ORDER_FIELDS: Final = {
    "number": "number",
    "name": "name",
    "status": "status",
    "serviceLevel": "service_level",
    "deadlineStatus": "deadline_status",
    "dueAt": "due_at",
    "slaVersion": "sla_version",
    "imageCount": "image_count",
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
}
_IMAGE_FIELDS: Final = (
    "number",
    "filename",
    "position",
    "expedite_position",
    "price",
    "first_delivered_at",
    "claimed_by",
    "first_claimed_at",
)


@dataclass
class Replayed:
    """Orders and images by id, with the fields that events tell."""

    orders: dict[str, Data] = field(default_factory=dict[str, Data])
    images: dict[str, Data] = field(default_factory=dict[str, Data])

    def play(self, events: Iterable[Record]) -> None:
        """Play events in the order in which they happened."""
        for event in sorted(events, key=lambda event: (event["at"], event["sequence"])):
            order_id = str(event["order_id"])
            data: Data = event["data"]
            match event["type"]:
                case "ORDER_PLACED":
                    self._place(order_id, data)
                case "ORDER_EXPEDITED":
                    self._expedite(order_id, data)
                case "DEADLINE_CONFIRMED":
                    self._confirm(order_id, data)
                case "IMAGES_DELIVERED":
                    self._deliver(data["images"], event["at"])
                case "IMAGES_REJECTED":
                    self._reject(data["images"], event["at"])
                case "ORDER_CANCELLED" | "ORDER_SPLIT" | "ORDER_COMPLETED":
                    pass
                case "IMAGES_CLAIMED":
                    self._claim(data, event["at"])
                    continue
                case "CLAIM_EXPIRED":
                    self._end_claims(data["images"])
                    continue
                case _:
                    continue
            self.orders.setdefault(order_id, {}).update(data["after"])

    def _place(self, order_id: str, data: Data) -> None:
        first_expedite = data["firstExpeditePosition"]
        for offset, image in enumerate(data["images"]):
            self.images[image["id"]] = {
                "order": order_id,
                "number": data["firstNumber"] + offset,
                "filename": image["filename"],
                "position": data["firstPosition"] + offset,
                "expedite_position": None if first_expedite is None else first_expedite + offset,
                "price": Decimal(data["pricePerImage"]),
                "due_at": data["after"]["dueAt"],
                "first_delivered_at": None,
                "claimed_by": None,
                "claimed_until": None,
                "first_claimed_at": None,
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
        for image_id in data["images"]:
            self.images[image_id]["due_at"] = data["after"]["dueAt"]
            self.images[image_id]["price"] = Decimal(data["pricePerImage"])
            assert self.images[image_id]["order"] == order_id

    def _claim(self, data: Data, at: datetime) -> None:
        for image_id in data["images"]:
            image = self.images[image_id]
            assert image["claimed_by"] is None
            image |= {"claimed_by": data["after"]["worker"], "claimed_until": data["after"]["leaseUntil"]}
            image["first_claimed_at"] = image["first_claimed_at"] or at

    def _end_claims(self, image_ids: Iterable[str]) -> None:
        for image_id in image_ids:
            self.images[image_id] |= {"claimed_by": None, "claimed_until": None}

    def _deliver(self, image_ids: list[str], at: datetime) -> None:
        self._end_claims(image_ids)
        for image_id in image_ids:
            image = self.images[image_id]
            if image["rejections"]:
                assert image["rejections"][-1]["redelivered_at"] is None
                image["rejections"][-1]["redelivered_at"] = at
            else:
                assert image["first_delivered_at"] is None
                image["first_delivered_at"] = at

    def _reject(self, images: Iterable[Data], at: datetime) -> None:
        for each in images:
            rejection = {"id": each["rejection"], "at": at, "due_at": each["dueAt"], "redelivered_at": None}
            self.images[each["id"]]["rejections"].append(rejection | {"sla_version": each["slaVersion"]})


async def assert_events_tell_all(pool: Pool) -> None:
    """Assert that the events of all accounts tell their orders, images and rejections as the rows have them."""
    replayed = Replayed()
    for account in await pool.fetch("SELECT id FROM accounts"):
        replayed.play(await pool.fetch("SELECT * FROM events WHERE account_id = $1", account["id"]))
    found = await pool.fetch("SELECT * FROM orders")
    assert {id_: {key: told[key] for key in _ORDER_FIELDS} for id_, told in replayed.orders.items()} == {
        str(row["id"]): {key: _as_json(row[column]) for key, column in _ORDER_FIELDS.items()} for row in found
    }
    for image in replayed.images.values():
        image["rejections"] = sorted(image["rejections"], key=itemgetter("id"))
    assert replayed.images == await _images(pool)


async def _images(pool: Pool) -> dict[str, Data]:
    rejections: defaultdict[str, list[Data]] = defaultdict(list)
    for row in await pool.fetch("SELECT * FROM rejections ORDER BY id"):
        told = {"id": str(row["id"]), "at": row["at"], "due_at": _as_json(row["due_at"])}
        told |= {"redelivered_at": row["redelivered_at"], "sla_version": row["sla_version"]}
        rejections[str(row["image_id"])].append(told)
    return {
        (id_ := str(row["id"])): {column: row[column] for column in _IMAGE_FIELDS}
        | {"order": str(row["order_id"]), "rejections": rejections[id_]}
        | {name: _as_json(row[name]) for name in ("due_at", "claimed_until")}
        for row in await pool.fetch("SELECT * FROM images")
    }


def _as_json(value: object) -> object:
    """What JSON makes of a column's value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)
