"""Orders as the events of an account tell them, and nothing else does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from db.connections import Record

Data: TypeAlias = dict[str, Any]


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
                case "ORDER_CANCELLED" | "ORDER_SPLIT":
                    pass
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

    def _deliver(self, image_ids: Iterable[str], at: datetime) -> None:
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
