"""Money."""

from decimal import Decimal

import strawberry

from engine.decorators import object_type


@object_type
class Money:
    """An exact amount in a currency."""

    amount: Decimal = strawberry.field(description="The exact amount.")
    currency: str = strawberry.field(description="The ISO 4217 currency code, such as USD.")
