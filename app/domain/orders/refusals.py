"""Refusals to change an order, each with its data (domain rules, sections 3 and 5)."""
# ruff: noqa: N818 - refusals are named by their case: AlreadyLate, not AlreadyLateError

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.domain.bounds import MAX_PORTIONS
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.orders.enums import OrderStatus
from app.domain.wording import quoted


class NotExpeditable(DomainError):
    """An order or, with `image_id`, an image that cannot be expedited; `name` names it for people."""

    def __init__(self, name: str, image_id: UUID | None, reason: str) -> None:
        super().__init__(f"{name} {reason}.")
        self.image_id = image_id


class AlreadyExpedited(NotExpeditable):
    """The order or image was expedited before."""

    def __init__(self, name: str, image_id: UUID | None = None) -> None:
        super().__init__(name, image_id, "is already expedited")


class AlreadyDelivered(NotExpeditable):
    """Each image of the order, or the image, was delivered before, whether rejected since or not."""

    def __init__(self, name: str, image_id: UUID | None = None) -> None:
        super().__init__(name, image_id, "has already been delivered")


class AlreadyLate(NotExpeditable):
    """The deadline of the order or image has passed; it is frozen."""

    def __init__(self, name: str, image_id: UUID | None, due_at: datetime) -> None:
        super().__init__(name, image_id, f"was due at {rfc3339(due_at)} and is already late")
        self.due_at = due_at


class NotDelivered(DomainError):
    """An image, or an order without any, that has no delivery to reject: never delivered, or its redo is awaited.

    `name` names it for people; `image_id` is None for an order.
    """

    def __init__(self, name: str, image_id: UUID | None = None) -> None:
        super().__init__(f"{name} has no delivery that could be rejected.")
        self.image_id = image_id


class NotRejectable(DomainError):
    """An image, or all delivered ones of an order, whose delivery was too long ago to be rejected.

    It could be rejected before `rejectable_until` (UTC).
    """

    def __init__(self, name: str, rejectable_until: datetime, image_id: UUID | None = None) -> None:
        super().__init__(f"{name} could be rejected until {rfc3339(rejectable_until)}.")
        self.rejectable_until = rejectable_until
        self.image_id = image_id


class NotClaimed(DomainError):
    """An image that a worker does not hold, or holds no longer."""

    def __init__(self, image_id: UUID, filename: str, worker: str) -> None:
        super().__init__(f"{quoted(filename)} is not claimed by {quoted(worker)}.")
        self.image_id = image_id
        self.filename = filename
        self.worker = worker


class NotCompletable(DomainError):
    """An order that is not ready for download."""

    def __init__(self, number: int, status: OrderStatus) -> None:
        super().__init__(f"Order {number} is {status}: only one that is {OrderStatus.READY_FOR_DOWNLOAD} completes.")
        self.number = number
        self.status = status


class OrderCancelled(DomainError):
    """The order was cancelled, so it cannot change any more."""

    def __init__(self, number: int, cancelled_at: datetime) -> None:
        super().__init__(f"Order {number} was cancelled at {rfc3339(cancelled_at)}.")
        self.number = number
        self.cancelled_at = cancelled_at


class ImageCancelled(DomainError):
    """The image was cancelled, so it cannot change any more."""

    def __init__(self, image_id: UUID, filename: str, cancelled_at: datetime) -> None:
        super().__init__(f"{quoted(filename)} was cancelled at {rfc3339(cancelled_at)}.")
        self.image_id = image_id
        self.filename = filename
        self.cancelled_at = cancelled_at


class NotCancellable(DomainError):
    """Production of the order, or of the image `image_id`, began at `begun_at` (UTC) by a claim or a delivery."""

    def __init__(self, name: str, begun_at: datetime, image_id: UUID | None = None) -> None:
        super().__init__(f"{name} cannot be cancelled: its production has begun.")
        self.begun_at = begun_at
        self.image_id = image_id


class DeadlineNotOpen(DomainError):
    """Staff set a deadline only where there is none, or the plan level asks for one, and an image still needs it.

    They revise only a deadline that they set. `deadline` (UTC) is the one that the order has, None without one.
    """

    def __init__(self, number: int, deadline: datetime | None, *, to_revise: bool = False) -> None:
        closed = "has no deadline to revise: staff set none" if to_revise else "awaits no deadline: it has one"
        super().__init__(f"Order {number} {closed}, or none of its images needs one any more.")
        self.number = number
        self.deadline = deadline


class DeadlineNotAhead(DomainError):
    """A deadline that staff would set at `at` but not after it, or not before the `present` one of the images; UTC.

    It may be for the portion `index` of them, counted from 0; None for all.
    """

    def __init__(self, due_at: datetime, at: datetime, present: datetime | None, index: int | None = None) -> None:
        limit = f"after {rfc3339(at)}, when it is set"
        if due_at > at and present is not None:
            limit = f"earlier than {rfc3339(present)}, which the images have"
        super().__init__(f"The deadline {rfc3339(due_at)} is not {limit}.")
        self.due_at = due_at
        self.earliest = at + timedelta(microseconds=1)
        self.before = present
        self.index = index


class PortionsOutOfRange(DomainError):
    """A number of portions, `given`, that is not from `least` to `most`."""

    def __init__(self, given: int) -> None:
        super().__init__(f"There must be 1 to {MAX_PORTIONS} portions, not {given:,}.")
        self.given = given
        self.least = Decimal(1)
        self.most = Decimal(MAX_PORTIONS)


class PortionEmpty(DomainError):
    """The portion `index`, counted from 0, which has `given` images: fewer than `least`."""

    def __init__(self, index: int, given: int) -> None:
        super().__init__(f"A portion must have an image at least, not {given:,}.")
        self.index = index
        self.given = given
        self.least = Decimal(1)


class PortionsDiffer(DomainError):
    """Portions that have other images, `given` together, than those `awaiting` a deadline."""

    def __init__(self, given: int, awaiting: int) -> None:
        super().__init__(f"The portions have {given:,} images together, and {awaiting:,} await a deadline.")
        self.given = given
        self.awaiting = awaiting


class PortionNotLater(DomainError):
    """The deadline (UTC) of the portion `index`, counted from 0, which is not after `former` of the one before it."""

    def __init__(self, index: int, due_at: datetime, former: datetime) -> None:
        limit = f"after {rfc3339(former)} of the portion before it"
        super().__init__(f"The deadline {rfc3339(due_at)} is not {limit}.")
        self.index = index
        self.due_at = due_at
        self.earliest = former + timedelta(microseconds=1)
