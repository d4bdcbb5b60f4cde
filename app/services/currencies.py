"""The currencies in which prices are stated: the list of ISO 4217, as the pinned `iso4217` package has it."""

from typing import Final

from iso4217 import Currency

CURRENCIES: Final = frozenset(currency.code for currency in Currency)
"""The codes in use, in capital letters: USD. A code that was withdrawn stays readable where it is stored."""
