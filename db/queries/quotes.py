"""Reads of quotes: the number that an order would get, and the key that signs them."""

from typing import Final

from db.connections import Statement

# The number of the next order of an account, without a lock; the primary key.
NEXT_ORDER_NUMBER: Final = Statement(
    "next_order_number",
    "SELECT next_order_number FROM account_heads WHERE account_id = $1",
)

# The key for a purpose; the primary key.
SIGNING_KEY: Final = Statement("signing_key", "SELECT secret FROM signing_keys WHERE purpose = $1")
