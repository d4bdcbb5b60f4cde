"""Changes that commands and imports make to the activity of closed ledger days (domain rules, section 6).

Most change none: a new fact belongs to the running day. But a cancelled image is no upload any more on the day of its
upload, an expedited one has another price there, and imports bring facts of the past.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from app.domain.ledger.days import ZonePeriod, ledger_day_at
from app.domain.orders.enums import ImageStatus
from app.domain.orders.state import ImageState, OrderState, image_late_at, image_status

DayKey: TypeAlias = tuple[date, UUID, int]
"""The date of a ledger day, a specification, and the number of its version."""

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(slots=True)
class DayAmounts:
    """Amounts of a closed ledger day and a specification version, in the order of the parameters of `add_activity`."""

    uploaded: int = 0
    cancelled: int = 0
    delivered: int = 0
    on_time: int = 0
    late: int = 0
    rejected: int = 0
    lead_microseconds: int = 0
    spend: Decimal = Decimal(0)

    def add(self, other: "DayAmounts", sign: int) -> None:
        """Add amounts, or subtract them with sign -1."""
        for name in DayAmounts.__slots__:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))


class _Fact(NamedTuple):
    at: datetime
    amounts: DayAmounts


def activity_changes(
    before: Iterable[OrderState], after: Iterable[OrderState], until: datetime | None, periods: Sequence[ZonePeriod]
) -> dict[DayKey, DayAmounts]:
    """Return the amounts that change ledger days closed by `until` (UTC; None: none) from `before` to `after`.

    `before` are the orders as in the database, without new ones. Orders placed later have no earlier facts and are
    skipped.
    """
    if until is None:
        return {}
    known, wanted = (_images(orders, until) for orders in (before, after))
    changes: defaultdict[DayKey, DayAmounts] = defaultdict(DayAmounts)
    dates: dict[datetime, date] = {}
    for images, others, sign in ((known, wanted, -1), (wanted, known, 1)):
        for order, image in images.values():
            if _is_unchanged(image, others.get(image.id)):
                continue
            for fact in _facts(order, image):
                if fact.at < until:
                    day = dates.get(fact.at) or dates.setdefault(fact.at, ledger_day_at(fact.at, periods).date)
                    changes[day, order.specification.id, order.specification.version].add(fact.amounts, sign)
    return {key: amounts for key, amounts in sorted(changes.items()) if amounts != DayAmounts()}


def _images(orders: Iterable[OrderState], until: datetime) -> dict[UUID, tuple[OrderState, ImageState]]:
    return {image.id: (order, image) for order in orders if order.placed_at < until for image in order.images}


def _is_unchanged(image: ImageState, other: tuple[OrderState, ImageState] | None) -> bool:
    """Return whether an image has the same facts as in another state; a command keeps the images it does not change."""
    return other is not None and other[1] is image


def _facts(order: OrderState, image: ImageState) -> Iterator[_Fact]:
    """Yield the facts of an image with their instants; the instant of lateness may be in the future."""
    if image_status(image) is ImageStatus.CANCELLED:
        yield _Fact(order.placed_at, DayAmounts(cancelled=1))
    else:
        yield _Fact(order.placed_at, DayAmounts(uploaded=1, spend=image.price))
    delivered_at, late_at = image.first_delivered_at, image_late_at(image)
    if delivered_at is not None:
        on_time = image.due_at is not None and delivered_at <= image.due_at
        lead = (delivered_at - order.placed_at) // _MICROSECOND
        yield _Fact(delivered_at, DayAmounts(delivered=1, on_time=int(on_time), lead_microseconds=lead))
    if late_at is not None:
        yield _Fact(late_at, DayAmounts(late=1))
    for rejection in image.rejections:
        yield _Fact(rejection.at, DayAmounts(rejected=1))
