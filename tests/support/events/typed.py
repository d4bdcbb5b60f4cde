"""The typed events of the rows that release 0.1.0 wrote, and their texts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.deadlines.enums import DeadlineKind, DeadlineStatus
from app.domain.events import account_kinds, facts, kinds
from app.domain.events.enums import EventType
from app.domain.events.facts import Change, OrderChanges, OrderFacts, Progress
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay
from app.domain.orders.enums import OrderStatus, ServiceLevel
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.domain.specifications import SpecifiedStep

OPEN, READY = OrderStatus.IN_PRODUCTION, OrderStatus.READY_FOR_DOWNLOAD
NOTHING = OrderChanges()
IMAGES = tuple(UUID(f"019cd27c-7de0-7000-90e2-5717076f37{last}") for last in ("89", "8c", "8d", "8e"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


FIRST_DAY = RecordedDay(LedgerDay(date(2026, 3, 3), at("02T23:00"), at("03T23:00")), 1, Allowance(4, 6, 2, 1))
SECOND_DAY = RecordedDay(LedgerDay(date(2026, 3, 4), at("03T23:00"), at("04T23:00")), 1, Allowance(4, 0, 2, 0))
O_1 = OrderFacts(
    number=1,
    name="Order o-1",
    status=OrderStatus.IN_PRODUCTION,
    specification_id=UUID("019cd277-ea00-7000-988c-8e2bc324c985"),
    specification_version=1,
    service_level=ServiceLevel.STANDARD,
    deadline_status=DeadlineStatus.CONFIRMED,
    due_at=at("04T08:00"),
    sla_version=1,
    image_count=2,
    price=Decimal("2.90"),
    currency="USD",
    placed_at=at("03T10:00"),
    expedited_at=None,
    confirmed_at=None,
    completed_at=None,
    cancelled_at=None,
    split_from=None,
)
O_2 = OrderFacts(
    number=3,
    name="Order o-2",
    status=OrderStatus.IN_PRODUCTION,
    specification_id=UUID("019cd277-ea00-7000-988c-8e2bc324c985"),
    specification_version=1,
    service_level=ServiceLevel.EXPEDITED,
    deadline_status=DeadlineStatus.CONFIRMED,
    due_at=at("03T14:00"),
    sla_version=1,
    image_count=1,
    price=Decimal("2.90"),
    currency="USD",
    placed_at=at("03T10:00"),
    expedited_at=at("03T11:00"),
    confirmed_at=None,
    completed_at=None,
    cancelled_at=None,
    split_from=UUID("019cb323-e500-7000-99a8-8fc6b8b6d8fe"),
)
STEPS = (SpecifiedStep("CLIPPING", 180_000), SpecifiedStep("SHADOW", 95_500))
SPECIFICATION = UUID("019cd277-ea00-7000-988c-8e2bc324c985")
REWORDED, ARCHIVED = UUID("019cd278-d460-7000-80b6-dcdc07d4bedc"), UUID("019cd279-bec0-7000-94c9-14fb06839eb9")
TYPED: list[kinds.Event] = [
    account_kinds.AccountCreated("acme", "ACME", Plan.PROFESSIONAL, "Europe/Copenhagen", NegotiableTerms(4, 2)),
    account_kinds.SpecificationChanged(
        SPECIFICATION, 1, after=account_kinds.StatedTerms("Ghost mannequin", Decimal("1.45"), "USD", STEPS)
    ),
    account_kinds.SpecificationChanged(
        REWORDED, 2, account_kinds.StatedTerms("Ghost"), account_kinds.StatedTerms("Ghost mannequin")
    ),
    account_kinds.SpecificationChanged(ARCHIVED, archived_at=at("09T12:04")),
    kinds.OrderPlaced(
        order=O_1,
        first_number=1,
        first_position=1,
        first_expedite_position=None,
        price_per_image=Decimal("1.45"),
        images=(
            facts.PlacedImage(UUID("019cb323-e500-7000-9644-434b008a05a7"), "a.jpg"),
            facts.PlacedImage(UUID("019cb323-e500-7000-9644-434b008a05a8"), "b.jpg"),
        ),
    ),
    kinds.OrderSplit(
        NOTHING, (facts.SplitOff(UUID("019cd27c-7de0-7000-90e2-5717076f3788"), 2, ServiceLevel.ADDITIONAL),)
    ),
    kinds.OrderSplit(
        OrderChanges(image_count=Change(2, 1), price=Change(Decimal("2.90"), Decimal("1.45"))),
        (facts.SplitOff(UUID("019cb35a-d380-7000-92ea-ba983a902931"), 3, ServiceLevel.EXPEDITED),),
    ),
    kinds.OrderExpedited(
        order=O_2,
        changes=NOTHING,
        price_per_image=Decimal("2.90"),
        images=(facts.ExpeditedImage(UUID("019cb323-e500-7000-99a8-8fc6b8b6d900"), 1),),
    ),
    kinds.OrderCancelled(
        OrderChanges(status=Change(OPEN, OrderStatus.CANCELLED), cancelled_at=Change(None, at("04T10:30")))
    ),
    kinds.OrderCompleted(
        OrderChanges(status=Change(READY, OrderStatus.COMPLETED), completed_at=Change(None, at("09T12:15")))
    ),
    kinds.ImagesClaimed("Ada", at("09T13:10"), IMAGES[1:2]),
    kinds.ClaimExpired("Ada", at("09T13:16"), IMAGES[:1]),
    kinds.ImagesDelivered(Progress(OPEN, 0, 0, None), Progress(READY, 1, 0, None), IMAGES[1:2], "Ada"),
    kinds.ImagesDelivered(
        Progress(OPEN, 0, 0, None),
        Progress(READY, 1, 0, None),
        (UUID("019cb323-e500-7000-99a8-8fc6b8b6d900"),),
    ),
    kinds.ImagesRejected(
        Progress(READY, 2, 0, None),
        Progress(OPEN, 1, 1, None),
        (
            facts.RejectedImage(
                UUID("019cb323-e500-7000-9644-434b008a05a7"),
                UUID("019cb7dc-6400-7000-8885-c7a87204e52d"),
                "halo",
                at("04T13:00"),
                1,
            ),
        ),
    ),
    kinds.DeadlineConfirmed(
        OrderChanges(
            deadline_status=Change(DeadlineStatus.TO_BE_CONFIRMED, DeadlineStatus.CONFIRMED),
            due_at=Change(None, at("10T18:00")),
            confirmed_at=Change(None, at("09T12:07")),
        ),
        IMAGES[2:],
        Decimal("1.45"),
        "Ada can",
    ),
    kinds.DeadlineAtRisk(DeadlineKind.DELIVERY, at("10T08:00"), IMAGES[:1]),
    kinds.DeadlineMissed(DeadlineKind.REDO, at("10T08:00"), IMAGES[:1]),
    kinds.DeadlineMet(at("09T15:06")),
    account_kinds.SlaNegotiated(2, date(2026, 3, 18), NegotiableTerms(8), 1, NegotiableTerms(4, 2), "as agreed"),
    account_kinds.TimeZoneChanged("Europe/London", "Europe/Copenhagen"),
    account_kinds.GuaranteeReset(FIRST_DAY, SECOND_DAY),
    kinds.EventWithdrawn(7),
]
"""The typed events of OLD_ROWS."""
TEXTS: dict[EventType, dict[str, Any]] = {
    EventType.ORDER_PLACED: {"name": "Order o-1", "filenames": ["a.jpg", "b.jpg"]},
    EventType.ORDER_EXPEDITED: {"name": "Order o-2"},
    EventType.IMAGES_CLAIMED: {"worker": "Ada"},
    EventType.CLAIM_EXPIRED: {"worker": "Ada"},
    EventType.IMAGES_DELIVERED: {"worker": "Ada"},
    EventType.IMAGES_REJECTED: {"reasons": ["halo"]},
    EventType.DEADLINE_CONFIRMED: {"note": "Ada can"},
    EventType.SLA_NEGOTIATED: {"note": "as agreed"},
}
