"""The stored Pulse of a ledger day: sums and weeks as JSON, all numbers whole, so that nothing is rounded.

Figures can be computed from them at any time (domain rules, sections 6 and 7). Release 0.1.0 knows all expedited images
by one count, and reads no other keys beside it: so that is their sum, and the images in 6 h and of delivery plans are
also counted elsewhere. No figure of the Pulse depends on reviews and inquiries, and no snapshot keeps them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from app.domain.instants import rfc3339
from app.domain.pulse.figures import PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.streak import Streak, WeekRun

Data: TypeAlias = dict[str, Any]

_PARTS: Final[Mapping[str, str]] = {"expedited_additional": "expeditedAdditional", "delivery_plan": "deliveryPlan"}
"""The kinds of promises that are parts of the stored count of expedited images, with the keys of their own counts."""


def figures_to_json(figures: PulseFigures) -> Data:
    """Return the figures of a past instant as JSON, without open images, which are counted for the present only."""
    return {
        "current": _window_to_json(figures.current),
        "previous": _window_to_json(figures.previous),
        "uploadedThisMonth": figures.uploaded_this_month,
        "allTimeProcessed": figures.all_time_processed,
    }


def figures_from_json(stored: Data) -> PulseFigures:
    """Read the figures from the JSON of `figures_to_json`."""
    return PulseFigures(
        current=_window_from_json(stored["current"]),
        previous=_window_from_json(stored["previous"]),
        uploaded_this_month=stored["uploadedThisMonth"],
        all_time_processed=stored["allTimeProcessed"],
        open=None,
    )


def streak_to_json(streak: Streak) -> Data:
    """Return the weeks in a row as JSON."""
    run = streak.current
    return {
        "current": None if run is None else {"first": run.first.isoformat(), "last": run.last.isoformat()},
        "longest": streak.longest,
        "uploadedThisWeek": streak.uploaded_this_week,
        "keepBy": None if streak.keep_by is None else rfc3339(streak.keep_by),
    }


def streak_from_json(stored: Data) -> Streak:
    """Read the weeks in a row from the JSON of `streak_to_json`."""
    run, keep_by = stored["current"], stored["keepBy"]
    return Streak(
        current=None if run is None else WeekRun(date.fromisoformat(run["first"]), date.fromisoformat(run["last"])),
        longest=stored["longest"],
        uploaded_this_week=stored["uploadedThisWeek"],
        keep_by=None if keep_by is None else datetime.fromisoformat(keep_by),
    )


def _window_to_json(window: WindowFigures) -> Data:
    return {
        "uploaded": window.uploaded,
        "delivered": window.delivered,
        "rejected": window.rejected,
        "leadMicroseconds": window.lead_microseconds,
        "met": _terms_to_json(window.met),
        "late": _terms_to_json(window.late),
        **{key: {"met": getattr(window.met, part), "late": getattr(window.late, part)} for part, key in _PARTS.items()},
        "steps": [
            {"step": step.step, "images": step.images, "milliseconds": step.milliseconds} for step in window.steps
        ],
    }


def _window_from_json(stored: Data) -> WindowFigures:
    return WindowFigures(
        uploaded=stored["uploaded"],
        delivered=stored["delivered"],
        rejected=stored["rejected"],
        lead_microseconds=stored["leadMicroseconds"],
        met=_terms_from_json(stored, "met"),
        late=_terms_from_json(stored, "late"),
        steps=tuple(StepFigures(**step) for step in stored["steps"]),
    )


def _terms_to_json(counts: TermCounts) -> Data:
    terms = counts._asdict()
    del terms["review"]
    parts = sum(terms.pop(part) for part in _PARTS)
    return terms | {"expedited": counts.expedited + parts}


def _terms_from_json(stored: Data, outcome: str) -> TermCounts:
    parts = {part: stored[key][outcome] for part, key in _PARTS.items() if key in stored}
    terms = stored[outcome]
    return TermCounts(**(terms | {"expedited": terms["expedited"] - sum(parts.values())} | parts))
