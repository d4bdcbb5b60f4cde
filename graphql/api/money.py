"""Money."""

from decimal import Decimal

import strawberry

from engine.decorators import input_type, object_type
from engine.scalars import Currency


@object_type
class Money:
    """An exact amount in a currency, which Loupe does not round."""

    amount: Decimal = strawberry.field(
        description="The exact amount, with up to 6 decimals: a price has up to 4, and a multiplier of expedites 2."
    )
    currency: Currency = strawberry.field(description="The currency of the amount.")


def money_of(amount: Decimal, currency: str) -> Money:
    """Return an amount in a currency, by its ISO 4217 code."""
    return Money(amount=amount, currency=Currency(currency))


@input_type
class MoneyInput:
    """An exact amount in a currency."""

    amount: Decimal = strawberry.field(description="The exact amount.")
    currency: Currency = strawberry.field(description="The currency of the amount.")
