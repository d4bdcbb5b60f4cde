"""Assembly of the figures of windows from sums over parts of time (domain rules, section 6)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from app.domain.pulse.figures import InquiryCounts, PulseFigures, Step, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.segments import Part

Version: TypeAlias = tuple[UUID, int]
"""A specification and the number of one of its versions."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts in a part of time: amounts by the column of `rollups`, images by specification version."""

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

    Open images and redos are those of the coming days.
    """
    current = parts[Part.CURRENT_DAYS] + parts[Part.LAST_HEAD] - parts[Part.CURRENT_HEAD]
    previous = parts[Part.PREVIOUS_DAYS] + parts[Part.CURRENT_HEAD] - parts[Part.PREVIOUS_HEAD]
    earlier = parts[Part.EARLIER_DAYS] + parts[Part.PREVIOUS_HEAD]
    month = parts[Part.MONTH_DAYS] + parts[Part.LAST_HEAD] - parts[Part.MONTH_HEAD]
    coming = parts[Part.COMING_DAYS] - parts[Part.LAST_HEAD]
    return PulseFigures(
        current=_window(current, steps),
        previous=_window(previous, steps),
        uploaded_this_month=month.amounts["uploaded"],
        all_time_processed=(earlier + previous + current).amounts["delivered"],
        open=_terms(coming, "late") if with_open else None,
        inquiries=_inquiries(current, with_open=with_open),
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


def _inquiries(sums: Sums, *, with_open: bool) -> InquiryCounts:
    met, missed = sums.amounts["met_inquiry"], sums.amounts["missed_inquiry"]
    return InquiryCounts(met, missed, sums.amounts["open_inquiry"] if with_open else 0)


def _terms(sums: Sums, outcome: str) -> TermCounts:
    return TermCounts(*(sums.amounts[f"{outcome}_{term}"] for term in TermCounts._fields))


def step_figures(versions: Iterable[tuple[int, Sequence[Step]]]) -> tuple[StepFigures, ...]:
    """Sum retouching over images of several specification versions, the steps that save most first.

    Each version comes with its number of images in the window; one without images is left out.
    """
    images: defaultdict[str, int] = defaultdict(int)
    milliseconds: defaultdict[str, int] = defaultdict(int)
    for count, steps in versions:
        for name in {step.step for step in steps}:
            images[name] += count
        for step in steps:
            milliseconds[step.step] += count * step.milliseconds
    figures = (StepFigures(name, count, milliseconds[name]) for name, count in images.items() if count)
    return tuple(sorted(figures, key=lambda figure: (-figure.milliseconds, figure.step)))
