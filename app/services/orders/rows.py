"""Orders as the rows they come to, in the order of the tables' columns, and what changes of those that are there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.orders.state import (
    ImageState,
    OrderState,
    RejectionState,
    image_late_at,
    image_status,
    order_figures,
    tally_order,
)
from app.domain.pulse.rollups import Tally
from db.columns import attributes_of
from db.tables.base import Table
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection

Row: TypeAlias = tuple[Any, ...]


_KEY: Final = ("account_id", "id")
ORDER_CHANGES: Final = attributes_of(
    Order,
    but=(
        *_KEY,
        *("number", "name", "specification_id", "specification_version"),
        *("placed_at", "currency", "split_from"),
    ),
)
"""The attributes of an order that change once it is written."""

IMAGE_CHANGES: Final = attributes_of(
    Image,
    but=(
        *_KEY,
        *("number", "filename", "specification_id", "specification_version"),
        *("uploaded_at", "position", "first_claimed_at"),
    ),
)
"""The attributes of an image that change once it is written, but for those that only a claim changes."""

REJECTION_CHANGES: Final = attributes_of(Rejection, but=(*_KEY, "image_id", "at", "reason"))
"""The attributes of a rejection that change once it is written."""


class _Sorted:
    """Rows of one table: those to add, and what changes of those to keep."""

    def __init__(self, table: type[Table], changes: Sequence[str]) -> None:
        self.added: list[Row] = []
        self.changed: list[Row] = []
        self._changeable: Callable[[Row], Row] = itemgetter(*map(attributes_of(table).index, (*_KEY, *changes)))
        self._stored: dict[UUID, Row] = {}

    def store(self, rows: Iterable[Row]) -> None:
        """Note what is in the database."""
        self._stored.update({row[1]: self._changeable(row) for row in rows})

    def sort(self, rows: Iterable[Row]) -> None:
        """Note what is to be in the database."""
        if not self._stored:  # orders are placed, of which each may have many images
            self.added.extend(rows)
            return
        for row in rows:
            stored = self._stored.get(row[1])
            if stored is None:
                self.added.append(row)
            elif stored != (changeable := self._changeable(row)):
                self.changed.append(changeable)


@dataclass(slots=True)
class OrderRows:
    """Rows of orders, their images and the rejections of these, and what they change in the rollups of accounts."""

    orders: _Sorted = field(default_factory=lambda: _Sorted(Order, ORDER_CHANGES))
    images: _Sorted = field(default_factory=lambda: _Sorted(Image, IMAGE_CHANGES))
    rejections: _Sorted = field(default_factory=lambda: _Sorted(Rejection, REJECTION_CHANGES))
    tallies: dict[UUID, Tally] = field(default_factory=dict[UUID, Tally])

    def tally(self, account_id: UUID, order: OrderState, sign: int) -> None:
        """Count an order in the rollups of its account."""
        tally_order(self.tallies.setdefault(account_id, Tally()), order, sign)


def changed_rows(before: Iterable[tuple[UUID, OrderState]], after: Iterable[tuple[UUID, OrderState]]) -> OrderRows:
    """Return what is to be added and changed, so that the database has `after` where it has `before`."""
    rows = OrderRows()
    for account_id, order in before:
        rows.tally(account_id, order, -1)
        rows.orders.store([_order_row(account_id, order)])
        rows.images.store(_image_rows(account_id, order))
        rows.rejections.store(_rejection_rows(account_id, order))
    for account_id, order in after:
        rows.tally(account_id, order, 1)
        rows.orders.sort([_order_row(account_id, order)])
        rows.images.sort(_image_rows(account_id, order))
        rows.rejections.sort(_rejection_rows(account_id, order))
    return rows


def _order_row(account_id: UUID, order: OrderState) -> Row:
    figures, kept = order_figures(order), order.kept
    return (
        account_id,
        order.id,
        order.number,
        order.name,
        order.specification.id,
        order.specification.version,
        order.service_level,
        figures.status,
        order.placed_at,
        order.deadline_status,
        order.due_at,
        figures.late_at,
        order.sla_version,
        figures.first_position,
        figures.last_position,
        order.expedited_at,
        figures.first_expedite_position,
        figures.last_expedite_position,
        order.confirmed_at,
        len(order.images),
        figures.delivered_count,
        figures.rejected_count,
        figures.price,
        order.specification.currency,
        figures.delivered_at,
        order.completed_at,
        order.cancelled_at,
        order.split_from,
        None if kept is None else kept.due_at,
        None if kept is None else kept.sla_version,
    )


def _image_rows(account_id: UUID, order: OrderState) -> Iterable[Row]:
    return (_image_row(account_id, order, image) for image in order.images)


def _image_row(account_id: UUID, order: OrderState, image: ImageState) -> Row:
    rejection, claim = image.open_rejection, image.claim
    return (
        account_id,
        image.id,
        order.id,
        image.number,
        image.filename,
        image_status(order, image),
        order.service_level,
        order.specification.id,
        order.specification.version,
        order.placed_at,
        image.position,
        image.expedite_position,
        image.price,
        image.due_at,
        image_late_at(order, image),
        image.first_delivered_at,
        image.delivered_at,
        image.first_rejected_at,
        None if rejection is None else rejection.at,
        None if rejection is None else rejection.due_at,
        order.cancelled_at,
        None if claim is None else claim.worker,
        None if claim is None else claim.until,
        image.first_claimed_at,
    )


def _rejection_rows(account_id: UUID, order: OrderState) -> Iterable[Row]:
    return (_rejection_row(account_id, image, each) for image in order.images for each in image.rejections)


def _rejection_row(account_id: UUID, image: ImageState, rejection: RejectionState) -> Row:
    return (
        account_id,
        rejection.id,
        image.id,
        rejection.at,
        rejection.reason,
        rejection.due_at,
        rejection.late_at,
        rejection.redelivered_at,
        rejection.sla_version,
    )
