"""The commands that are possible on an order or an image, by its summary (domain rules, sections 3 and 5).

Each function returns the reason why a command would be refused at an instant (UTC), None if it would not. Commands
raise it, and answers list it as an action.
"""

from datetime import datetime, timedelta
from uuid import UUID

from app.domain.account import Account
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import require_expedite_window, require_gain
from app.domain.errors import DomainError
from app.domain.ledger.guarantee import allocate_expedite
from app.domain.orders.enums import ActionKind, OrderStatus
from app.domain.orders.refusals import (
    AlreadyDelivered,
    AlreadyExpedited,
    AlreadyLate,
    DeadlineNotOpen,
    ImageCancelled,
    NotCancellable,
    NotCompletable,
    NotDelivered,
    NotRejectable,
    OrderCancelled,
)
from app.domain.orders.summaries import ImageSummary, OrderSummary
from app.domain.wording import quoted


def not_expeditable(subject: OrderSummary | ImageSummary, at: datetime) -> DomainError | None:
    """Return the reason why no image of an order, or an image, can be expedited, by its own facts alone."""
    if subject.cancelled_at is not None:
        return _cancelled(subject, subject.cancelled_at)
    image_id = _image_id(subject)
    if subject.is_delivered:
        return AlreadyDelivered(_name(subject), image_id)
    if subject.expedited_at is not None:
        return AlreadyExpedited(_name(subject), image_id)
    if subject.due_at is not None and subject.due_at < at:
        return AlreadyLate(_name(subject), image_id, subject.due_at)
    return None


def expedite_refusal(subject: OrderSummary | ImageSummary, account: Account, at: datetime) -> DomainError | None:
    """Return the refusal of expediting an image, or all images of an order that can be, by all rules.

    A lasting refusal comes before that of the closed window, which opens again on Monday.
    """
    count = subject.undelivered_count if isinstance(subject, OrderSummary) else 1
    try:
        account.require_open(at)
        refusal = not_expeditable(subject, at)
        if refusal is None:
            require_expedite_window(at)
            day = account.day_at(at)
            parts = allocate_expedite(count, day.allowance)
            require_gain(parts, [subject.due_at] * count, at, day.sla.terms)
    except DomainError as found:
        return found
    return refusal


def reject_refusal(subject: OrderSummary | ImageSummary, at: datetime, period: timedelta) -> DomainError | None:
    """Return the refusal of rejecting an image, or all images of an order that can be, within a period from delivery.

    The end of the period is not within it.
    """
    if isinstance(subject, OrderSummary):
        delivered_at = subject.last_delivered_at
    else:
        delivered_at = None if subject.is_rejected else subject.delivered_at
    if delivered_at is None:
        return NotDelivered(_name(subject), _image_id(subject))
    until = delivered_at + period
    return None if at < until else NotRejectable(_name(subject), until, _image_id(subject))


def cancel_refusal(subject: OrderSummary | ImageSummary) -> DomainError | None:
    """Return the refusal of cancelling an order or an image."""
    if subject.cancelled_at is not None:
        return _cancelled(subject, subject.cancelled_at)
    if subject.begun_at is not None:
        return NotCancellable(_name(subject), subject.begun_at, _image_id(subject))
    return None


def complete_refusal(order: OrderSummary) -> DomainError | None:
    """Return the refusal of completing an order."""
    is_ready = order.status is OrderStatus.READY_FOR_DOWNLOAD
    return None if is_ready else NotCompletable(order.number, order.status)


def confirm_refusal(order: OrderSummary, at: datetime) -> DomainError | None:
    """Return the refusal of setting the order's deadline by staff, to whichever instant.

    That is when it has one, or when none could be met or missed any more: all images were delivered or cancelled, or
    the deadline that they kept at the plan level has passed and is frozen.
    """
    if order.cancelled_at is not None:
        return OrderCancelled(order.number, order.cancelled_at)
    is_set = order.deadline_status is DeadlineStatus.CONFIRMED
    is_frozen = order.due_at is not None and order.due_at < at
    is_closed = is_set or is_frozen or order.is_delivered
    return DeadlineNotOpen(order.number, order.due_at) if is_closed else None


def revise_refusal(order: OrderSummary, at: datetime) -> DomainError | None:
    """Return the refusal of an earlier deadline by staff, whichever it is.

    That is when they set none, a delivery plan is required since, it has passed, or all images were delivered or
    cancelled.
    """
    if order.cancelled_at is not None:
        return OrderCancelled(order.number, order.cancelled_at)
    is_set = order.confirmed_at is not None and order.deadline_status is DeadlineStatus.CONFIRMED
    is_ahead = order.due_at is not None and order.due_at >= at
    is_open = is_set and is_ahead and not order.is_delivered
    return None if is_open else DeadlineNotOpen(order.number, order.due_at, to_revise=True)


def order_actions(
    order: OrderSummary, account: Account, at: datetime, rejection_period: timedelta, *, by_staff: bool
) -> dict[ActionKind, DomainError | None]:
    """Return the commands on an order for a client or for staff, each with its refusal, None if it is possible."""
    actions = {
        ActionKind.EXPEDITE: expedite_refusal(order, account, at),
        ActionKind.REJECT: reject_refusal(order, at, rejection_period),
        ActionKind.COMPLETE: complete_refusal(order),
        ActionKind.CANCEL: cancel_refusal(order),
    }
    of_staff = {
        ActionKind.CONFIRM_DEADLINE: confirm_refusal(order, at),
        ActionKind.REVISE_DEADLINE: revise_refusal(order, at),
    }
    return actions | of_staff if by_staff else actions


def image_actions(
    image: ImageSummary, account: Account, at: datetime, rejection_period: timedelta
) -> dict[ActionKind, DomainError | None]:
    """Return the commands on an image, each with its refusal, None if it is possible."""
    return {
        ActionKind.EXPEDITE: expedite_refusal(image, account, at),
        ActionKind.REJECT: reject_refusal(image, at, rejection_period),
        ActionKind.CANCEL: cancel_refusal(image),
    }


def _cancelled(subject: OrderSummary | ImageSummary, cancelled_at: datetime) -> DomainError:
    if isinstance(subject, OrderSummary):
        return OrderCancelled(subject.number, cancelled_at)
    return ImageCancelled(subject.id, subject.filename, cancelled_at)


def _name(subject: OrderSummary | ImageSummary) -> str:
    return f"Order {subject.number}" if isinstance(subject, OrderSummary) else quoted(subject.filename)


def _image_id(subject: OrderSummary | ImageSummary) -> UUID | None:
    return None if isinstance(subject, OrderSummary) else subject.id
