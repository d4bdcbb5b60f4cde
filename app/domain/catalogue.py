"""The catalogue of retouching steps: the service's price and time of each (domain rules, section 5.20)."""
# ruff: noqa: N818 - refusals are named by their case

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from app.domain.errors import DomainError
from app.domain.wording import quoted


class Price(NamedTuple):
    """The price of an image, or the part of it that a step costs, in a currency of ISO 4217."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CatalogueStep:
    """A step with the time that a median human retoucher needs for it, and its part of the price of an image.

    No new specification can have an archived one.
    """

    step: str
    milliseconds: int
    price: Price
    archived: bool = False

    def has_other_values(self, other: "CatalogueStep") -> bool:
        """Return whether the time or the price differs from another state of the step."""
        return (self.milliseconds, self.price) != (other.milliseconds, other.price)


Catalogue: TypeAlias = Mapping[str, CatalogueStep]
"""Steps of the catalogue by name."""


class StepIncomplete(DomainError):
    """A new step without its time or its price."""

    def __init__(self, step: str) -> None:
        super().__init__(f"The step {quoted(step)} is new: state its seconds and its price.")
        self.step = step


class OtherCurrency(DomainError):
    """A price in another currency than the catalogue's."""

    def __init__(self, given: str, currency: str) -> None:
        super().__init__(f"Prices of the catalogue are in {currency}, not in {given}.")
        self.given = given
        self.currency = currency


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step to add to the catalogue, or to change there; None keeps a value."""

    step: str
    milliseconds: int | None = None
    price: Price | None = None
    archived: bool | None = None

    def after(self, before: CatalogueStep | None, currency: str) -> CatalogueStep:
        """Return the step after the change, in a catalogue of this currency; raises StepIncomplete, OtherCurrency."""
        if self.price is not None and self.price.currency != currency:
            raise OtherCurrency(self.price.currency, currency)
        milliseconds, price = self.milliseconds, self.price
        if before is not None:
            milliseconds = before.milliseconds if milliseconds is None else milliseconds
            price = before.price if price is None else price
        if milliseconds is None or price is None:
            raise StepIncomplete(self.step)
        archived = before is not None and before.archived if self.archived is None else self.archived
        return CatalogueStep(self.step, milliseconds, price, archived)
