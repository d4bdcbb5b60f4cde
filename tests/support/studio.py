"""Accounts with orders for tests of reads: rows as they are after a history, with rollups that agree with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.domain.deadlines.lateness import late_at
from app.domain.deadlines.rules import initial_deadline, rejection_deadline
from app.domain.events import kinds
from app.domain.events.stored import to_json
from app.domain.local_time import time_zone
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, Tally
from app.domain.vocabulary import DeadlineStatus, ImageStatus, OrderStatus, Plan, ServiceLevel
from app.services.accounts.counters import lock_counters, save_counters
from app.services.accounts.opening import create_account
from app.services.ids import new_id, new_ids
from app.services.rollups import write_rollups
from db.connections import Pool
from db.tables.accounts import LedgerDay, SlaVersion
from db.tables.base import Table
from db.tables.events import Event
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import Writer, unit_of_work
from tests.support.events.samples import order_placed
from tests.support.sla import TERMS

CREATED_AT: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Photo:
    """An image to be: its rejections are instants, each with that of its redelivery or None."""

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
    """An account to be, and the rows of it."""

    name: str = "ACME"
    plan: Plan = Plan.PROFESSIONAL
    zone: str = "Europe/Copenhagen"
    created_at: datetime = CREATED_AT
    images_per_day: int = 200
    expedites_per_day: int = 20
    id: UUID = field(default_factory=lambda: UUID(int=0))
    orders: list[Order] = field(default_factory=list[Order])
    images: list[Image] = field(default_factory=list[Image])
    rejections: list[Rejection] = field(default_factory=list[Rejection])
    specifications: list[Specification] = field(default_factory=list[Specification])
    wordings: list[SpecificationVersion] = field(default_factory=list[SpecificationVersion])
    events: list[Event] = field(default_factory=list[Event])
    days: list[LedgerDay] = field(default_factory=list[LedgerDay])
    versions: list[SlaVersion] = field(default_factory=list[SlaVersion])

    def specification(
        self,
        name: str = "Ghost",
        price: str = "1.45",
        *,
        at: datetime | None = None,
        archived_at: datetime | None = None,
    ) -> UUID:
        """Add a specification of two steps: 180 and 95.5 seconds."""
        made_at = at or self.created_at
        id_ = new_id(made_at)
        self.specifications.append(
            Specification(account_id=self.id, id=id_, current_version=1, created_at=made_at, archived_at=archived_at)
        )
        self.wordings.append(
            SpecificationVersion(
                account_id=self.id,
                specification_id=id_,
                version=1,
                name=name,
                price_per_image=Decimal(price),
                currency="USD",
                steps=[{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}],
                created_at=made_at,
            )
        )
        return id_

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
        """Add an order with its images; `due_at` is what staff set where the level gives no deadline, or is `kept`."""
        if not self.specifications:
            self.specification()
        ruled = initial_deadline(
            level, placed_at, time_zone(self.zone), guaranteed=level is ServiceLevel.STANDARD, terms=TERMS
        )
        awaited = {
            ServiceLevel.ADDITIONAL: DeadlineStatus.TO_BE_CONFIRMED,
            ServiceLevel.EXPEDITED_PLAN: DeadlineStatus.PLAN_REQUIRED,
        }
        due = ruled or due_at
        delivered = [photo.last_delivered_at for photo in photos if photo.is_delivered]
        is_expedited = level.startswith("EXPEDITED")
        order = Order(
            account_id=self.id,
            id=new_id(placed_at),
            number=len(self.orders) + 1,
            name=name,
            specification_id=self.specifications[0].id,
            specification_version=1,
            service_level=level,
            status=_status(photos, cancelled_at, completed_at),
            placed_at=placed_at,
            deadline_status=DeadlineStatus.CONFIRMED if due and not kept else awaited[level],
            due_at=due,
            late_at=max(
                filter(None, (late_at(due, photo.delivered_at, cancelled_at) for photo in photos)), default=None
            ),
            sla_version=1,
            first_position=position,
            last_position=position + len(photos) - 1,
            expedited_at=placed_at if is_expedited else None,
            first_expedite_position=1 if is_expedited else None,
            last_expedite_position=len(photos) if is_expedited else None,
            confirmed_at=placed_at + HOUR if due and not ruled and not kept else None,
            image_count=len(photos),
            delivered_count=len(delivered),
            rejected_count=sum(photo.rejected_at is not None for photo in photos),
            price=Decimal("1.45") * len(photos),
            currency="USD",
            delivered_at=max(filter(None, delivered)) if len(delivered) == len(photos) else None,
            completed_at=completed_at,
            cancelled_at=cancelled_at,
            split_from=split_from,
        )
        self.orders.append(order)
        for number, (id_, photo) in enumerate(zip(new_ids(placed_at, len(photos)), photos, strict=True), 1):
            self._image(order, id_, number, photo)
        self.event(placed_at, order, order_placed(order, self.images[-len(photos) :]))
        return order

    def event(self, at: datetime, order: Order, what: kinds.Event) -> Event:
        """Add an event of an order; the account's creation is the first one."""
        data, texts = to_json(what)
        event = Event(
            account_id=self.id,
            sequence=len(self.events) + 2,
            at=at,
            type=what.type,
            order_id=order.id,
            image_id=None,
            data=data,
            texts=None if texts is None else dict(texts),
        )
        self.events.append(event)
        return event

    def tables(self) -> Iterator[Sequence[Table]]:
        """Yield the rows of each table, what others refer to first."""
        yield from (self.specifications, self.wordings, self.orders, self.images, self.rejections)
        yield from (self.events, self.days, self.versions)

    def _image(self, order: Order, id_: UUID, number: int, photo: Photo) -> None:
        rejected_at = photo.rejected_at
        is_expedited = order.expedited_at is not None
        self.images.append(
            Image(
                account_id=self.id,
                id=id_,
                order_id=order.id,
                number=number,
                filename=photo.filename,
                status=_image_status(order, photo),
                service_level=order.service_level,
                specification_id=order.specification_id,
                specification_version=1,
                uploaded_at=order.placed_at,
                position=order.first_position + number - 1,
                expedite_position=number if is_expedited else None,
                price=Decimal("1.45"),
                due_at=order.due_at,
                late_at=late_at(order.due_at, photo.delivered_at, order.cancelled_at),
                first_delivered_at=photo.delivered_at,
                delivered_at=photo.last_delivered_at,
                first_rejected_at=photo.rejections[0][0] if photo.rejections else None,
                rejected_at=rejected_at,
                redo_due_at=rejected_at and rejection_deadline(rejected_at, time_zone(self.zone), TERMS),
                cancelled_at=order.cancelled_at,
                claimed_by=None,
                claimed_until=None,
                first_claimed_at=None,
            )
        )
        for at, redelivered_at in photo.rejections:
            due_at = rejection_deadline(at, time_zone(self.zone), TERMS)
            self.rejections.append(
                Rejection(
                    account_id=self.id,
                    id=new_id(at),
                    image_id=id_,
                    at=at,
                    reason="halo",
                    due_at=due_at,
                    late_at=late_at(due_at, redelivered_at, None),
                    redelivered_at=redelivered_at,
                    sla_version=1,
                )
            )


async def begin(pool: Pool, studio: Studio) -> Studio:
    """Create the account; its id is known from then on."""
    async with unit_of_work(pool) as writer:
        studio.id = await create_account(
            writer,
            at=studio.created_at,
            name=studio.name,
            plan=studio.plan,
            time_zone=studio.zone,
            images_per_day=studio.images_per_day,
            expedites_per_day=studio.expedites_per_day,
        )
        await writer.commit()
    return studio


async def write(pool: Pool, studio: Studio) -> None:
    """Write all rows of a studio that has begun, once, and its rollups."""
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
    await write_rollups(writer, {studio.id: tally}, {studio.id: studio.created_at}, {studio.id: time_zone(studio.zone)})


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
