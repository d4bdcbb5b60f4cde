"""Query fields of images, and the lists of images and rejections."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.image.types import Image, Rejection, image, rejection
from app.domain.orders.enums import ImageStatus
from db.queries.images import IMAGE_OF_ORDER_SPAN, ImageRow
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from db.queries.queue import QUEUE_SPAN
from engine.connections import After, Connection, First, Listing, known
from engine.cursors import ID, INSTANT, NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import reads

if TYPE_CHECKING:
    pass

_CURSORS: Final = CursorKind("images", (NUMBER, ID))


_QUEUE_SIZE: Final = 50
_QUEUE_CURSORS: Final = CursorKind("productionQueue", (INSTANT, INSTANT, ID))


def images_of(context: Context, order: OrderRow, statuses: Sequence[ImageStatus] | None) -> Listing[ImageRow, Image]:
    """List the images of an order in upload order, all of them or those with some statuses."""
    key = (order.account_id, order.id)
    now = context.instant(order.account_id)
    chosen = None if statuses is None else tuple(dict.fromkeys(statuses))

    def read(part: Slice) -> Awaitable[Page[ImageRow]]:
        return context.loaders.images_of_orders.load((key, part, chosen, now))

    count = known(order.image_count + order.cancelled_count)
    if chosen is not None:
        count = partial(context.loaders.image_counts.load, (key, chosen, now))
    return Listing(_CURSORS, IMAGE_OF_ORDER_SPAN, read, count, partial(image, context=context))


def queue_of_production(context: Context) -> Listing[ImageRow, Image]:
    """List the images of all accounts that can be claimed now, most urgent first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[ImageRow]:
        found = await loaders.production_queue.load((context.now, part))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.queue_count.load, (context.now,))
    return Listing(_QUEUE_CURSORS, QUEUE_SPAN, read, count, partial(image, context=context))


@reads(NodeType.IMAGE)
async def image_node(context: Context, named: GlobalId) -> Image | None:
    """Return the image with this id; None if it does not exist."""
    row = await context.loaders.images.load(named.within_account)
    return None if row is None else image(row, context)


@reads(NodeType.REJECTION)
async def rejection_node(context: Context, named: GlobalId) -> Rejection | None:
    """Return the rejection with this id; None if it does not exist."""
    row = await context.loaders.rejections.load(named.within_account)
    return None if row is None else rejection(row)


@object_type
class ImageQueries:
    """Query fields of images."""

    @field(staff=True)
    async def production_queue(
        self, info: Info, first: First = _QUEUE_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image] | None:
        """Unclaimed images of all accounts that wait for production, earliest deadline first; for staff."""
        size = _QUEUE_SIZE if first is None else first
        return await info.context.page_of_all(lambda: queue_of_production(info.context).first(size, after))
