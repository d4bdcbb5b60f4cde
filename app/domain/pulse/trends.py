"""Trends of figures between two windows, computed exactly (domain rules, section 6)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import floor

_HALF = Fraction(1, 2)


class TrendDirection(StrEnum):
    """The direction of a change; FLAT also if there is nothing to compare."""

    UP = "UP"
    DOWN = "DOWN"
    FLAT = "FLAT"


class Sentiment(StrEnum):
    """The value of a change for the client."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    NEUTRAL = "NEUTRAL"


@dataclass(frozen=True, slots=True)
class Trend:
    """The change from the previous window to the current one.

    `change_percent` is of the previous value, to one decimal; None without a value in either window or if the
    previous one is 0. `change_points` is the difference of shares in percentage points, to one decimal; None of other
    figures and without a value in either window.
    """

    direction: TrendDirection
    change_percent: float | None
    sentiment: Sentiment
    change_points: float | None = None


def trend(current: Fraction | int | None, previous: Fraction | int | None, *, better: TrendDirection) -> Trend:
    """Compare two figures that are never negative; `better` is the direction that is good for the client."""
    tenths = _change_in_tenths(current, previous)
    direction = _direction(current, previous, tenths)
    change_percent = None if tenths is None else tenths / 10
    if direction is TrendDirection.FLAT:
        return Trend(direction, change_percent, Sentiment.NEUTRAL)
    return Trend(direction, change_percent, Sentiment.POSITIVE if direction is better else Sentiment.NEGATIVE)


def trend_of_shares(current: Fraction | None, previous: Fraction | None) -> Trend:
    """Compare two shares, 0 to 1, of which more is better, also in percentage points."""
    change = trend(current, previous, better=TrendDirection.UP)
    if current is None or previous is None:
        return change
    return replace(change, change_points=tenths_of((current - previous) * 100) / 10)


def tenths_of(value: Fraction) -> int:
    """Round to one decimal, half away from zero; the result counts tenths."""
    tenths = floor(abs(value) * 10 + _HALF)
    return tenths if value >= 0 else -tenths


def change_in_words(change: Trend) -> str:
    """Write a trend to follow its figure, ", up 12.4 %"; empty if there is nothing to compare.

    That of shares says points first, ", down 11.9 points (12.0 %)", and points alone after a share of 0.
    """
    percent = None if change.change_percent is None else f"{abs(change.change_percent):,.1f} %"
    points = None if change.change_points is None else _points(abs(change.change_points))
    if change.direction is TrendDirection.FLAT:
        return "" if percent is points is None else ", unchanged"
    if points is None:
        return ", up from none" if percent is None else f", {change.direction.lower()} {percent}"
    return f", {change.direction.lower()} {points}" + ("" if percent is None else f" ({percent})")


def _points(points: float) -> str:
    """Write a difference that is not 0, though it may be rounded to it."""
    return f"{points:.1f} points" if points else "less than 0.1 points"


def _change_in_tenths(current: Fraction | int | None, previous: Fraction | int | None) -> int | None:
    """Return the change in tenths of a percent of the previous value."""
    if current is None or not previous:
        return None
    return tenths_of(Fraction(current - previous) / previous * 100)


def _direction(current: Fraction | int | None, previous: Fraction | int | None, tenths: int | None) -> TrendDirection:
    if tenths is None:
        from_none = current is not None and previous is not None and current > previous
        return TrendDirection.UP if from_none else TrendDirection.FLAT
    if tenths == 0:
        return TrendDirection.FLAT
    return TrendDirection.UP if tenths > 0 else TrendDirection.DOWN
