from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pulse.trends import Sentiment, Trend, TrendDirection, change_in_words, tenths_of, trend, trend_of_shares

UP, DOWN, FLAT = TrendDirection.UP, TrendDirection.DOWN, TrendDirection.FLAT
POSITIVE, NEGATIVE, NEUTRAL = Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL


@pytest.mark.parametrize(
    ("current", "previous", "expected"),
    [
        (39, 28, Trend(UP, 39.3, POSITIVE)),
        (28, 39, Trend(DOWN, -28.2, NEGATIVE)),
        (449, 400, Trend(UP, 12.3, POSITIVE)),  # 12.25 %: half goes away from zero
        (351, 400, Trend(DOWN, -12.3, NEGATIVE)),
        (2001, 2000, Trend(UP, 0.1, POSITIVE)),  # 0.05 %
        (1999, 2000, Trend(DOWN, -0.1, NEGATIVE)),
        (10_004, 10_000, Trend(FLAT, 0.0, NEUTRAL)),
        (9_996, 10_000, Trend(FLAT, 0.0, NEUTRAL)),
        (7, 7, Trend(FLAT, 0.0, NEUTRAL)),
        (0, 7, Trend(DOWN, -100.0, NEGATIVE)),
        (7, 0, Trend(UP, None, POSITIVE)),
        (0, 0, Trend(FLAT, None, NEUTRAL)),
        (None, 7, Trend(FLAT, None, NEUTRAL)),
        (7, None, Trend(FLAT, None, NEUTRAL)),
        (None, None, Trend(FLAT, None, NEUTRAL)),
        (Fraction(1, 3), Fraction(1, 6), Trend(UP, 100.0, POSITIVE)),
    ],
)
def test_a_trend_is_the_exact_change_to_one_decimal(
    current: Fraction | int | None, previous: Fraction | int | None, expected: Trend
) -> None:
    assert trend(current, previous, better=UP) == expected


def test_a_lead_time_going_up_is_up_and_negative() -> None:
    assert trend(Fraction(5, 2), 2, better=DOWN) == Trend(UP, 25.0, NEGATIVE)


def test_a_lead_time_going_down_is_down_and_positive() -> None:
    assert trend(Fraction(3, 2), 2, better=DOWN) == Trend(DOWN, -25.0, POSITIVE)


@pytest.mark.parametrize(
    ("current", "previous", "expected"),
    [
        (Fraction(877, 1000), Fraction(996, 1000), Trend(DOWN, -11.9, NEGATIVE, change_points=-11.9)),
        (Fraction(1, 2), Fraction(1, 4), Trend(UP, 100.0, POSITIVE, change_points=25.0)),
        (Fraction(4, 10_000), Fraction(2, 10_000), Trend(UP, 100.0, POSITIVE, change_points=0.0)),
        (Fraction(8_005, 10_000), Fraction(4, 5), Trend(UP, 0.1, POSITIVE, change_points=0.1)),  # 0.05 points
        (Fraction(1), Fraction(1), Trend(FLAT, 0.0, NEUTRAL, change_points=0.0)),
        (Fraction(1, 8), Fraction(0), Trend(UP, None, POSITIVE, change_points=12.5)),
        (Fraction(0), Fraction(0), Trend(FLAT, None, NEUTRAL, change_points=0.0)),
        (None, Fraction(1), Trend(FLAT, None, NEUTRAL)),
        (Fraction(1), None, Trend(FLAT, None, NEUTRAL)),
    ],
)
def test_a_trend_of_shares_is_also_their_difference_in_points(
    current: Fraction | None, previous: Fraction | None, expected: Trend
) -> None:
    assert trend_of_shares(current, previous) == expected


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_a_share_moves_by_no_more_points_than_percent(current: Fraction, previous: Fraction) -> None:
    change = trend_of_shares(current, previous)
    assert change.change_points is not None
    assert change.change_percent is None or abs(change.change_points) <= abs(change.change_percent)
    assert (change.direction is FLAT) <= (change.change_points == 0)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_tenths_round_half_away_from_zero(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, 20 * denominator)
    exact = Decimal(value.numerator * 10) / Decimal(value.denominator)
    assert tenths_of(value) == int(exact.to_integral_value(ROUND_HALF_UP))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_better_only_turns_the_sentiment(current: int, previous: int) -> None:
    higher, lower = trend(current, previous, better=UP), trend(current, previous, better=DOWN)
    assert (higher.direction, higher.change_percent) == (lower.direction, lower.change_percent)
    assert {higher.sentiment, lower.sentiment} in ({POSITIVE, NEGATIVE}, {NEUTRAL})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Trend(UP, 12.4, POSITIVE), ", up 12.4 %"),
        (Trend(DOWN, -3.0, NEGATIVE), ", down 3.0 %"),
        (Trend(UP, 1_250.0, POSITIVE), ", up 1,250.0 %"),
        (Trend(DOWN, -12.0, NEGATIVE, change_points=-11.9), ", down 11.9 points (12.0 %)"),
        (Trend(UP, 100.0, POSITIVE, change_points=0.0), ", up less than 0.1 points (100.0 %)"),
        (Trend(UP, None, POSITIVE, change_points=12.5), ", up 12.5 points"),
        (Trend(UP, None, POSITIVE, change_points=0.0), ", up less than 0.1 points"),
        (Trend(FLAT, None, NEUTRAL, change_points=0.0), ", unchanged"),
        (Trend(FLAT, 0.0, NEUTRAL, change_points=0.0), ", unchanged"),
        (Trend(FLAT, 0.0, NEUTRAL), ", unchanged"),
        (Trend(UP, None, POSITIVE), ", up from none"),
        (Trend(FLAT, None, NEUTRAL), ""),
    ],
)
def test_a_trend_is_written_in_words(change: Trend, words: str) -> None:
    assert change_in_words(change) == words
