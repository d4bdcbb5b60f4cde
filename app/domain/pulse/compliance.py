"""Compliance with the terms of the SLA over the current window (domain rules, section 6)."""

from dataclasses import dataclass

from app.domain.pulse.figures import PulseFigures, TermCounts


@dataclass(frozen=True, slots=True)
class TermCompliance:
    """Promises of one kind: met and missed in the window, and still open, of any age.

    `open_count` is None for an instant in the past, `rate` (0 to 1, of met and missed) over nothing.
    """

    met_count: int
    missed_count: int
    open_count: int | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class Compliance:
    """The promises of an account by their kinds, in the order of `TermCounts`, then inquiries."""

    standard: TermCompliance
    additional: TermCompliance
    expedited: TermCompliance
    expedited_additional: TermCompliance
    delivery_plan: TermCompliance
    rejection: TermCompliance
    review: TermCompliance
    inquiry: TermCompliance


def compliance(figures: PulseFigures) -> Compliance:
    """Judge the SLA from the figures of an account at an instant."""
    still_open = figures.open or (None,) * len(TermCounts._fields)
    met, missed, open_ = figures.inquiries
    counts = [*zip(figures.current.met, figures.current.late, still_open, strict=True)]
    counts.append((met, missed, None if figures.open is None else open_))
    return Compliance(*[_term(*each) for each in counts])


def _term(met: int, missed: int, still_open: int | None) -> TermCompliance:
    judged = met + missed
    return TermCompliance(met, missed, still_open, met / judged if judged else None)
