"""Samples of typed events of orders, which tests write as rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus
from app.domain.events import kinds
from app.domain.events.facts import (
    Change,
    ExpeditedImage,
    OrderChanges,
    OrderFacts,
    PlacedImage,
    Progress,
    RejectedImage,
)
from app.domain.events.inquiry_kinds import InquiryOpened
from app.domain.events.kinds import OrderPlaced
from app.domain.inquiries import InquiryTopic
from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.tables.images import Image
from db.tables.inquiries import Inquiry
from db.tables.orders import Order
from db.tables.rejections import Rejection

WORKER: Final = "Ada"
NOTE: Final = "as agreed"


def events_of_images(order: Order, rejections: Sequence[Rejection], at: datetime) -> Iterator[kinds.Event]:
    """Yield an event of each type about images but ORDER_PLACED, about the rejected images of an order."""
    images = tuple(rejection.image_id for rejection in rejections)
    counts = Progress(OrderStatus.IN_PRODUCTION, 0, 0, None), Progress(OrderStatus.IN_PRODUCTION, 1, 0, None)
    changes = OrderChanges(due_at=Change(None, at))
    expedited = OrderChanges(service_level=Change(ServiceLevel.STANDARD, ServiceLevel.EXPEDITED))
    yield kinds.ImagesClaimed(WORKER, at, images)
    yield kinds.ClaimExpired(WORKER, at, images)
    yield kinds.ImagesDelivered(*counts, images, WORKER)
    yield kinds.OperationsRecorded(images, ("CLIPPING",), len(images), WORKER)
    yield kinds.ImagesRejected(
        *counts, tuple(RejectedImage(each.image_id, each.id, each.reason, at, 1) for each in rejections)
    )
    yield kinds.OrderExpedited(None, expedited, order.price, tuple(ExpeditedImage(id_, 1) for id_ in images))
    yield kinds.ImagesCancelled(OrderChanges(image_count=Change(2, 1)), images)
    yield kinds.DeadlineConfirmed(changes, images, order.price, NOTE)
    yield kinds.DeadlineRevised(at, at, images, NOTE)
    yield kinds.DeadlineAtRisk(DeadlineKind.DELIVERY, at, images)
    yield kinds.DeadlineMissed(DeadlineKind.REDO, at, images)
    yield kinds.ReviewOverdue(at, images)


def order_placed(order: Order, images: Sequence[Image]) -> OrderPlaced:
    """Return the ORDER_PLACED event of an order's row."""
    facts = OrderFacts(
        number=order.number,
        name=order.name,
        status=OrderStatus.IN_PRODUCTION,
        specification_id=order.specification_id,
        specification_version=order.specification_version,
        service_level=ServiceLevel(order.service_level),
        deadline_status=DeadlineStatus(order.deadline_status),
        due_at=order.due_at,
        sla_version=order.sla_version,
        image_count=order.image_count,
        price=order.price,
        currency=order.currency,
        placed_at=order.placed_at,
        expedited_at=order.expedited_at,
        confirmed_at=None,
        completed_at=None,
        cancelled_at=None,
        split_from=order.split_from,
    )
    return OrderPlaced(
        order=facts,
        first_number=1,
        first_position=order.first_position,
        first_expedite_position=order.first_expedite_position,
        price_per_image=images[0].price,
        images=tuple(PlacedImage(image.id, image.filename) for image in images),
    )


def inquiry_event(inquiry: Inquiry) -> InquiryOpened:
    """Return the INQUIRY_OPENED event of an inquiry's row."""
    return InquiryOpened(inquiry.id, InquiryTopic(inquiry.topic), inquiry.due_at, inquiry.text)
