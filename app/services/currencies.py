"""The currencies of prices: ISO 4217 in the pinned `iso4217` package."""

from typing import Final

from iso4217 import Currency

CURRENCIES: Final = frozenset(currency.code for currency in Currency)
"""The codes in use, in capital letters: USD. A withdrawn code stays readable where it is stored."""
