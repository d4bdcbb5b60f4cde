"""What an image costs (domain rules, sections 2, 3 and 5). Amounts are in the specification's currency."""

from decimal import Decimal
from typing import Final

from app.domain.sla.terms import EXPEDITE_PRICE_MULTIPLIER
from app.domain.vocabulary import ServiceLevel

_EXPEDITED: Final = frozenset({ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_ADDITIONAL})


def image_price(specification_price: Decimal, level: ServiceLevel) -> Decimal:
    """Return the price of an image at this level: twice the specification's with a 3 h or 6 h deadline.

    An image that awaits a delivery plan costs what it would without; `planned_price` once staff have set its deadline.
    """
    return planned_price(specification_price) if level in _EXPEDITED else specification_price


def planned_price(specification_price: Decimal) -> Decimal:
    """Return the price of an expedited image whose deadline is set, by rule or by staff."""
    return specification_price * EXPEDITE_PRICE_MULTIPLIER
