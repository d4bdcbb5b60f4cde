"""Query fields of images, and the lists of images and rejections."""

from collections.abc import Awaitable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.image.types import Image, Rejection, image, rejection
from app.domain.orders.enums import ImageStatus
from db.queries.images import IMAGE_OF_ORDER_SPAN, ImageRow
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from db.queries.queue import QUEUE_SPAN, at_risk_span
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing, known
from engine.cursors import ID, INSTANT, NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.ids import GlobalId
from engine.nodes import reads

if TYPE_CHECKING:
    pass

_CURSORS: Final = CursorKind("images", (NUMBER, ID))


_QUEUE_SIZE: Final = 50
_QUEUE_CURSORS: Final = CursorKind("productionQueue", (INSTANT, INSTANT, INSTANT, ID))
_AT_RISK_CURSORS: Final = CursorKind("atRisk", (INSTANT, INSTANT, ID))
_AT_RISK_WITHIN: Final = timedelta(hours=2)
_LONGEST_WITHIN: Final = timedelta(days=366)


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
    return Listing(_CURSORS, IMAGE_OF_ORDER_SPAN, read, count, partial(image, context=context), key)


def queue_of_production(context: Context) -> Listing[ImageRow, Image]:
    """List the images of all accounts that can be claimed now, most urgent first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[ImageRow]:
        found = await loaders.production_queue.load((context.now, part))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.queue_count.load, (context.now,))
    return Listing(_QUEUE_CURSORS, QUEUE_SPAN, read, count, partial(image, context=context))


def images_at_risk(context: Context, within: timedelta) -> Listing[ImageRow, Image]:
    """List the undelivered images of all accounts that are due within a time or overdue, earliest deadline first."""
    loaders, until = context.loaders, context.now + within

    async def read(part: Slice) -> Page[ImageRow]:
        found = await loaders.images_at_risk.load((until, part))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.at_risk_count.load, (until,))
    return Listing(_AT_RISK_CURSORS, at_risk_span(until), read, count, partial(image, context=context))


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
        """Unclaimed images of all accounts that wait for production, earliest deadline first; for staff.

        Images without a deadline follow all others, by the instant by which it is promised.
        """
        size = _QUEUE_SIZE if first is None else first
        return await info.context.page_of_all_accounts(lambda: queue_of_production(info.context).first(size, after))

    @field(staff=True)
    async def at_risk(
        self,
        info: Info,
        within: Annotated[
            timedelta | None,
            strawberry.argument(description="The time within which the images are due, up to 366 days."),
        ] = _AT_RISK_WITHIN,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
    ) -> Connection[Image] | None:
        """Undelivered images of all accounts that are due soon or overdue, earliest deadline first; for staff.

        Claimed images are included; a rejected image is listed by the deadline of its redo, one whose deadline or
        delivery plan is still owed by the instant by which it is promised.
        """
        context, time = info.context, _AT_RISK_WITHIN if within is None else within
        if time > _LONGEST_WITHIN:
            raise bad_input("within", "Must be at most 366 days.")
        return await context.page_of_all_accounts(lambda: images_at_risk(context, time).first(first, after))
