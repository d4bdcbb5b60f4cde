"""Prices of images (domain rules, sections 2, 3 and 5). Amounts are in the specification's currency."""

from decimal import Decimal

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import HAVE_TURNAROUND
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.state import OrderState
from app.domain.sla.terms import SlaTerms


def image_price(specification_price: Decimal, level: ServiceLevel, terms: SlaTerms) -> Decimal:
    """Return the price of an image at this level: a multiple of the specification's where it has a turnaround.

    An image that awaits a delivery plan costs as much as without one; `planned_price` once staff have set its deadline.
    """
    return planned_price(specification_price, terms) if level in HAVE_TURNAROUND else specification_price


def planned_price(specification_price: Decimal, terms: SlaTerms) -> Decimal:
    """Return the price of an image expedited by these terms whose deadline is set, by rule or by staff."""
    return specification_price * terms.expedite_multiplier


def price_with_plan(order: OrderState, terms: SlaTerms) -> Decimal | None:
    """Return the price of an order expedited by these terms once it has a delivery plan; None if it needs none."""
    if order.deadline_status is not DeadlineStatus.PLAN_REQUIRED:
        return None
    return planned_price(order.specification.price, terms) * len(order.counted)
