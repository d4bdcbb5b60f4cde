"""Positions of images in the guarantee or expedites of a ledger day, in words (domain rules, sections 3 and 4)."""

from dataclasses import dataclass
from typing import Final

from app.domain.ledger.days import LedgerDay
from app.domain.user_time import date_in_words

_TO: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions of images in the guarantee or the expedites of a ledger day.

    They are between `first` and `last`, counted from 1; those up to `size` are within the guarantee or quota. `day`
    closes as planned when they were taken.
    """

    day: LedgerDay
    first: int
    last: int
    size: int


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases for a guarantee or quota of none, of one, and of more images, the last one after the number."""

    none: str
    one: str
    more: str


GUARANTEED: Final = Phrases("none guaranteed", "the only one guaranteed", "guaranteed")
EXPEDITES: Final = Phrases("no expedites", "the only expedite", "expedites")


def positions_in_words(count: int, positions: Positions, phrases: Phrases) -> str:
    """Return the positions of `count` images in words: "image 7 of the 200 guaranteed for Tuesday 3 March 2026"."""
    size = positions.size
    allowance = phrases.none if size == 0 else phrases.one if size == 1 else f"the {size:,} {phrases.more}"
    return (
        f"{_images(count, positions)}{_within_or_beyond(positions)}{allowance} for {date_in_words(positions.day.date)}"
    )


def _images(count: int, positions: Positions) -> str:
    """Return images by their positions; those split off are fewer than the positions between the first and the last."""
    first, last = positions.first, positions.last
    if first == last:
        return f"image {first:,}"
    if count == last - first + 1:
        return f"images {first:,}{_TO}{last:,}"
    return f"{count:,} images between {first:,} and {last:,}"


def _within_or_beyond(positions: Positions) -> str:
    """Join images to the guarantee or quota of their day: within it, beyond it, or across its end."""
    if positions.size == 0:
        return ", with "
    if positions.last <= positions.size:
        return ", " if positions.size == 1 else " of "
    return ", beyond " if positions.first > positions.size else f", from {positions.size + 1:,} on beyond "
