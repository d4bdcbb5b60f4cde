"""Orders of the domain in tests, without a database: of one specification, uploaded on a Tuesday in Copenhagen."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import QuotaDay
from app.domain.local_time import time_zone
from app.domain.orders.changes import NewImage, Placement, place
from app.domain.orders.reviews import review_due_at
from app.domain.orders.state import OrderedSpecification, OrderState
from tests.support.sla import sla

COPENHAGEN = time_zone("Europe/Copenhagen")
UPLOADED_AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
REVIEWED_BY = UPLOADED_AT + timedelta(hours=5)
MICROSECOND = timedelta(microseconds=1)
GHOST = OrderedSpecification(UUID(int=7), 1, Decimal("1.45"), "USD")

_ids = count(1_000)


def new_ids(number: int) -> Sequence[UUID]:
    return [UUID(int=next(_ids)) for _ in range(number)]


def quota(*, capacity: int = 200, used: int = 0, expedites: int = 20, expedited: int = 0) -> QuotaDay:
    """Return the ledger day of `UPLOADED_AT`, with its quotas."""
    opens_at = datetime(2026, 3, 2, 23, tzinfo=UTC)
    day = LedgerDay(date(2026, 3, 3), opens_at, opens_at + timedelta(days=1))
    return QuotaDay(day, sla(3), Allowance(capacity, used, expedites, expedited))


def uploads(*filenames: str) -> list[NewImage]:
    """Return images to upload, without references and instructions."""
    return [NewImage(filename) for filename in filenames]


def placed(
    images: int = 1, day: QuotaDay | None = None, *, expedite: bool = False, at: datetime = UPLOADED_AT
) -> tuple[OrderState, ...]:
    """Place an order of so many images; return the orders it is split into, numbered from 1."""
    new_images = uploads(*(f"{number}.jpg" for number in range(1, images + 1)))
    day = day or quota()
    placement = Placement("Shoes", GHOST, new_images, at, review_due_at(at, day.sla.terms, COPENHAGEN), expedite)
    return place(placement, day, COPENHAGEN, 1, new_ids).orders
