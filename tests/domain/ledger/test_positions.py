from datetime import UTC, date, datetime

import pytest

from app.domain.ledger.days import LedgerDay
from app.domain.ledger.positions import EXPEDITES, GUARANTEED, Positions, positions_in_words

TO = "\N{EN DASH}"
DAY = LedgerDay(date(2026, 3, 3), datetime(2026, 3, 2, 23, tzinfo=UTC), datetime(2026, 3, 3, 23, tzinfo=UTC))


def positions(first: int, last: int, size: int) -> Positions:
    return Positions(DAY, first, last, size)


@pytest.mark.parametrize(
    ("first", "last", "size", "expected"),
    [
        (187, 187, 200, "image 187 of the 200 guaranteed"),
        (181, 200, 200, f"images 181{TO}200 of the 200 guaranteed"),
        (1001, 1200, 2000, f"images 1,001{TO}1,200 of the 2,000 guaranteed"),
        (1, 1, 1, "image 1, the only one guaranteed"),
        (1, 3, 0, f"images 1{TO}3, with none guaranteed"),
        (201, 201, 200, "image 201, beyond the 200 guaranteed"),
        (2, 5, 1, f"images 2{TO}5, beyond the only one guaranteed"),
        (191, 210, 200, f"images 191{TO}210, from 201 on beyond the 200 guaranteed"),
        (1, 2, 1, f"images 1{TO}2, from 2 on beyond the only one guaranteed"),
    ],
)
def test_positions_within_beyond_and_across_the_guarantee_are_written_in_singular_and_plural(
    first: int, last: int, size: int, expected: str
) -> None:
    words = positions_in_words(last - first + 1, positions(first, last, size), GUARANTEED)
    assert words == f"{expected} for Tuesday 3 March 2026"


@pytest.mark.parametrize(
    ("first", "last", "size", "expected"),
    [
        (1, 20, 20, f"images 1{TO}20 of the 20 expedites"),
        (3, 3, 20, "image 3 of the 20 expedites"),
        (1, 1, 1, "image 1, the only expedite"),
        (2, 2, 1, "image 2, beyond the only expedite"),
        (21, 40, 20, f"images 21{TO}40, beyond the 20 expedites"),
        (1, 2, 0, f"images 1{TO}2, with no expedites"),
    ],
)
def test_positions_in_the_expedites_are_written_in_singular_and_plural(
    first: int, last: int, size: int, expected: str
) -> None:
    words = positions_in_words(last - first + 1, positions(first, last, size), EXPEDITES)
    assert words == f"{expected} for Tuesday 3 March 2026"


def test_positions_that_are_not_consecutive_are_not_written_as_a_range() -> None:
    words = positions_in_words(30, positions(1, 50, 200), GUARANTEED)
    assert words == "30 images between 1 and 50 of the 200 guaranteed for Tuesday 3 March 2026"
