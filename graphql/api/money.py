"""Money."""

from decimal import Decimal

import strawberry

from engine.decorators import object_type


@object_type
class Money:
    """An exact amount of a currency."""

    amount: Decimal = strawberry.field(description="The amount, exact.")
    currency: str = strawberry.field(description="The currency by its ISO 4217 code: USD.")
