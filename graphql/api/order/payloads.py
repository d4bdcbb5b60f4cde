"""The fields that payloads of several mutations share."""

from asyncio import gather
from operator import attrgetter

from api.context import Info
from api.execution import Payload
from api.image.types import Image, image
from api.order.types import Order, read_order
from api.sla.guarantee import DailyGuarantee, daily_guarantee
from engine.decorators import field, object_type


async def changed_orders(self: Payload, info: Info) -> list[Order] | None:
    """The placed or changed orders in their current state, by number."""
    if self.result is None:
        return None
    orders = await gather(*(read_order(info.context, key) for key in self.result.orders))
    return sorted(orders, key=attrgetter("row.account_id", "number"))


@object_type
class OrdersPayload(Payload):
    """The result of a mutation of several orders."""

    orders = field(length=20)(changed_orders)


@object_type
class OrderPayload(Payload):
    """The result of a mutation of one order."""

    @field
    async def order(self, info: Info) -> Order | None:
        """The order in its current state."""
        return None if self.result is None else await read_order(info.context, self.result.orders[0])


@object_type
class ImagesPayload(Payload):
    """The result of a mutation of images."""

    @field(length=100)
    async def images(self, info: Info) -> list[Image] | None:
        """The images in their current state: those of the input in its order, or those claimed, most urgent first."""
        if self.result is None:
            return None
        rows = await info.context.loaders.images.load_many(self.result.images)
        return [image(row, info.context) for row in rows if row is not None]


@object_type
class GuaranteePayload(Payload):
    """The result of a mutation that uses or gives back some of the daily guarantee."""

    @field
    def daily_guarantee(self) -> DailyGuarantee | None:
        """The running ledger day right after the mutation."""
        return None if self.result is None else daily_guarantee(self.result.day.day, self.result.day.allowance)
