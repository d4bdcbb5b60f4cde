from decimal import Decimal

import pytest

from app.domain.orders.enums import ServiceLevel
from app.domain.orders.pricing import image_price, planned_price
from tests.support.sla import TERMS

PRICE = Decimal("1.45")


@pytest.mark.parametrize("level", [ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_ADDITIONAL])
def test_an_expedited_image_costs_twice_its_price(level: ServiceLevel) -> None:
    assert image_price(PRICE, level, TERMS) == Decimal("2.90")


@pytest.mark.parametrize("level", [ServiceLevel.STANDARD, ServiceLevel.ADDITIONAL])
def test_an_image_that_is_not_expedited_costs_its_price(level: ServiceLevel) -> None:
    assert image_price(PRICE, level, TERMS) == PRICE


def test_an_image_awaiting_a_delivery_plan_costs_its_price_until_its_deadline_is_set() -> None:
    assert image_price(PRICE, ServiceLevel.EXPEDITED_PLAN, TERMS) == PRICE
    assert planned_price(PRICE, TERMS) == Decimal("2.90")


def test_prices_stay_exact_to_their_last_digit() -> None:
    assert str(image_price(Decimal("0.105"), ServiceLevel.EXPEDITED, TERMS)) == "0.210"
