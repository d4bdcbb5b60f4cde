"""Rows of the tables of orders with usual values, each of which a test may override by its column's name."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.inquiries import InquiryTopic
from app.domain.orders.enums import ImageStatus, OrderStatus, ServiceLevel
from app.services.ids import new_id
from db.tables.images import Image
from db.tables.inquiries import Inquiry
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.tables.reviews import Review
from db.tables.specifications import Specification, SpecificationVersion

PRICE: Final = Decimal("1.45")
STEPS: Final = [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}]


def specification_row(account_id: UUID, id_: UUID, created_at: datetime, **columns: Any) -> Specification:  # noqa: ANN401
    """Return a specification in its first version, not archived."""
    usual: dict[str, Any] = {"current_version": 1, "archived_at": None}
    return Specification(account_id=account_id, id=id_, created_at=created_at, **(usual | columns))


def version_row(specification: Specification, **columns: Any) -> SpecificationVersion:  # noqa: ANN401
    """Return a version of a specification: of two steps, at 1.45 USD an image."""
    usual: dict[str, Any] = {"version": 1, "name": "Ghost", "price_per_image": PRICE, "currency": "USD", "steps": STEPS}
    usual |= {"account_id": specification.account_id, "specification_id": specification.id}
    usual |= {"created_at": specification.created_at}
    return SpecificationVersion(**(usual | columns))


def order_row(account_id: UUID, id_: UUID, placed_at: datetime, **columns: Any) -> Order:  # noqa: ANN401
    """Return a standard order of one image in production; `specification_id` is required."""
    usual: dict[str, Any] = {
        "number": 1,
        "name": "Shoes",
        "specification_version": 1,
        "service_level": ServiceLevel.STANDARD,
        "status": OrderStatus.IN_PRODUCTION,
        "deadline_status": DeadlineStatus.CONFIRMED,
        "sla_version": 1,
        "first_position": 1,
        "last_position": 1,
        "image_count": 1,
        "delivered_count": 0,
        "rejected_count": 0,
        "price": PRICE,
        "currency": "USD",
    }
    usual |= dict.fromkeys(("due_at", "late_at", "delivered_at", "completed_at", "cancelled_at", "split_from"))
    usual |= dict.fromkeys(("expedited_at", "first_expedite_position", "last_expedite_position", "confirmed_at"))
    return Order(account_id=account_id, id=id_, placed_at=placed_at, **(usual | columns))


def image_row(order: Order, id_: UUID, number: int, **columns: Any) -> Image:  # noqa: ANN401
    """Return the image of a number in an order, with the order's deadline; it is late unless delivered in time."""
    expedite = order.first_expedite_position
    usual: dict[str, Any] = {
        "filename": "a.jpg",
        "status": ImageStatus.QUEUED if order.cancelled_at is None else ImageStatus.CANCELLED,
        "service_level": order.service_level,
        "specification_id": order.specification_id,
        "specification_version": order.specification_version,
        "uploaded_at": order.placed_at,
        "position": order.first_position + number - 1,
        "expedite_position": None if expedite is None else expedite + number - 1,
        "price": PRICE,
        "due_at": order.due_at,
        "late_at": late_at(order.due_at, columns.get("first_delivered_at"), order.cancelled_at),
        "cancelled_at": order.cancelled_at,
        "review_by": None if columns.get("first_delivered_at") or order.cancelled_at else order.review_by,
    }
    usual |= dict.fromkeys(("first_delivered_at", "delivered_at", "first_rejected_at", "rejected_at", "redo_due_at"))
    usual |= dict.fromkeys(("claimed_by", "claimed_until", "first_claimed_at"))
    return Image(account_id=order.account_id, id=id_, order_id=order.id, number=number, **(usual | columns))


def rejection_row(
    account_id: UUID, id_: UUID, image_id: UUID, *, at: datetime, due_at: datetime, redelivered_at: datetime | None
) -> Rejection:
    """Return the rejection of an image for a halo."""
    return Rejection(
        account_id=account_id,
        id=id_,
        image_id=image_id,
        at=at,
        reason="halo",
        due_at=due_at,
        late_at=late_at(due_at, redelivered_at, None),
        redelivered_at=redelivered_at,
        sla_version=1,
    )


def review_row(image: Image, number: int, begun_at: datetime, due_at: datetime, ended_at: datetime | None) -> Review:
    """Return the review of a number of an image, late unless it ended in time."""
    late = late_at(due_at, ended_at, image.cancelled_at)
    return Review(
        account_id=image.account_id,
        image_id=image.id,
        number=number,
        begun_at=begun_at,
        due_at=due_at,
        late_at=late,
        ended_at=ended_at,
    )


def new_inquiry(account_id: UUID, at: datetime, text: str = "When?", **columns: Any) -> Inquiry:  # noqa: ANN401
    """Return an inquiry of an account about no order, due five hours later and not answered."""
    usual: dict[str, Any] = {"topic": InquiryTopic.SUPPORT, "due_at": at + timedelta(hours=5)}
    usual |= dict.fromkeys(("order_id", "answer", "answered_at"))
    return Inquiry(account_id=account_id, id=new_id(at), text=text, created_at=at, **(usual | columns))
