"""The rows of orders, their images, rejections and reviews, in the order of the tables' columns, and their changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from app.domain.orders.reviews import open_review, review_by, review_ended_at, review_late_at
from app.domain.orders.state import (
    ImageState,
    OrderState,
    RejectionState,
    ReviewState,
    image_late_at,
    image_status,
    order_figures,
)
from app.domain.orders.tallies import tally_order
from app.domain.pulse.rollups import Tally
from app.turns import paced
from db.columns import attributes_of, key_of
from db.tables.base import Table
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.tables.reviews import Review

Row: TypeAlias = tuple[Any, ...]
Orders: TypeAlias = Iterable[tuple[UUID, OrderState]]
"""Orders, each with its account."""


class Changes:
    """The attributes of a table's rows that change once they are written, found by their key; `fixed` ones do not.

    A command that changes another attribute moves it from the fixed ones to these.
    """

    def __init__(self, table: type[Table], fixed: tuple[str, ...]) -> None:
        key = key_of(table)
        self.attributes: Final = attributes_of(table, but=(*key, *fixed))
        index = attributes_of(table).index
        self._key: Callable[[Row], Row] = itemgetter(*map(index, key))
        self._changeable: Callable[[Row], Row] = itemgetter(*map(index, (*key, *self.attributes)))
        self._fixed: Callable[[Row], Row] = itemgetter(*map(index, fixed))

    def between(self, before: Sequence[Row], after: list[Row]) -> "ChangedRows":
        """Return the rows of `after` to add, and of those that differ from `before` their keys and attributes.

        Raises ValueError for a row with another fixed attribute, and for one that is missing: neither would be written.
        """
        if not before:  # orders are placed, of which each may have many images
            return ChangedRows(after, [])
        key = self._key
        stored = {key(row): row for row in before}
        kept = [(row, stored[key(row)]) for row in after if key(row) in stored]
        if any(self._fixed(row) != self._fixed(was) for row, was in kept):
            raise ValueError("A command changes an attribute that is fixed.")
        if len(kept) < len(stored):
            raise ValueError("A command removes a row.")
        return ChangedRows(
            [row for row in after if key(row) not in stored],
            [self._changeable(row) for row, was in kept if self._changeable(row) != self._changeable(was)],
        )


class ChangedRows(NamedTuple):
    """Whole rows of a table to add, and the keys and changing attributes of those to change."""

    added: list[Row]
    changed: list[Row]


ORDERS: Final = Changes(
    Order,
    fixed=(
        *("number", "name", "specification_id", "specification_version"),
        *("placed_at", "currency", "split_from", "external_reference", "instructions"),
    ),
)
IMAGES: Final = Changes(  # but for those that only a claim changes
    Image,
    fixed=(
        *("number", "filename", "specification_id", "specification_version"),
        *("uploaded_at", "position", "first_claimed_at", "external_reference", "instructions", "preview_url"),
    ),
)
REJECTIONS: Final = Changes(Rejection, fixed=("image_id", "at", "reason", "category"))
REVIEWS: Final = Changes(Review, fixed=("begun_at", "due_at"))


class OrderRows(NamedTuple):
    """The changed rows of orders, their images, rejections and reviews, and the changes to the rollups by account."""

    orders: ChangedRows
    images: ChangedRows
    rejections: ChangedRows
    reviews: ChangedRows
    tallies: Mapping[UUID, Tally]


def changed_rows(before: Orders, after: Orders) -> OrderRows:
    """Return the rows to add and to change, so that the database has `after` where it has `before`."""
    tallies: defaultdict[UUID, Tally] = defaultdict(Tally)
    stored, wanted = _rows(before, tallies, -1), _rows(after, tallies, 1)
    orders, images, rejections, reviews = (
        changes.between(*rows)
        for changes, *rows in zip((ORDERS, IMAGES, REJECTIONS, REVIEWS), stored, wanted, strict=True)
    )
    return OrderRows(orders, images, rejections, reviews, tallies)


def _rows(
    orders: Orders, tallies: Mapping[UUID, Tally], sign: int
) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Return the rows of orders, their images, and these images' rejections and ended reviews; count with a sign."""
    rows: tuple[list[Row], list[Row], list[Row], list[Row]] = [], [], [], []
    for account_id, order in orders:
        tally_order(tallies[account_id], order, sign)
        rows[0].append(_order_row(account_id, order))
        for image in paced(order.images):
            review = open_review(image) if image.reviews else None
            rows[1].append(_image_row(account_id, order, image, review))
            rows[2].extend(_rejection_row(account_id, image, rejection) for rejection in image.rejections)
            if image.reviews and image.reviews[0] is not review:
                rows[3].extend(review_rows(account_id, image, review))
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
        figures.image_count,
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
        order.external_reference,
        order.instructions,
        order.updated_at,
        figures.cancelled_count,
        figures.begun_at,
        figures.last_delivered_at,
        None if order.revision is None else order.revision.at,
        None if order.revision is None else order.revision.first_due_at,
        figures.thumbnail_url,
        review_by(order),
    )


def _image_row(account_id: UUID, order: OrderState, image: ImageState, review: ReviewState | None) -> Row:
    rejection, claim = image.open_rejection, image.claim
    return (
        account_id,
        image.id,
        order.id,
        image.number,
        image.filename,
        image_status(image),
        order.service_level,
        order.specification.id,
        order.specification.version,
        order.placed_at,
        image.position,
        image.expedite_position,
        image.price,
        image.due_at,
        image_late_at(image),
        image.first_delivered_at,
        image.delivered_at,
        image.first_rejected_at,
        None if rejection is None else rejection.at,
        None if rejection is None else rejection.due_at,
        image.cancelled_at,
        None if claim is None else claim.worker,
        None if claim is None else claim.until,
        image.first_claimed_at,
        image.external_reference,
        image.instructions,
        image.preview_url,
        *image.result,
        image.delivered_by,
        None if review is None else review.due_at,
    )


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
        rejection.category,
    )


def review_rows(account_id: UUID, image: ImageState, still_open: ReviewState | None) -> Iterator[Row]:
    """Yield the rows of the reviews that have ended; the open one is in the row of its image."""
    for number, review in enumerate(image.reviews, start=1):
        if review is not still_open:
            late_at, ended_at = review_late_at(image, review), review_ended_at(image, review)
            yield account_id, image.id, number, review.begun_at, review.due_at, late_at, ended_at
