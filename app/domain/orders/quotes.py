"""The offers that a quote binds, and changes of them (domain rules, sections 3 and 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import HAVE_TURNAROUND, expedite_turnaround
from app.domain.errors import DomainError
from app.domain.instants import rfc3339
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.reviews import open_review
from app.domain.orders.state import OrderState, price_of
from app.domain.sla.terms import SlaTerms
from app.domain.user_time import duration_in_words

VALID_FOR: Final = timedelta(minutes=15)
"""The time during which a quote binds, from its making on."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The offer of a quote for the images of one service level and deadline.

    - `due_at` (UTC): the standard deadline, or the one kept at the plan level.
    - `price`: the price of all the images, in `currency`; both are None in a quote without a specification.
    - `turnaround`: at the 3 h and 6 h levels, which have no `due_at`, the time from the call to the deadline.
    - `review_turnaround`: the working hours from the call in which staff promise a deadline, if a review begins then.
    - `plan_multiplier`: at the plan level, how many times `price` the images cost with a delivery plan.

    They are None at other levels, and in tokens of releases before that did not bind them.
    """

    service_level: ServiceLevel
    image_count: int
    due_at: datetime | None
    price: Decimal | None
    currency: str | None
    turnaround: timedelta | None = None
    review_turnaround: timedelta | None = None
    plan_multiplier: Decimal | None = None


class QuoteChanged(DomainError):  # noqa: N818 - refusals are named by their case
    """The quoted offer has expired or changed; `reason` says so for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The quote no longer holds: {reason}.")
        self.reason = reason


class InvalidQuoteToken(DomainError):  # noqa: N818 - as above
    """A text that is no quote of ours, or one for another account, another order, or other images."""

    def __init__(self) -> None:
        super().__init__("This is no token of a quote of what is ordered or expedited here.")


class QuoteInPast(DomainError):  # noqa: N818 - as above
    """A quote asked for an instant before `earliest`, that of the call; both UTC."""

    def __init__(self, at: datetime, earliest: datetime) -> None:
        super().__init__(f"Nothing can be quoted for {rfc3339(at)}: it is {rfc3339(earliest)}.")
        self.at = at
        self.earliest = earliest


def offers(parts: Iterable[OrderState], terms: SlaTerms, *, priced: bool) -> tuple[Offer, ...]:
    """Return the offers of orders quoted by these terms, without prices when there is no specification."""
    return tuple(
        Offer(
            service_level=order.service_level,
            image_count=len(order.counted),
            due_at=None if order.service_level in HAVE_TURNAROUND else order.due_at,
            price=price_of(order.counted) if priced else None,
            currency=order.specification.currency if priced else None,
            turnaround=expedite_turnaround(order.service_level, terms),
            review_turnaround=terms.review_turnaround if _begins_review(order) else None,
            plan_multiplier=terms.expedite_multiplier if priced and _awaits_plan(order) else None,
        )
        for order in parts
    )


def _begins_review(order: OrderState) -> bool:
    """Return True if the command that is quoted begins a review of the order; one begun before keeps its due time."""
    at = order.expedited_at or order.placed_at
    reviews = (open_review(image) for image in order.counted)
    return any(review is not None and review.begun_at == at for review in reviews)


def _awaits_plan(order: OrderState) -> bool:
    return order.deadline_status is DeadlineStatus.PLAN_REQUIRED


def require_unchanged(quoted: Sequence[Offer], offered: Sequence[Offer]) -> None:
    """Raise QuoteChanged, with all differences, unless the offers are those quoted."""
    before, now = (_by_level(each) for each in (quoted, offered))
    levels = [level for level in ServiceLevel if before[level] != now[level]]
    if levels:
        changes = (f"{level} was {_all_in_words(before[level])}, is {_all_in_words(now[level])}" for level in levels)
        raise QuoteChanged("; ".join(changes))


def _by_level(offers: Iterable[Offer]) -> dict[ServiceLevel, list[Offer]]:
    """Group offers by level: the plan level may have two, within the guarantee and beyond it."""
    levels: dict[ServiceLevel, list[Offer]] = {level: [] for level in ServiceLevel}
    for offer in offers:
        levels[offer.service_level].append(offer)
    return levels


def _all_in_words(offers: Sequence[Offer]) -> str:
    return " and ".join(_in_words(offer) for offer in offers) or "none"


def _in_words(offer: Offer) -> str:
    """Return an offer in words: "20 images due 2026-03-04T08:00:00Z for 29.00 USD"."""
    words = ["1 image" if offer.image_count == 1 else f"{offer.image_count:,} images"]
    if offer.due_at is not None:
        words.append(f"due {rfc3339(offer.due_at)}")
    if offer.turnaround is not None:
        words.append(f"due in {duration_in_words(offer.turnaround)}")
    if offer.review_turnaround is not None:
        words.append(f"reviewed in {duration_in_words(offer.review_turnaround)}")
    if offer.price is not None:
        words.append(f"for {offer.price:f} {offer.currency}")
    if offer.plan_multiplier is not None:
        words.append(f"({offer.plan_multiplier:f} times that with a plan)")
    return " ".join(words)
