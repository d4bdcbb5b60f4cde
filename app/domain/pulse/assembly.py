"""Putting the sums over parts of time together to the figures of windows (domain rules, section 6)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from app.domain.pulse.figures import PulseFigures, Step, TermCounts, WindowFigures, step_figures
from app.domain.pulse.segments import Part

Version: TypeAlias = tuple[UUID, int]
"""A specification and the number of one of its versions."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What was counted in a part of time: amounts by the column of `rollups`, images by specification version."""

    amounts: Counter[str] = field(default_factory=Counter[str])
    images: Counter[Version] = field(default_factory=Counter[Version])

    def __add__(self, other: "Sums") -> "Sums":
        total = Sums(self.amounts.copy(), self.images.copy())
        total.amounts.update(other.amounts)
        total.images.update(other.images)
        return total

    def __sub__(self, other: "Sums") -> "Sums":
        total = Sums(self.amounts.copy(), self.images.copy())
        total.amounts.subtract(other.amounts)
        total.images.subtract(other.images)
        return total


def assembled(parts: Mapping[Part, Sums], steps: Mapping[Version, Sequence[Step]], *, with_open: bool) -> PulseFigures:
    """Compute the figures of an account from all parts of its time, and the steps of its specification versions.

    What is open lies in the coming days; without `with_open` those may be missing.
    """
    part = {name: parts.get(name, Sums()) for name in Part}
    current = part[Part.CURRENT_DAYS] + part[Part.LAST_HEAD] - part[Part.CURRENT_HEAD]
    previous = part[Part.PREVIOUS_DAYS] + part[Part.CURRENT_HEAD] - part[Part.PREVIOUS_HEAD]
    earlier = part[Part.EARLIER_DAYS] + part[Part.PREVIOUS_HEAD]
    month = part[Part.MONTH_DAYS] + part[Part.LAST_HEAD] - part[Part.MONTH_HEAD]
    coming = part[Part.COMING_DAYS] - part[Part.LAST_HEAD]
    return PulseFigures(
        current=_window(current, steps),
        previous=_window(previous, steps),
        uploaded_this_month=month.amounts["uploaded"],
        all_time_processed=(earlier + previous + current).amounts["delivered"],
        open=_terms(coming, "late") if with_open else None,
    )


def _window(sums: Sums, steps: Mapping[Version, Sequence[Step]]) -> WindowFigures:
    return WindowFigures(
        uploaded=sums.amounts["uploaded"],
        delivered=sums.amounts["delivered"],
        rejected=sums.amounts["rejected"],
        lead_microseconds=sums.amounts["lead_microseconds"],
        met=_terms(sums, "met"),
        late=_terms(sums, "late"),
        steps=step_figures((count, steps[version]) for version, count in sums.images.items() if count),
    )


def _terms(sums: Sums, outcome: str) -> TermCounts:
    return TermCounts(*(sums.amounts[f"{outcome}_{term}"] for term in TermCounts._fields))
