"""Studios: accounts with terms, specifications, orders and images in any state, for all tests.

The rows are as a history would have left them, and the rollups agree with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.deadlines.rules import initial_deadline, rejection_deadline
from app.domain.events import kinds
from app.domain.events.stored import to_json
from app.domain.local_time import time_zone
from app.domain.orders.enums import ImageStatus, OrderStatus, ServiceLevel
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.counters import lock_counters, save_counters
from app.services.accounts.opening import create_account
from app.services.ids import new_id, new_ids
from app.services.rollups import write_rollups
from db.connections import Pool
from db.tables.accounts import LedgerDay, SlaVersion
from db.tables.base import Table
from db.tables.events import Event
from db.tables.images import Image
from db.tables.inquiries import Inquiry
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.tables.reviews import Review
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer, unit_of_work
from tests.support.events.samples import order_placed
from tests.support.rows import PRICE, image_row, order_row, rejection_row, specification_row, version_row
from tests.support.sla import TERMS

_Columns: TypeAlias = dict[str, Any]

CREATED_AT: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_OPEN_STATUSES: Final = {
    ServiceLevel.ADDITIONAL: DeadlineStatus.TO_BE_CONFIRMED,
    ServiceLevel.EXPEDITED_PLAN: DeadlineStatus.PLAN_REQUIRED,
}
"""The status of a deadline that staff are still to set, by the levels that have such deadlines."""


@dataclass(frozen=True, slots=True)
class Photo:
    """An image to add: its rejections are instants, each with that of its redelivery or None."""

    filename: str = "a.jpg"
    delivered_at: datetime | None = None
    rejections: tuple[tuple[datetime, datetime | None], ...] = ()

    @property
    def last_delivered_at(self) -> datetime | None:
        redelivered = [at for _, at in self.rejections if at is not None]
        return redelivered[-1] if redelivered else self.delivered_at

    @property
    def rejected_at(self) -> datetime | None:
        """The instant of the open rejection."""
        return self.rejections[-1][0] if self.rejections and self.rejections[-1][1] is None else None

    @property
    def is_delivered(self) -> bool:
        return self.delivered_at is not None and self.rejected_at is None


@dataclass(slots=True)
class Studio:
    """An account to open, and the rows to write for it; `id` is known once it is open."""

    name: str = "ACME"
    plan: Plan = Plan.PROFESSIONAL
    zone: str = "Europe/Copenhagen"
    created_at: datetime = CREATED_AT
    images_per_day: int = 200
    expedites_per_day: int = 20
    ref: str | None = None
    id: UUID = field(default_factory=lambda: UUID(int=0))
    orders: list[Order] = field(default_factory=list[Order])
    images: list[Image] = field(default_factory=list[Image])
    rejections: list[Rejection] = field(default_factory=list[Rejection])
    reviews: list[Review] = field(default_factory=list[Review])
    specifications: list[Specification] = field(default_factory=list[Specification])
    specification_versions: list[SpecificationVersion] = field(default_factory=list[SpecificationVersion])
    events: list[Event] = field(default_factory=list[Event])
    days: list[LedgerDay] = field(default_factory=list[LedgerDay])
    versions: list[SlaVersion] = field(default_factory=list[SlaVersion])
    inquiries: list[Inquiry] = field(default_factory=list[Inquiry])

    def specification(
        self,
        name: str = "Ghost",
        price: str = "1.45",
        *,
        at: datetime | None = None,
        archived_at: datetime | None = None,
    ) -> UUID:
        """Add a specification of two steps, of 180 and 95.5 seconds, at a price in USD; return its id."""
        made_at = at or self.created_at
        specification = specification_row(self.id, new_id(made_at), made_at, archived_at=archived_at)
        self.specifications.append(specification)
        self.specification_versions.append(version_row(specification, name=name, price_per_image=Decimal(price)))
        return specification.id

    def order(
        self,
        placed_at: datetime,
        photos: Sequence[Photo] = (Photo(),),
        *,
        name: str = "Shoes",
        level: ServiceLevel = ServiceLevel.STANDARD,
        due_at: datetime | None = None,
        kept: bool = False,
        cancelled_at: datetime | None = None,
        completed_at: datetime | None = None,
        split_from: UUID | None = None,
        position: int = 1,
    ) -> Order:
        """Add an order with its images.

        `due_at` is the deadline set by staff where the level gives none; with `kept` it is an earlier level's, which
        counts until staff set one.
        """
        if not self.specifications:
            self.specification()
        deadline = self._deadline(level, placed_at, due_at, kept=kept)
        order = order_row(
            self.id,
            new_id(placed_at),
            placed_at,
            number=len(self.orders) + 1,
            name=name,
            specification_id=self.specifications[0].id,
            service_level=level,
            status=_status(photos, cancelled_at, completed_at),
            completed_at=completed_at,
            cancelled_at=cancelled_at,
            split_from=split_from,
            late_at=_late_at(photos, deadline["due_at"], cancelled_at),
            **(deadline | _positions(level, placed_at, position, len(photos)) | _progress(photos)),
        )
        self.orders.append(order)
        for number, (id_, photo) in enumerate(zip(new_ids(placed_at, len(photos)), photos, strict=True), 1):
            self._image(order, id_, number, photo)
        self.event(placed_at, order, order_placed(order, self.images[-len(photos) :]))
        return order

    def event(self, at: datetime, order: Order, event_: kinds.Event) -> Event:
        """Add an event of an order; its sequence starts at 2, since the account's creation has 1."""
        data, texts = to_json(event_)
        event = Event(
            account_id=self.id,
            sequence=len(self.events) + 2,
            at=at,
            type=event_.type,
            order_id=order.id,
            image_id=None,
            data=data,
            texts=None if texts is None else dict(texts),
        )
        self.events.append(event)
        return event

    def tables(self) -> Iterator[Sequence[Table]]:
        """Yield the rows of each table, those that others refer to first."""
        yield from (self.specifications, self.specification_versions, self.orders, self.images, self.rejections)
        yield from (self.reviews, self.events, self.days, self.versions, self.inquiries)

    def _deadline(self, level: ServiceLevel, placed_at: datetime, due_at: datetime | None, *, kept: bool) -> _Columns:
        by_level = initial_deadline(
            level, placed_at, time_zone(self.zone), guaranteed=level is ServiceLevel.STANDARD, terms=TERMS
        )
        due = by_level or due_at
        return {
            "due_at": due,
            "deadline_status": DeadlineStatus.CONFIRMED if due and not kept else _OPEN_STATUSES[level],
            "confirmed_at": placed_at + HOUR if due and not by_level and not kept else None,
        }

    def _image(self, order: Order, id_: UUID, number: int, photo: Photo) -> None:
        image = image_row(
            order,
            id_,
            number,
            filename=photo.filename,
            status=_image_status(order, photo),
            first_delivered_at=photo.delivered_at,
            delivered_at=photo.last_delivered_at,
            first_rejected_at=photo.rejections[0][0] if photo.rejections else None,
        )
        self.images.append(image)
        for at, redelivered_at in photo.rejections:
            due_at = rejection_deadline(at, time_zone(self.zone), TERMS)
            if redelivered_at is None:
                image.rejected_at, image.redo_due_at = at, due_at
            self.rejections.append(
                rejection_row(self.id, new_id(at), id_, at=at, due_at=due_at, redelivered_at=redelivered_at)
            )


async def open_account(pool: Pool, studio: Studio) -> Studio:
    """Create the account of a studio, with its terms; its id is known from then on."""
    async with unit_of_work(pool) as writer:
        studio.id = await create_account(
            writer,
            at=studio.created_at,
            ref=studio.ref,
            name=studio.name,
            plan=studio.plan,
            time_zone=studio.zone,
            terms=NegotiableTerms(studio.images_per_day, studio.expedites_per_day),
        )
        await writer.commit()
    return studio


async def write(pool: Pool, studio: Studio) -> None:
    """Write all rows of a studio with an open account, once, and its rollups."""
    async with unit_of_work(pool) as writer:
        for rows in studio.tables():
            await writer.insert(rows)
        counters = (await lock_counters(writer, [studio.id]))[studio.id]
        counters.next_order_number = len(studio.orders) + 1
        counters.next_event_sequence = len(studio.events) + 2
        await save_counters(writer, [counters])
        await _write_rollups(writer, studio)
        await writer.commit()


async def _write_rollups(writer: Writer, studio: Studio) -> None:
    tally = Tally()
    for image in studio.images:
        tally.add_images(
            ImageFacts(
                ServiceLevel(image.service_level),
                image.specification_id,
                image.specification_version,
                image.uploaded_at,
                image.due_at,
                image.late_at,
                image.first_delivered_at,
                image.first_rejected_at,
                image.cancelled_at,
            )
        )
    for rejection in studio.rejections:
        tally.add_rejection(RejectionFacts(rejection.at, rejection.due_at, rejection.late_at, rejection.redelivered_at))
    for review in studio.reviews:
        tally.add_reviews(ReviewFacts(review.due_at, review.late_at, review.ended_at))
    await write_rollups(writer, {studio.id: tally}, {studio.id: studio.created_at}, {studio.id: time_zone(studio.zone)})


def _positions(level: ServiceLevel, placed_at: datetime, first: int, count: int) -> _Columns:
    """Return the positions of an order's images in the guarantee, and in the expedite quota from 1 on."""
    positions: _Columns = {"first_position": first, "last_position": first + count - 1}
    if level.startswith("EXPEDITED"):
        positions |= {"expedited_at": placed_at, "first_expedite_position": 1, "last_expedite_position": count}
    return positions


def _progress(photos: Sequence[Photo]) -> _Columns:
    delivered = [photo.last_delivered_at for photo in photos if photo.is_delivered]
    return {
        "image_count": len(photos),
        "delivered_count": len(delivered),
        "rejected_count": sum(photo.rejected_at is not None for photo in photos),
        "price": PRICE * len(photos),
        "delivered_at": max(filter(None, delivered)) if len(delivered) == len(photos) else None,
    }


def _late_at(photos: Sequence[Photo], due_at: datetime | None, cancelled_at: datetime | None) -> datetime | None:
    late = (late_at(due_at, photo.delivered_at, cancelled_at) for photo in photos)
    return max(filter(None, late), default=None)


def _status(photos: Sequence[Photo], cancelled_at: datetime | None, completed_at: datetime | None) -> OrderStatus:
    if cancelled_at is not None:
        return OrderStatus.CANCELLED
    if not all(photo.is_delivered for photo in photos):
        return OrderStatus.IN_PRODUCTION
    return OrderStatus.READY_FOR_DOWNLOAD if completed_at is None else OrderStatus.COMPLETED


def _image_status(order: Order, photo: Photo) -> ImageStatus:
    if order.cancelled_at is not None:
        return ImageStatus.CANCELLED
    if photo.rejected_at is not None:
        return ImageStatus.REJECTED
    return ImageStatus.QUEUED if photo.delivered_at is None else ImageStatus.DELIVERED
