"""The figures of activity in a stretch of time (domain rules, section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from typing import Final

_MILLISECONDS_PER_HOUR: Final = 3_600_000
_MICROSECONDS_PER_SECOND: Final = timedelta(seconds=1) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ActivityFigures:
    """Counts of images and rejections, and sums over them; `spend` has the currencies of the uploaded images."""

    uploaded: int = 0
    cancelled: int = 0
    delivered: int = 0
    on_time: int = 0
    late: int = 0
    rejected: int = 0
    lead_microseconds: int = 0
    saved_milliseconds: int = 0
    spend: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal], kw_only=True)

    def __add__(self, other: "ActivityFigures") -> "ActivityFigures":
        amounts = (getattr(self, name) + getattr(other, name) for name in AMOUNTS)
        currencies = self.spend.keys() | other.spend.keys()
        spend = {each: self.spend.get(each, Decimal(0)) + other.spend.get(each, Decimal(0)) for each in currencies}
        return ActivityFigures(*amounts, spend=spend)

    @property
    def hours_saved(self) -> float:
        """The hours that a median human retoucher would have needed for the delivered images."""
        return self.saved_milliseconds / _MILLISECONDS_PER_HOUR

    @property
    def average_lead_seconds(self) -> float | None:
        """The mean seconds from upload to first delivery; None if nothing was delivered."""
        return self.lead_microseconds / (self.delivered * _MICROSECONDS_PER_SECOND) if self.delivered else None


AMOUNTS: Final = tuple(each.name for each in fields(ActivityFigures))[:-1]
"""The names of all figures but `spend`, in their order."""
