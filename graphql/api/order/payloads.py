"""What mutations answer: the parts that payloads are put together from."""

from asyncio import gather
from operator import attrgetter

from api.context import Info
from api.execution import Payload
from api.image.types import Image, image
from api.order.types import Order, read_order
from api.sla.guarantee import DailyGuarantee, daily_guarantee
from engine.decorators import field, object_type


async def changed_orders(self: Payload, info: Info) -> list[Order] | None:
    """The orders that were placed or changed, as they are now, by number."""
    if self.result is None:
        return None
    orders = await gather(*(read_order(info.context, key) for key in self.result.orders))
    return sorted(orders, key=attrgetter("row.account_id", "number"))


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
        return None if self.result is None else await read_order(info.context, self.result.orders[0])


@object_type
class ImagesPayload(Payload):
    """What a mutation of images came to."""

    @field(length=100)
    async def images(self, info: Info) -> list[Image] | None:
        """The images as they are now: those that were named, in that order, or claimed, most urgent first."""
        if self.result is None:
            return None
        rows = await info.context.loaders.images.load_many(self.result.images)
        return [image(row, info.context) for row in rows if row is not None]


@object_type
class GuaranteePayload(Payload):
    """What a mutation that uses or gives back something of the daily guarantee came to."""

    @field
    def daily_guarantee(self) -> DailyGuarantee | None:
        """The running ledger day, as the mutation left it."""
        return None if self.result is None else daily_guarantee(self.result.day.day, self.result.day.allowance)
