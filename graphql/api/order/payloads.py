"""What mutations answer: the parts that payloads are put together from."""

from asyncio import gather
from datetime import datetime
from typing import Any

import strawberry

from api.answers import read_keys, shown_day
from api.context import Info
from api.image.types import Image, image
from api.order.types import Order, read_order
from api.sla.guarantee import DailyGuarantee
from api.user_errors import UserError, shown
from app.services.commands import Answer
from engine.decorators import field, object_type


@object_type
class Payload:
    """What a mutation came to."""

    user_errors: list[UserError] = strawberry.field(
        description="What is to mend, all of it; what the rules refuse is told once nothing is wrong with the input"
        " itself. Empty when the mutation was done. Nothing was changed otherwise, and all else in the payload is null."
    )
    answer: strawberry.Private[Answer]

    @property
    def is_done(self) -> bool:
        """Whether the mutation was done."""
        return not self.user_errors


async def changed_orders(self: Payload, info: Info) -> list[Order] | None:
    """The orders that were placed or changed, as they are now, by number."""
    if not self.is_done:
        return None
    orders = await gather(*(read_order(info.context, key) for key in read_keys(self.answer, "orders")))
    return sorted(orders, key=lambda order: (order.row.account_id, order.number))


@object_type
class OrdersPayload(Payload):
    """What a mutation that changes orders came to."""

    orders = field(length=20)(changed_orders)


@object_type
class OrderPayload(Payload):
    """What a mutation of one order came to."""

    @field
    async def order(self, info: Info) -> Order | None:
        """The order as it is now."""
        return await read_order(info.context, read_keys(self.answer, "orders")[0]) if self.is_done else None


@object_type
class ImagesPayload(Payload):
    """What a mutation of images came to."""

    @field(length=100)
    async def images(self, info: Info) -> list[Image] | None:
        """The images as they are now: those that were named, in that order, or claimed, most urgent first."""
        if not self.is_done:
            return None
        rows = await info.context.loaders.images.load_many(read_keys(self.answer, "images"))
        return [image(row, info.context) for row in rows if row is not None]


@object_type
class GuaranteePayload(Payload):
    """What a mutation that uses or gives back something of the daily guarantee came to."""

    @field
    def daily_guarantee(self) -> DailyGuarantee | None:
        """The running ledger day, as the mutation left it."""
        return shown_day(self.answer["day"]) if self.is_done else None


def payload_fields(answer: Answer) -> dict[str, Any]:
    """Return what every payload is made of."""
    return {"user_errors": shown(answer.get("errors", ())), "answer": answer}


def instant(answer: Answer, name: str) -> datetime | None:
    """Read an instant that an answer has under a name; None where it has none."""
    text = answer.get(name)
    return None if text is None else datetime.fromisoformat(text)
