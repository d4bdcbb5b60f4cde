"""Comparison of served figures with the same ones by plain SQL over the rows (domain rules, section 6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Final, cast
from uuid import UUID

from app.domain.activity.figures import AMOUNTS, ActivityFigures
from app.domain.instants import rfc3339
from app.domain.pulse.figures import InquiryCounts, PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.streak import Streak, WeekRun

_MICROSECOND: Final = timedelta(microseconds=1)
_NOTHING: Final = ActivityFigures()
_NAMED: Final = 5  # figures that a sentence names: one wrong figure often comes with many


@dataclass(frozen=True, slots=True)
class AccountSums:
    """All sums from which the Pulse of an account at an instant is computed, and its activity by ledger day as of it.

    Days without activity may be omitted; for an instant in the past all are, since activity is as known now.
    """

    figures: PulseFigures
    streak: Streak
    activity: Mapping[date, ActivityFigures] = field(default_factory=dict[date, ActivityFigures])


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure, named by its path, whose value `served` from rollups differs from that by the `rows`; None: absent."""

    figure: str
    served: object
    rows: object

    def __str__(self) -> str:
        return f"{self.figure} {self.served} by rollups, {self.rows} by rows"


def past_instant(account_id: UUID, since: datetime, until: datetime) -> datetime:
    """Choose an instant (UTC) from `since` until before `until`: another one each UTC day, the same for all."""
    digest = sha256(account_id.bytes + until.date().isoformat().encode()).digest()
    span = max((until - since) // _MICROSECOND, 1)
    return since + int.from_bytes(digest) % span * _MICROSECOND


def differences(served: AccountSums, rows: AccountSums) -> list[Difference]:
    """Return the figures that are not the same, by name."""
    ours, plain = (dict(_named(sums)) for sums in (served, rows))
    names = sorted(ours.keys() | plain.keys())
    return [Difference(name, ours.get(name), plain.get(name)) for name in names if ours.get(name) != plain.get(name)]


def in_words(at: datetime, found: Sequence[Difference]) -> str:
    """Write the figures that differ as of an instant (UTC) in a line."""
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"as of {rfc3339(at)}: {'; '.join(map(str, found[:_NAMED]))}{more}"


def _named(sums: AccountSums) -> Iterator[tuple[str, object]]:
    yield from _leaves("", sums.figures)
    yield from _leaves("streak.", sums.streak)
    for day, figures in sums.activity.items():
        if figures != _NOTHING:
            yield from _leaves(f"activity.{day}.", figures)


def _leaves(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the numbers and dates in a value, each with its path."""
    parts = _parts(value)
    if parts is None:
        yield prefix.removesuffix("."), value
        return
    for name, part in parts.items():
        yield from _leaves(f"{prefix}{name}.", part)


def _parts(value: object) -> Mapping[str, object] | None:
    """Return the parts of a figure by name, the steps' by step; None for a number or a date."""
    match value:
        case ActivityFigures():
            return dict(zip(AMOUNTS, attrgetter(*AMOUNTS)(value), strict=True)) | {"spend": value.spend}
        case dict():
            return cast("dict[str, object]", value)
        case PulseFigures() | WindowFigures() | StepFigures() | Streak() | WeekRun():
            return {each.name: getattr(value, each.name) for each in fields(value) if each.name != "step"}
        case TermCounts() | InquiryCounts():
            return value._asdict()
        case tuple():
            return {step.step: step for step in cast("tuple[StepFigures, ...]", value)}
        case _:
            return None
