"""The deadlines that staff set for images of an order line, one for an order or several for its portions."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby, pairwise
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.errors import DomainError, Refusals
from app.domain.events.new_events import NewEvent
from app.domain.events.orders import portioned
from app.domain.instants import rfc3339
from app.domain.orders.changes import confirm, is_open_at
from app.domain.orders.history import as_of
from app.domain.orders.portions import Portion, confirm_portions
from app.domain.orders.state import OrderState
from app.domain.sla.terms import SlaInForce
from app.services.ids import new_ids
from app.services.imports.lines import DeadlinePart, OrderLine
from app.services.imports.refusals import LineRefused

_MICROSECOND: Final = timedelta(microseconds=1)


class _Named(NamedTuple):
    """A deadline that staff set for an image; `number` is the image's in the line, from 0."""

    number: int
    deadline: DeadlinePart

    @property
    def field(self) -> str:
        """The field of the line that has it."""
        return f"images[{self.number}].deadline"


def confirmed(
    line: OrderLine, orders: Sequence[OrderState], sla: SlaInForce, first_number: int
) -> tuple[list[OrderState], list[NewEvent]]:
    """Return the placed orders of a line with the deadlines that staff set for them, and their splits into portions.

    The orders that portions became are last, numbered from `first_number` in the order in which staff made them. Raises
    LineRefused.
    """
    named = {order.id: list(_named(line, order)) for order in orders}
    changed, portions, splits = {order.id: order for order in orders}, list[OrderState](), list[NewEvent]()
    for order in sorted((each for each in orders if named[each.id]), key=lambda each: _turn(each, named[each.id])):
        at = named[order.id][0].deadline.confirmed_at
        changed[order.id], *siblings = after = _confirmed(line, order, named[order.id], sla, first_number)
        splits += portioned(as_of(order, at - _MICROSECOND), after, at)
        portions += siblings
        first_number += len(siblings)
    return [*changed.values(), *portions], splits


def require_no_later_portions(orders: Sequence[OrderState], changed: Collection[UUID | None], at: datetime) -> None:
    """Raise LineRefused for a line at an instant that changes orders, if staff set deadlines for portions of one later.

    `orders` are all that the line of the placement became.
    """
    known = {order.id: order for order in orders}
    for order in orders:
        origin = None if order.split_from is None else known.get(order.split_from)
        set_at = order.confirmed_at
        if origin is None or set_at is None or set_at <= at or _plan(order) != _plan(origin):
            continue
        if order.id in changed or origin.id in changed:
            reason = f"staff set deadlines for portions of an order of these images later, at {rfc3339(set_at)}"
            raise LineRefused("at", reason)


def _plan(order: OrderState) -> tuple[object, ...]:
    """Return what portions of an order have in common, and no other two siblings."""
    return order.service_level, order.kept, order.confirmed_at


def _named(line: OrderLine, order: OrderState) -> Iterator[_Named]:
    for image in order.images:
        deadline = line.images[image.number - 1].deadline
        if deadline is not None:
            yield _Named(image.number - 1, deadline)


def _turn(order: OrderState, named: Sequence[_Named]) -> tuple[datetime, int]:
    return named[0].deadline.confirmed_at, order.number


def _confirmed(
    line: OrderLine, order: OrderState, named: Sequence[_Named], sla: SlaInForce, first_number: int
) -> tuple[OrderState, ...]:
    """Return an order with the deadline that staff set for it, or its portions; raises LineRefused."""
    first = named[0]
    at = first.deadline.confirmed_at
    if order.deadline_status is DeadlineStatus.CONFIRMED:
        raise LineRefused(first.field, f"the rules give {order.service_level} images their deadline")
    for other in named:
        if other.deadline.confirmed_at != at:
            reason = f"images of one order share a confirmedAt, and images[{first.number}]'s differs"
            raise LineRefused(other.field, reason)
    try:
        if len({each.deadline.at for each in named}) == 1:
            return (confirm(order, at, first.deadline.at, sla),)
        portions = _portions(line, order, at)
        return confirm_portions(order, at, portions, sla, first_number, partial(new_ids, at))
    except DomainError as error:
        refusal = error.refusals[0] if isinstance(error, Refusals) else error
        raise LineRefused(first.field, str(refusal)) from error


def _portions(line: OrderLine, order: OrderState, at: datetime) -> list[Portion]:
    """Return the portions of an order whose images have several deadlines; raises LineRefused."""
    awaiting: list[_Named] = []
    for image in order.images:
        if is_open_at(image, at):
            deadline = line.images[image.number - 1].deadline
            if deadline is None:
                reason = "is missing: other images of the order have several, and it was not delivered yet"
                raise LineRefused(f"images[{image.number - 1}].deadline", reason)
            awaiting.append(_Named(image.number - 1, deadline))
    for former, other in pairwise(awaiting):
        if other.deadline.at < former.deadline.at:
            reason = f"is before images[{former.number}]'s: portions are in the order of upload"
            raise LineRefused(other.field, reason)
    grouped = groupby(awaiting, key=lambda each: each.deadline.at)
    return [Portion(len(list(images)), due_at) for due_at, images in grouped]
